"""Where drills write, and whether there is room."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.cli.doctor import machine
from drills.cli.doctor.finding import State
from drills.cli.doctor.patient import Patient
from drills.config.document import Manifest

MANIFEST = Manifest.of(
    {
        "stack": {"name": "shop", "entry": {"service": "web", "port": 80}},
        "blast_radius": {"services": ["web"]},
        "journeys": {},
    }
)


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(MANIFEST, tmp_path, tmp_path / "a" / "reports")


def test_folders_that_take_files_are_well(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that is made only when a drill needs it."""
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))
    found = list(machine.permissions(patient))
    assert [each.state for each in found] == [State.WELL] * 3
    assert not patient.reports.exists()


def test_a_folder_that_takes_none_is_wrong(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what would name another one: here a file stands where the folder would be."""
    (tmp_path / "a").write_text("in the way")
    monkeypatch.setattr(machine, "_nearest", lambda place: place)
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))
    found = next(iter(machine.permissions(patient)))
    assert (found.state, found.mend) == (State.WRONG, "--drill-reports DIR")
