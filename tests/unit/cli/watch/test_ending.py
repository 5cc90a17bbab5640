"""When a drill that is watched is over, and when nobody will end it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.cli.watch import ending
from drills.cli.watch.ending import GRACE, SILENT, Ending
from drills.cli.watch.sight import Sight
from drills.errors import JournalError
from drills.journal.facts import DrillEnded, DrillStarted
from drills.journal.folder import RESULT
from drills.journal.journal import Journal
from drills.lifecycle.watchdog.fate import Fate
from drills.testing import ManualClock


class Watched:
    """A drill whose process fares as the test says, on a clock by hand."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.journal = Journal(directory, ManualClock())
        self.journal.write(DrillStarted(id="d1"))
        self.sight = Sight(directory)
        self.fate, self.now, self.told = Fate.RUNS, 0.0, list[str]()
        monkeypatch.setattr(ending, "fate", lambda *_: self.fate)
        written = self.sight.written_s()
        self.ending = Ending(
            self.sight, self.told.append, lambda: self.now, lambda: written + self.now
        )

    def ends(self, *, judged: bool = True) -> None:
        self.journal.write(DrillEnded(status="completed"))
        self.sight.poll()
        if judged:
            (self.sight.directory / RESULT).write_text("{}")

    def over(self, fate: Fate, later: float = 0.0) -> bool:
        self.fate = fate
        self.now += later
        return self.ending.over()


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(tmp_path / "drill", monkeypatch)


def test_it_is_over_once_it_ended_was_judged_and_is_let_go(watched: Watched) -> None:
    """While its process is at it, its report is written anew, with how it stands."""
    assert not watched.over(Fate.RUNS)
    watched.ends()
    assert not watched.over(Fate.RUNS)
    assert watched.over(Fate.UNKNOWN)


def test_a_drill_that_is_let_go_may_have_told_its_end_a_moment_ago(watched: Watched) -> None:
    """It is read with the next look."""
    watched.over(Fate.RUNS)
    assert not watched.over(Fate.UNKNOWN)
    watched.ends()
    assert watched.over(Fate.UNKNOWN, later=1)


def test_one_that_dies_and_is_healed_is_watched_to_its_end(watched: Watched) -> None:
    """It is said once, and what its watchdog makes of it is what came of it."""
    watched.over(Fate.RUNS)
    assert not watched.over(Fate.DIED)
    for _ in range(3):
        assert not watched.over(Fate.HEALED, later=GRACE * 3)
    assert watched.told == [ending.DIED]
    watched.ends()
    assert watched.over(Fate.UNKNOWN)


@pytest.mark.parametrize("fate", [Fate.DIED, Fate.UNKNOWN])
def test_one_that_died_and_that_nobody_heals_is_told(watched: Watched, fate: Fate) -> None:
    """With what finishes it, once its watchdog has had the time."""
    watched.over(Fate.RUNS)
    assert not watched.over(fate)
    assert not watched.over(fate, later=GRACE / 2)
    with pytest.raises(JournalError, match=r"its process is gone.* Then: drills heal d1"):
        watched.over(fate, later=GRACE)


def test_one_of_elsewhere_is_watched_while_anything_is_written(watched: Watched) -> None:
    """Nobody here knows its process; silence tells, in the end."""
    assert not watched.over(Fate.UNKNOWN)
    assert not watched.over(Fate.UNKNOWN, later=SILENT - 1)
    with pytest.raises(JournalError, match="nothing of it was written for 2 min 01 s"):
        watched.over(Fate.UNKNOWN, later=2)


def test_one_that_was_not_judged_is_told(watched: Watched) -> None:
    """A disk that took no result may take one now."""
    watched.over(Fate.RUNS)
    watched.ends(judged=False)
    assert not watched.over(Fate.UNKNOWN)
    with pytest.raises(JournalError, match=r"is over, and was not judged. Then: drills judge d1"):
        watched.over(Fate.UNKNOWN, later=GRACE)
