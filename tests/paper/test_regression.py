"""A run of pytest that fails for a drill that is worse than earlier ones, where that is asked."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.paper.project import INCONCLUSIVE, MET, MISSED, Project

FAIL_ON = "--drill-fail-on=regression"
BEFORE = 8


def with_past(project: Project, count: int = BEFORE) -> None:
    """Have so many earlier drills, made of one that is run, in which more measures were proposed.

    A count, and nothing else: no time on paper is the same twice.
    """
    project.feature(It_stops=MET)
    project.run().assert_outcomes(passed=1)
    (drill,) = project.reports()
    document = json.loads((drill / "drill.json").read_text("utf-8"))
    began = datetime.fromisoformat(document["started_at"])
    for number in range(1, count + 1):
        folder = drill.with_name(drill.name[:-8] + f"{number:08x}")
        folder.mkdir()
        shutil.copy(drill / "journal.jsonl", folder)
        metric = {**document["metrics"]["prevention measures"], "value": 20.0, "reason": None}
        told: dict[str, Any] = {"metrics": {"prevention measures": metric}, "availability": {}}
        at = (began - timedelta(hours=number)).isoformat()
        told |= {"id": f"{number:08x}", "started_at": at}
        (folder / "drill.json").write_text(json.dumps({**document, **told}), "utf-8")
    shutil.rmtree(drill)
    for file in (project.path / "reports").glob("history.db*"):
        file.unlink()


def test_a_met_drill_that_is_worse_fails_the_run(watched: Project) -> None:
    """With exit status 1 and what got worse, in failure, summary and report."""
    with_past(watched)
    result = watched.run(FAIL_ON)
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "E *Regressed: regressed: Worse than 8 earlier drills: prevention measures ?20 *",
            "*= drills =*",
            "MET  It stops",
            "Worse than 8 earlier drills: *",
        ]
    )
    assert "Worse than 8 earlier drills: " in (watched.reports()[-1] / "report.html").read_text()


def test_it_is_told_and_does_not_fail_where_nobody_asks_for_that(watched: Project) -> None:
    """The verdict is the drill's own."""
    with_past(watched)
    result = watched.run()
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["Worse than 8 earlier drills: *"])


def test_the_variable_says_it_too(watched: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """For every run of a job."""
    with_past(watched)
    monkeypatch.setenv("DRILL_FAIL_ON", "regression")
    result = watched.run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_what_cannot_be_told_does_not_fail_and_says_so(watched: Project) -> None:
    """Three drills are too few, whatever they say."""
    with_past(watched, count=3)
    result = watched.run(FAIL_ON)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["Cannot tell what got worse since 3 earlier drills: *"])


def test_a_history_that_cannot_be_kept_does_not_fail_and_says_so(watched: Project) -> None:
    """A folder stands where its file would."""
    with_past(watched)
    (watched.path / "reports" / "history.db").mkdir()
    result = watched.run(FAIL_ON)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*is not in the history: *No regression can be told*"])


@pytest.mark.parametrize(("steps", "kind"), [(MISSED, "Missed"), (INCONCLUSIVE, "Inconclusive")])
def test_it_hides_no_other_outcome(project: Project, steps: str, kind: str) -> None:
    """What is missed stays missed, and what is worth another try stays that."""
    with_past(project)
    project.feature(It_stops=steps)
    result = project.run(FAIL_ON, "--drill-patience", "500 ms")
    result.assert_outcomes(failed=1)
    assert result.ret == (1 if kind == "Missed" else 75)
    result.stdout.fnmatch_lines([f"E *Criteria{kind}: *"])


def test_another_word_is_a_usage_error(project: Project) -> None:
    """Before anything runs."""
    project.feature(It_stops=MET)
    result = project.run("--drill-fail-on=regresion")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--drill-fail-on: expected regression or nothing, got *"])
