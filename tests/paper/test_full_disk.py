"""A disk that takes no report: the verdict is known, nothing is green, and what to do is told."""

from __future__ import annotations

import pytest

from drills.errors import JournalError
from drills.plugin.terminal import EXIT_INCONCLUSIVE
from tests.paper.project import MET, MISSED, Project


@pytest.fixture(autouse=True)
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise JournalError("expected to write the report into r: No space left on device")

    monkeypatch.setattr("drills.lifecycle.closing.write_report", refuse)


def test_a_met_drill_without_a_report_is_worth_another_try(project: Project) -> None:
    """In one line, without our source: why, and how to have the report after all."""
    project.feature(It_stops=MET)
    result = project.run()
    assert result.ret == EXIT_INCONCLUSIVE
    result.stdout.fnmatch_lines(
        "*met, and the report could not be written: *No space left on device. Free space, then: "
        "drills judge *"
    )
    assert "Traceback" not in result.stdout.str()
    assert "closing.py" not in result.stdout.str()


def test_a_missed_drill_stays_missed(project: Project) -> None:
    """With the same hint below its criteria."""
    project.feature(It_stops=MISSED)
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines("*missed: *")
    result.stdout.fnmatch_lines("*the report could not be written: *drills judge *")
