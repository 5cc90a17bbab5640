"""What `drills calibrate` prints, and the status that it ends with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from drills.cli import main
from drills.cli.calibrate import told
from drills.judgement.calibration import Accuracy, Row
from drills.lifecycle import calibrated, calibrating
from drills.lifecycle.calibrated import Calibration

KILL = Row("kill", 30, 30, 30, 60, 0, 0.1, 2.5, 6.0, 9.9, 10.2)
NONE = Row("freeze", 2, 0, 0, 0, 0)
ALL = Row("all", 32, 30, 30, 60, 0, 0.1, 2.5, 6.0, 9.9, 10.2)
GOOD = Calibration(Accuracy((KILL, NONE), ALL, 0, 0), 0.26, 0.4, 0.0, 40.0, "")
WRONG = replace(GOOD, accuracy=Accuracy((KILL,), replace(ALL, outside=6), 0, 0))
BUSY = replace(GOOD, busy="1 % of the requests were sent 9.0 ms late or later")


def test_a_table_of_all_kinds() -> None:
    """With what was not recorded as a dash, and what a request costs."""
    lines = told(GOOD)
    assert lines[1].split() == ["kill", "30/30", "2.5", "6.0", "9.9", "+0.1", "100.0%", "10.2"]
    assert lines[2].split() == ["freeze", "0/0", "-", "-", "-", "-", "-", "-"]
    assert lines[3].split()[0] == "all"
    assert "0.26 ms of a processor for each request" in lines[4]
    assert len(lines) == 5


def test_what_else_there_is_to_say() -> None:
    """False outages, those set aside, bounds that do not hold, and a busy machine."""
    found = replace(WRONG, accuracy=replace(WRONG.accuracy, set_aside=2, false=3), busy=BUSY.busy)
    said = "\n".join(told(found))
    assert "nobody made: 3" in said
    assert "not known to 2 ms: 2" in said
    assert "DO NOT HOLD HERE: 6 of 60 edges" in said
    assert "TOO BUSY to be trusted: 1 % of the requests" in said


@pytest.mark.parametrize(
    ("found", "status"), [(GOOD, 0), (WRONG, 1), (BUSY, 75), (replace(WRONG, busy="busy"), 75)]
)
def test_the_status_says_whether_it_may_be_trusted(
    found: Calibration, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the file is written either way."""
    monkeypatch.setattr(calibrating, "measure", lambda *_: None)
    monkeypatch.setattr(calibrated, "judge", lambda _: found)
    assert main(["calibrate", "--reports", str(tmp_path)]) == status
    assert (tmp_path / "calibration.json").is_file()


def test_a_place_that_cannot_be_written_is_told_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not after 40 s."""
    (tmp_path / "file").write_text("")
    assert main(["calibrate", "--reports", str(tmp_path / "file" / "reports")]) == 2
    said = capsys.readouterr()
    assert "reports/calibration.json: expected a folder that may be written" in said.err
    assert "outages" not in said.err + said.out


@pytest.mark.parametrize("count", ["0", "-1", "5001"])
def test_a_number_of_outages_that_makes_no_sense(
    count: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is begun."""
    assert main(["calibrate", "--outages", count]) == 2
    assert f"expected 1 to 5000, got {count}" in capsys.readouterr().err
