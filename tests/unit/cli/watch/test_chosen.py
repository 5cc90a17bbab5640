"""Which drill is watched where nobody names one, and where somebody does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from drills.cli import main
from drills.cli.watch import chosen, following
from drills.cli.watch.chosen import named, next_to_begin, running
from drills.cli.watch.sight import Sight
from drills.errors import JournalError
from drills.journal.facts import DrillStarted
from drills.journal.folder import RESULT
from drills.journal.journal import Journal
from drills.lifecycle.watchdog import registry
from drills.testing import ManualClock
from tests.doubles.dead import DRILL


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))


def begun(reports: Path, id_: str, day: int = 1) -> Path:
    directory = reports / f"202611{day:02}T090000Z-it-stops-{id_}"
    journal = Journal(directory, ManualClock())
    journal.write(DrillStarted(id=id_))
    journal.close()
    return directory


def test_those_that_run_are_found_the_youngest_first(tmp_path: Path) -> None:
    """Not what is judged, what died, and what is none."""
    reports = tmp_path / "reports"
    held = []
    for day, id_ in enumerate([f"{DRILL}a", f"{DRILL}b", f"{DRILL}c"], 1):
        directory = begun(reports, id_, day)
        held.append(registry.register(id_, directory, f"drill-{id_}"))
    (reports / "20261130T090000Z-torn").mkdir()
    begun(reports, f"{DRILL}d", 9)
    (held[1].entry.directory / RESULT).write_text("{}")  # type: ignore[operator]
    found = [each.name.rpartition("-")[2] for each in running(reports)]
    for each in held:
        each.remove()
    assert found == [f"{DRILL}c", f"{DRILL}a"]
    assert running(reports) == running(tmp_path / "nowhere") == []


def test_the_next_that_begins_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one that was there, and not before its journal has begun."""
    reports = tmp_path / "reports"
    begun(reports, "old")
    found: list[Path | None] = []

    def until(question: Callable[[], Path | None], **_: object) -> Path | None:
        found.append(question())
        (reports / "20261201T090000Z-it-is-about-to-begin").mkdir()
        found.append(question())
        begun(reports, "new", 2)
        return question()

    monkeypatch.setattr(chosen, "until", until)
    assert next_to_begin(reports) == reports / "20261102T090000Z-it-stops-new"
    assert found == [None, None]


def test_one_that_is_named_is_found_wherever_it_runs(tmp_path: Path) -> None:
    """By its id among all that run, by its folder, or by its id among the reports."""
    there, reports = begun(tmp_path / "elsewhere", DRILL), tmp_path / "reports"
    here = begun(reports, "abcdef01")
    held = registry.register(DRILL, there, f"drill-{DRILL}")
    assert named(DRILL, reports) == there
    held.remove()
    assert named(str(there), reports) == there
    assert named("abcd", reports) == here
    with pytest.raises(JournalError, match="expected the folder of a drill, nobody is not there"):
        named("nobody", reports)


def test_of_several_that_run_the_others_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one that began last is watched, and how to watch another is said."""
    monkeypatch.chdir(tmp_path)
    held = [
        registry.register(id_, begun(Path("reports"), id_, day), f"drill-{id_}")
        for day, id_ in enumerate([f"{DRILL}a", f"{DRILL}b"], 1)
    ]
    seen: list[str] = []

    def follow(sight: Sight, **_: object) -> int:
        seen.append(sight.started.id)
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "follow", follow)
    assert main(["watch"]) == 130
    for each in held:
        each.remove()
    assert seen == [f"{DRILL}b"]
    told = capsys.readouterr().err.splitlines()
    another = f"To watch another: drills watch {DRILL}a"
    assert told[0] == f"drills: 2 drills run in reports. {another}"
    assert told[1] == (
        f"drills: no longer watching; drill {DRILL}b goes on (`drills halt {DRILL}b` stops it)"
    )


def test_ctrl_c_ends_the_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was watched, and that is said."""
    monkeypatch.chdir(tmp_path)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(chosen, "until", interrupted)
    assert main(["watch"]) == 130
    assert "no longer waiting for a drill" in capsys.readouterr().err
