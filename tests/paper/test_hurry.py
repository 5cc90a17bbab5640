"""Who asks a drill to end kills it soon: the faults first, and nothing slow before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from drills.errors import DrillError
from drills.faults import Stop
from drills.faults.rollback import RollbackStack, Undone
from drills.journal.facts import Note
from drills.journal.observed import AFTER
from drills.lifecycle.drill import HURRY_SECONDS, Drill
from drills.runbook.responder import RunbookResponder
from tests.doubles.drilled import FAILED_OVER, REPLICA, steady, texts, undone, wound_up
from tests.doubles.world import World


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is waited for, and for how long, in order."""
    told: list[str] = []
    unwind, stop = RollbackStack.unwind, RunbookResponder.stop

    def unwound(self: RollbackStack, *, budget: float, together: float) -> Sequence[Undone]:
        told.append(f"undo within {together:g} s")
        return unwind(self, budget=budget, together=together)

    def stopped(self: RunbookResponder, within: float) -> None:
        told.append(f"wait for the responder for {within:g} s")
        stop(self, within)

    monkeypatch.setattr(RollbackStack, "unwind", unwound)
    monkeypatch.setattr(RunbookResponder, "stop", stopped)
    return told


FIRST = ["wait for the responder for 0 s", f"undo within {HURRY_SECONDS:g} s"]


def test_a_step_that_is_interrupted(world: World, drills: Any, order: list[str]) -> None:
    """All undos share five seconds, and nobody waits for a procedure before them."""
    drill: Drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        result = drill.conclude(KeyboardInterrupt("terminated by SIGTERM"))
    assert order[:2] == FIRST
    assert result.reason == "interrupted: terminated by SIGTERM"
    assert undone(world, drill)
    wound_up(world, drill, result)


def test_an_injection_that_is_interrupted(world: World, drills: Any, order: list[str]) -> None:
    """Also where the fault itself is under way."""
    drill: Drill = steady(drills())
    world.runtime.fail_next("stop", KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt), drill.inject(Stop(), REPLICA):
        pass
    assert order[:2] == FIRST
    drill.conclude(None)


def test_a_step_that_fails_is_in_no_hurry(drills: Any, order: list[str]) -> None:
    """Each undo has all its time."""
    drill: Drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        drill.conclude(TypeError("a bug in a step"))
    assert order[0] == "undo within inf s"


def test_evidence_is_cut_short_and_it_is_said(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked does not wait for every log."""
    monkeypatch.setattr("drills.lifecycle.aftermath.HURRIED", 0.0)
    drill: Drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        result = drill.conclude(KeyboardInterrupt())
    assert AFTER not in {item.moment for item in result.evidence}
    assert "the rest of the evidence is left out" in texts(drill, Note)
    wound_up(world, drill, result)


def test_a_drill_that_nobody_guards_any_more_ends(world: World, drills: Any) -> None:
    """Its watchdog died: undone, aborted, never met."""
    drill: Drill = steady(drills())

    def gone() -> None:
        raise DrillError("the watchdog died")

    with drill.inject(Stop(), REPLICA):
        drill.footing._guard = gone
        with pytest.raises(DrillError, match="the watchdog died") as noticed:
            drill.expect(FAILED_OVER)
        result = drill.conclude(noticed.value)
    assert (result.status, result.verdict) == ("aborted", "inconclusive")
    assert "the watchdog died" in result.reason
    assert undone(world, drill)
    wound_up(world, drill, result)


def test_nothing_is_started_before_somebody_guards_it(world: World, drills: Any) -> None:
    """Not one container."""
    drill: Drill = drills()

    def gone() -> None:
        raise DrillError("the watchdog died")

    drill.footing._guard = gone
    with pytest.raises(DrillError, match="the watchdog died"):
        drill.reach_steady_state()
    assert world.stack.calls == []
    drill.conclude(None)


class TestClean:
    def test_a_drill_that_left_nothing(self, drills: Any) -> None:
        """It may be forgotten."""
        drill: Drill = steady(drills())
        with drill.inject(Stop(), REPLICA):
            drill.conclude(None)
        assert drill.clean

    def test_a_drill_that_left_its_stack(self, world: World, drills: Any) -> None:
        """It may not: somebody has to finish it."""
        drill: Drill = steady(drills())
        world.stack.fail_next("down", DrillError("the engine is gone"))
        drill.conclude(None)
        assert not drill.clean

    def test_a_drill_that_left_a_fault(self, world: World, drills: Any) -> None:
        """Its target was not of the stack that is gone."""
        drill: Drill = steady(drills(undo_within=0.1, patience=0.2))
        with drill.inject(Stop(), REPLICA):
            world.runtime.ignore_next("start", times=9)
            drill.conclude(TypeError())
        assert not drill.clean
