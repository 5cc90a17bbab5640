"""A drill that is over goes into the history; no drill fails where it does not."""

from __future__ import annotations

import json
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.history.records import FILE, history
from drills.history.standing import Word, read_standing
from drills.journal.folder import INDEX, REPORT, RESULT
from drills.lifecycle.remembering import remember, stand
from drills.reporting.earlier import sentence
from drills.reporting.files import read_result, renderings
from drills.reporting.index.planned import Planned
from tests.doubles.finished import SAMPLE, drill, row

ROOT = Path(__file__).parents[3]


def test_the_drill_is_in_the_history_and_on_the_page(tmp_path: Path) -> None:
    """With the runbook's incidents."""
    folder = drill(tmp_path, 0)
    planned = [Planned(incident="other", title="Another incident")]
    assert remember(folder, str, lambda: planned) == ""
    with history(tmp_path) as found:
        assert [each.id for each in found.store.rows()] == [row(0).id]
    text = (tmp_path / INDEX).read_text("utf-8")
    assert f"{folder.name}/report.html" in text
    assert "Another incident" in text


def refused() -> str:
    raise PlanError("history: expected PW in the environment, found nothing")


def test_whatever_goes_wrong_is_told_and_not_raised(tmp_path: Path) -> None:
    """No password, no result, no room, a folder in the file's place."""
    folder = drill(tmp_path, 0)
    assert remember(folder, refused) == "history: expected PW in the environment, found nothing"
    assert "could not be opened" in remember(folder, lambda: "postgresql://ann@127.0.0.1:1/none")
    (tmp_path / INDEX).mkdir()
    assert "expected the page of all drills there" in remember(folder, str)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    assert "could not be opened" in remember(folder, str)
    (folder / RESULT).unlink()
    assert "expected a judged drill" in remember(folder, str)


def test_an_error_that_nobody_foresaw_is_told_by_its_kind(tmp_path: Path) -> None:
    """A verdict does not hang on it."""

    def broken() -> list[Planned]:
        raise ZeroDivisionError

    assert remember(drill(tmp_path, 0), str, broken) == "ZeroDivisionError: "


@pytest.mark.thorough
@pytest.mark.parametrize("module", ["drills.plugin", "drills.lifecycle.drill", "drills.cli"])
def test_nothing_of_a_history_is_loaded_before_it_is_wanted(module: str) -> None:
    """It costs every run half a second."""
    code = f"import sys, {module}; print('sqlalchemy' in sys.modules)"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert said.strip() == "False"


def finished(reports: Path, number: int, **changes: object) -> Path:
    """One that is in the history."""
    folder = drill(reports, number, whole=True, **changes)
    assert remember(folder, str) == ""
    return folder


def test_a_drill_is_held_against_those_that_the_history_has(tmp_path: Path) -> None:
    """Its report tells, and a report that is written again tells the same."""
    for number in range(9, 0, -1):
        finished(tmp_path, number)
    metrics = json.loads((SAMPLE / RESULT).read_text("utf-8"))["metrics"]
    slow = {**metrics["time to detect"], "value": 9.0, "low": 9.0, "high": 9.0}
    folder = finished(tmp_path, 0, metrics={**metrics, "time to detect": slow})
    result = read_result(folder)
    standing, why = stand(folder, result, str)
    assert why == ""
    assert standing is not None
    assert [each.metric for each in standing.those(Word.REGRESSED)] == ["time to detect"]
    assert read_standing(folder) == standing
    report = (folder / REPORT).read_text("utf-8")
    assert escape(sentence(standing)) in report
    assert report.count('href="#earlier"') == 2  # the first screen, and the contents
    assert '<td role="cell" data-label="What became of it"><strong>regressed</strong>' in report
    assert renderings(result, folder)[REPORT].decode() == report


def test_why_it_was_not_held_against_them_is_told_and_nothing_stays(tmp_path: Path) -> None:
    """The report is as it was."""
    folder = finished(tmp_path, 0)
    before = (folder / REPORT).read_bytes()
    assert stand(folder, read_result(folder), refused) == (
        None,
        "history: expected PW in the environment, found nothing",
    )
    assert (folder / REPORT).read_bytes() == before
    assert read_standing(folder) is None
