"""A drill that was run is in the history and on the page; one that cannot be is told of."""

from __future__ import annotations

from pathlib import Path

from drills.history.records import FILE, history
from drills.journal.folder import INDEX
from tests.paper.by_two import left
from tests.paper.project import MET, Project

__all__ = ["left"]  # the fixture


def test_a_drill_that_was_run_is_in_the_history(left: Path) -> None:
    """Of two processes as of one: each writes its own row."""
    reports = left / "reports"
    with history(reports) as found:
        told = {row.scenario: row.verdict for row in found.store.rows()}
    assert told == {"It is met": "met", "It is missed": "missed", "It is open": "inconclusive"}
    page = (reports / INDEX).read_text("utf-8")
    assert page.count("/report.html>") == 3


def test_a_history_that_cannot_be_written_costs_no_verdict(project: Project) -> None:
    """The run says so when it ends, once."""
    project.feature(It_stops=MET)
    (project.path / "reports" / FILE).mkdir(parents=True)
    result = project.run()
    result.assert_outcomes(passed=1)
    assert result.stdout.str().count("is not in the history: ") == 1
    result.stdout.fnmatch_lines("drill * is not in the history: *could not be opened: *")


def test_a_password_that_is_not_there_costs_no_verdict(project: Project) -> None:
    """Where a team shares a history, and this machine may not write to it."""
    url = "postgresql://team:{env:NOT_SET_ANYWHERE}@127.0.0.1:1/history"
    conftest = project.path / "conftest.py"
    changed = f"Manifest.of({{**MANIFEST, 'history': {url!r}}})"
    conftest.write_text(conftest.read_text().replace("Manifest.of(MANIFEST)", changed))
    project.feature(It_stops=MET)
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines("*is not in the history: *expected NOT_SET_ANYWHERE in the envi*")
