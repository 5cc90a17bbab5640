"""A drill that a stop condition ends: undone, aborted, never met, and the reason told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.errors import StopConditionMet
from drills.faults import Stop
from drills.faults.target import Target
from drills.journal.facts import DrillStarted, Note, Phase, ResponseStarted
from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.result import DrillResult
from drills.judgement.stop import StopConditions
from drills.observers import audit
from tests.doubles import world as paper
from tests.doubles.world import World
from tests.paper.project import CONFTEST, INCONCLUSIVE, Project

REPLICA = Target("replica")
DETECTED = Criterion("we notice", "time to detect", Comparator.AT_MOST, 300)
LATER = Criterion("reads go on", "time to fail over", Comparator.AT_MOST, 300)
KEPT = Criterion("nothing is lost", "lost orders", Comparator.EXACTLY, 0)
TIME_IS_UP = """
    @when("its time is up")
    def _(drill):
        from drills.judgement.stop import StopConditions
        drill._stop = StopConditions(after=0.0)
"""


def stops(monkeypatch: pytest.MonkeyPatch, **conditions: Any) -> None:
    """Give the world's manifest these stop conditions."""
    monkeypatch.setitem(paper.MANIFEST, "stop", conditions)


def kinds(drill: Any) -> list[Kind]:
    return [event.kind for event in drill.journal.timeline()]


def aborted(drill: Any, result: DrillResult, why: str) -> None:
    """Undone, and told in result, journal and report."""
    assert (result.status, drill.stopped is not None) == ("aborted", True)
    assert why in result.reason
    assert result.verdict in ("inconclusive", "missed")
    assert kinds(drill).count(Kind.STOPPED) == 1
    folder: Path = drill.journal.directory
    assert why in (folder / "report.html").read_text("utf-8")
    assert why in (folder / "journal.jsonl").read_text("utf-8")


def test_failures_beyond_the_bound_undo_the_fault_at_once(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is waited for any more, and every criterion that follows is still declared."""
    stops(monkeypatch, failed_share="90 %", over="200 ms")
    monkeypatch.setitem(paper.MANIFEST["journeys"]["reads"], "timeout", "100 ms")
    monkeypatch.setitem(paper.MANIFEST["journeys"]["reads"], "slow", "100 ms")
    world.alerting = False
    drill = drills(patience=60.0)
    drill.reach_steady_state()
    world.service.on("/inventory", (500, {}))
    with drill.inject(Stop(), REPLICA):
        drill.expect(DETECTED)
        assert world.replicates
        world.service.on("/inventory", {"items": [1], "route": "primary"})
        drill.expect(LATER)
        drill.expect(KEPT)
        result = drill.conclude(None)
    aborted(drill, result, "requests of journey reads failed over 200 ms, the bound is 90 %")
    assert [one.name for one in result.criteria] == ["we notice", "reads go on", "nothing is lost"]
    order = kinds(drill)
    assert order.index(Kind.STOPPED) < order.index(Kind.UNDO_CALLED)
    assert Kind.NOTE not in order[: order.index(Kind.UNDO_CALLED)], "patience was spent"
    phases = [event.text for event in drill.journal.timeline().all(Phase)]
    assert "watching: we notice" in phases
    assert "watching: reads go on" not in phases


def test_lost_writes_end_it_and_the_final_read_proves_them(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The criterion is missed although its step came after the stop."""
    monkeypatch.setattr(audit, "SETTLED", 0.0)
    monkeypatch.setattr(audit, "EVERY", 0.05)
    world.alerting = False
    drill = drills(patience=60.0)
    drill.reach_steady_state()
    drill.start_workload({"orders": 20.0})
    with drill.inject(Stop(), REPLICA):
        world.service.on("/orders", {"id": "acknowledged and never written"})
        drill.expect(DETECTED)
        drill.expect(KEPT)
        result = drill.conclude(None)
    aborted(drill, result, "missing on the primary, the bound is 0")
    assert result.verdict == "missed"
    assert result.data.lost
    assert result.score.value == 0


def test_a_drill_that_takes_too_long_ends_before_its_fault(world: World, drills: Any) -> None:
    """While the stack comes up already; nothing is injected then."""
    world.status = 503
    drill = drills(stop_after=0.1)
    with pytest.raises(StopConditionMet, match="the drill has taken 100 ms") as stopped:
        drill.reach_steady_state()
    result = drill.conclude(stopped.value)
    aborted(drill, result, "the drill has taken 100 ms")
    assert (result.faults, Kind.UNSTEADY in kinds(drill)) == ([], False)
    assert not world.stack.is_up


def test_no_fault_is_injected_after_the_stop(world: World, drills: Any) -> None:
    """A scenario of several faults does not go on to break more."""
    world.alerting = False
    drill = drills()
    drill.reach_steady_state()
    with drill.inject(Stop(), REPLICA):
        drill._stop = StopConditions(after=0.0)
        drill.expect(DETECTED)
    with pytest.raises(StopConditionMet), drill.inject(Stop(), Target("app", 1)):
        raise AssertionError("it was injected")
    result = drill.conclude(None)
    aborted(drill, result, "the drill has taken 0 ms")
    assert [fault.target for fault in result.faults] == ["fake-replica-1"]


def test_a_response_under_way_does_not_hold_up_the_rollback(world: World, drills: Any) -> None:
    """Whoever responds had their time; the fault goes first."""
    world.alerting = False
    drill = drills(patience=1.0)
    drill.reach_steady_state()
    with drill.inject(Stop(), REPLICA):
        drill.journal.write(ResponseStarted("a procedure that never ends", alert="A"))
        drill._stop = StopConditions(after=0.0)
        drill.expect(DETECTED)
        drill.conclude(None)
    notes = [event.text for event in drill.journal.timeline().all(Note)]
    assert [note for note in notes if "the response ends" in note] == []


def test_the_journal_keeps_the_conditions_that_held(drills: Any) -> None:
    """So that a reader of an old drill knows what would have ended it."""
    drill = drills(stop_after=77.0)
    started = drill.journal.timeline().first(DrillStarted)
    assert started.stop == {
        "after": 77.0,
        "failed_share": 0.8,
        "over": 30.0,
        "lost_writes": 0,
    }


def test_pytest_exits_with_1_and_names_the_reason(project: Project) -> None:
    """Not with 75: the damage is the same tomorrow."""
    project.write("conftest.py", CONFTEST + TIME_IS_UP)
    stops_then = INCONCLUSIVE.replace("    Then", "    And its time is up\n    Then")
    project.feature(It_stops=stops_then)
    result = project.run_alone()
    assert result.ret == 1
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*stop condition: stopped: the drill has taken 0 ms*",
            "*StopConditionMet: the drill has taken 0 ms*",
            "stopped: the drill has taken 0 ms*",
        ]
    )
    assert "in _look" not in result.stdout.str()
    assert project.result()["status"] == "aborted"
    assert project.kinds().count("stopped") == 1
