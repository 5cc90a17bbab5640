"""The small files of a drill that died are forgotten with it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from drills.errors import StackError
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
