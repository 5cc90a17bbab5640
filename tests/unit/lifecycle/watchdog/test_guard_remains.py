"""The small files of a drill that died are forgotten with it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from drills.errors import JournalError, StackError
from drills.lifecycle import closing
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.guard import Guard
from drills.wait import until
from tests.doubles.dead import DRILL, PROJECT, WHO, Paper

NOBODY = 2**22 + 1  # past the kernel's largest process id


def test_the_words_of_a_dead_watchdog_go_with_the_drill(paper: Paper, state: Path) -> None:
    """A watchdog that was killed too cannot remove its own log."""
    paper.died().log.write_text("armed")
    assert not paper.heal().problems
    assert list(state.iterdir()) == []


def test_its_words_stay_while_something_is_wrong(paper: Paper, state: Path) -> None:
    """They may be all there is to read."""
    log = paper.died().log
    log.write_text("the engine is away")
    paper.ground.stuck = StackError("stuck")
    assert paper.heal().problems
    assert log.exists()


def test_its_words_go_into_what_is_told_of_a_report_that_failed(
    paper: Paper, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody heals that drill again, so the file would lie there for ever."""
    paper.died().log.write_text("armed\nthe disk is full\n")

    def refused(*_: object, **__: object) -> None:
        raise JournalError("no space left")

    monkeypatch.setattr(closing, "write", refused)
    healed = paper.heal()
    assert healed.problems == ["report: JournalError: no space left"]
    assert "its watchdog's last words were: the disk is full" in healed.done
    assert list(state.iterdir()) == []


@pytest.mark.parametrize(("words", "said"), [("armed\nno report\n", "no report"), ("", "nothing")])
def test_the_log_of_a_drill_that_is_not_entered_any_more_is_told_and_removed(
    paper: Paper, state: Path, words: str, said: str
) -> None:
    """Its watchdog healed it in part, and said why not all; a log of one that is entered stays."""
    state.mkdir(parents=True)
    (state / "d2.log").write_text(words)
    (state / "d3.log").write_text("armed")
    (state / "d3.json").write_text("{")
    told = [str(one) for one in paper.healer().heal_all(WHO)]
    assert f"drill d2: its watchdog's last words were: {said}" in told
    assert not (state / "d2.log").exists()


def test_the_log_of_a_drill_that_shows_life_stays(paper: Paper, state: Path) -> None:
    """Whoever is being entered has a log before its entry is read."""
    held = registry.register(DRILL, paper.directory, PROJECT)
    held.entry.log.write_text("armed")
    held.entry.path.unlink()
    assert paper.healer().heal_all(WHO) == []
    assert held.entry.log.exists()
    held.release()


def test_the_draft_of_an_entry_goes_when_its_process_is_gone(paper: Paper, state: Path) -> None:
    """One that is being written stays."""
    state.mkdir(parents=True)
    dead, alive = state / f".d2.json.{NOBODY}", state / f".d3.json.{os.getpid()}"
    dead.touch()
    alive.touch()
    assert paper.healer().heal_all(WHO) == []
    assert list(state.iterdir()) == [alive]


def test_a_draft_that_a_process_of_another_namespace_is_writing_stays(
    paper: Paper, state: Path
) -> None:
    """Its id is nobody's here, but it holds the lock."""
    state.mkdir(parents=True)
    draft = state / f".d2.json.{NOBODY}"
    with draft.open("w") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        paper.healer().heal_all(WHO)
        assert draft.exists()
    paper.healer().heal_all(WHO)
    assert not draft.exists()


@pytest.mark.engine
def test_a_watchdog_whose_drill_died_before_it_was_armed_heals_it(
    tmp_path: Path, state: Path
) -> None:
    """Nobody hears that it is armed any more, and that must not be its end."""
    Guard(DRILL, tmp_path / "drill", PROJECT).end(clean=False)
    until(lambda: registry.entries() == [], awaited="the drill is healed", within=60)
    until(lambda: not any(state.iterdir()), awaited="its log is gone", within=60)
