"""What is kept of a calibration, when it may be trusted, and what a report says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from drills.errors import JournalError
from drills.journal.sample import Outcome, Sample
from drills.judgement.calibration import Accuracy, Row
from drills.lifecycle import calibrated
from drills.lifecycle.calibrated import FILE, NONE, Calibration, judge, stated, write
from drills.lifecycle.calibrating import QUICK, Measured
from drills.observers.calibration.truth import OutageKind, Stamp, Truth

MS = 1_000_000
ROW = Row("all", 60, 60, 60, 120, 0, 0.1, 2.5, 6.04, 9.96, 10.2)
GOOD = Calibration(Accuracy((ROW,), ROW, 0, 0), 0.26, 0.4, 0.0, 40.0, "")


def seen(
    *, late_ms: float = 0.2, error_ms: float = 0.1, stalled: float = 0.0, cut: int = 0
) -> Measured:
    """One kill of 20 ms, and what was asked around it."""
    samples = [
        Sample(
            *(QUICK.name, n, n * 10 * MS),
            *(round((n * 10 + late_ms) * MS), round((n * 10 + late_ms + 0.3) * MS)),
            Outcome.REFUSED if n in (10, 11) else Outcome.OK,
        )
        for n in range(40)
    ]
    edges = (Stamp(round(at * MS), round((at + error_ms) * MS)) for at in (96.0, 116.0))
    truth = Truth(OutageKind.KILL, *edges)
    return Measured((truth,), {QUICK.name: samples}, 0.3, stalled, 0.4, cut)


@pytest.mark.parametrize(
    ("measured", "why"),
    [
        (seen(), ""),
        (seen(late_ms=5.1), "sent 5.1 ms late"),
        (seen(stalled=0.03), "stood still for 3.0%"),
        (seen(error_ms=3), "1 of 1 outages began or ended at no exact moment"),
        (seen(cut=4), "4 outages were left out"),
    ],
)
def test_a_machine_that_was_busy_is_said_to_be(measured: Measured, why: str) -> None:
    """Whatever shows it; then nothing is to be trusted."""
    found = judge(measured)
    assert why in found.busy
    assert bool(found.busy) is bool(why)
    assert found.trusted is not bool(why)


def test_bounds_that_do_not_hold_are_not_trusted(tmp_path: Path) -> None:
    """On a quiet machine either; a report says why."""
    wrong = replace(ROW, outside=9)
    found = replace(GOOD, accuracy=Accuracy((wrong,), wrong, 0, 0))
    assert not found.trusted
    write(found, tmp_path)
    assert "not to be trusted (truths outside of their bounds)" in stated(tmp_path)


def test_what_is_written_is_what_a_report_states(tmp_path: Path) -> None:
    """In a few words, with the date; the folder is made where there is none."""
    reports = tmp_path / "reports"
    path = write(GOOD, reports)
    assert path == reports / FILE
    told = json.loads(path.read_text("utf-8"))
    assert told["all"]["max_ms"] == 9.96
    assert (told["trusted"], told["bounds_hold"], told["busy"]) == (True, True, "")
    assert stated(reports) == (
        "known outages measured to 2.5 ms, 95 % of them to 6.0 ms, all to 10.0 ms, "
        f"100 requests a second (calibrated {told['date'][:10]})"
    )


def test_a_busy_machine_is_quoted_as_that(tmp_path: Path) -> None:
    """Its figures are not."""
    write(replace(GOOD, busy="1 % of the requests were sent 9.0 ms late or later"), tmp_path)
    said = stated(tmp_path)
    assert "not to be trusted (the machine was busy): drills calibrate" in said
    assert "2.5" not in said


@pytest.mark.parametrize("key", ["host", "machine"])
def test_that_of_another_machine_is_none(tmp_path: Path, key: str) -> None:
    """Nor that of this one with another kernel."""
    path = write(GOOD, tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), key: "another"}))
    assert stated(tmp_path) == NONE


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON", '{"host": 1}'])
def test_a_file_that_is_no_calibration_is_none(tmp_path: Path, text: str) -> None:
    """It costs no drill."""
    (tmp_path / FILE).write_text(text)
    assert stated(tmp_path) == NONE
    assert stated(tmp_path / "nowhere") == NONE


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """To a file of somebody else's, nor written through."""
    elsewhere = tmp_path / "elsewhere.json"
    write(GOOD, tmp_path).rename(elsewhere)
    before = elsewhere.read_text("utf-8")
    (tmp_path / FILE).symlink_to(elsewhere)
    write(replace(GOOD, seconds=41.0), tmp_path)
    assert elsewhere.read_text("utf-8") == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"cannot write .*file/calibration\.json"):
        write(GOOD, tmp_path / "file")


def test_no_machine_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest of its id, which is of no use to anybody else; "" where it has none."""
    monkeypatch.setattr(calibrated, "_MACHINE", tmp_path / "machine-id")
    assert json.loads(write(GOOD, tmp_path).read_text("utf-8"))["machine"] == ""
    (tmp_path / "machine-id").write_text("0123456789abcdef\n")
    told = json.loads(write(GOOD, tmp_path).read_text("utf-8"))["machine"]
    assert len(told) == 16
    assert told not in "0123456789abcdef"
