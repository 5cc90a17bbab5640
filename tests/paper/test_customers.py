"""Customers are there before the fault: steady state is held with them, whoever comes first."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import PlanError, SteadyStateNotReached
from drills.faults import Stop
from drills.journal.facts import FaultIntended, Note, Phase, SteadyReached
from drills.journal.sample import Outcome
from drills.lifecycle.drill import Drill
from tests.doubles.drilled import DETECTED, NOTHING_LOST, REPLICA, events, steady, texts, wound_up
from tests.doubles.world import World

ORDERS = {"orders": 20.0}
HELD = 0.4  # seconds


def before_the_fault(drill: Drill, lane: str) -> list[Outcome]:
    """What became of a lane's requests that were due before the fault was intended."""
    (intended,) = events(drill, FaultIntended)
    samples = drill.observers.observations().samples[lane]
    return [each.outcome for each in samples if each.intended_ns < intended.at_ns]


def held_lanes(drill: Drill) -> list[list[str]]:
    return [list(reached.lanes) for reached in events(drill, SteadyReached)]


def test_customers_who_come_after_steady_state_are_held_before_the_fault(drills: Any) -> None:
    """So there is a "before" to compare with, as long as the hold window at least."""
    drill = steady(drills(hold=HELD))
    drill.start_workload(ORDERS)
    with drill.inject(Stop(), REPLICA):
        assert held_lanes(drill) == [["reads", "replication"], ["reads", "orders", "replication"]]
        outcomes = before_the_fault(drill, "orders")
        assert len(outcomes) >= ORDERS["orders"] * HELD
        assert {*outcomes} == {Outcome.OK}
        drill.expect(NOTHING_LOST)
        result = drill.conclude(None)
    assert "holding steady state with customers (orders) for 0.4 s" in texts(drill, Phase)
    assert result.verdict == "met", result.reason


def test_customers_who_come_before_steady_state_are_held_with_it(drills: Any) -> None:
    """The stack comes up, they come on, and one window holds all."""
    drill = drills(hold=HELD)
    drill.start_workload(ORDERS)
    assert not drill.running
    steady(drill)
    with drill.inject(Stop(), REPLICA):
        assert held_lanes(drill) == [["reads", "orders", "replication"]]
        assert len(before_the_fault(drill, "orders")) >= ORDERS["orders"] * HELD
        drill.expect(NOTHING_LOST)
        assert drill.conclude(None).verdict == "met"


@pytest.mark.parametrize("rate", [0, -1, 1001, float("nan")])
def test_a_rate_at_which_nobody_comes_is_refused(drills: Any, rate: float) -> None:
    """At once, by its journey: without customers nothing is seen, and nobody would be told."""
    drill = steady(drills())
    refused = r"^orders: expected more than 0 and at most 1000 requests a second, got .*\n.*'none'"
    with pytest.raises(PlanError, match=refused):
        drill.start_workload({"orders": rate, "none": 1})
    assert "orders" not in drill.observers.observations().samples
    drill.conclude(None)


@pytest.mark.parametrize("first", [True, False])
def test_customers_who_are_not_served_keep_the_fault_away(
    world: World, drills: Any, first: bool
) -> None:
    """Inconclusive, nothing injected; told which journey it was, and why."""
    world.service.on("/orders", (503, {"detail": "closed"}))
    drill = drills(steady_within=0.6)
    expected = r"steady state with customers \(orders\) .*last seen: (?=.*reads).*orders error 503 "
    if not first:
        steady(drill)
    drill.start_workload(ORDERS)
    with pytest.raises(SteadyStateNotReached, match=expected) as failed:
        steady(drill).inject(Stop(), REPLICA).__enter__()
    result = drill.conclude(failed.value)
    assert (result.verdict, result.faults) == ("inconclusive", [])
    assert result.reason.startswith("no steady state: steady state with customers (orders)")
    assert world.runtime.calls == []
    wound_up(world, drill, result)


def test_a_fault_after_customers_were_not_served_is_refused(world: World, drills: Any) -> None:
    """A step that swallows the error does not get its fault after all."""
    drill = steady(drills(steady_within=0.3))
    world.service.on("/orders", (503, {}))
    drill.start_workload(ORDERS)
    for _ in range(2):
        with pytest.raises(Exception, match="steady state"):
            drill.inject(Stop(), REPLICA).__enter__()
    assert world.runtime.calls == []


def test_customers_who_come_during_the_fault_find_what_there_is(world: World, drills: Any) -> None:
    """They are answered once, however badly, and nothing is held."""
    drill, orders = steady(drills()), world.service.answers["/orders"]
    with drill.inject(Stop(), REPLICA):
        world.service.on("/orders", (503, {}))
        drill.start_workload(ORDERS)
        assert drill.observers.observations().samples["orders"]
        drill.expect(DETECTED)
        world.service.on("/orders", orders)  # or the recovery would be waited for
        drill.conclude(None)
    assert len(events(drill, SteadyReached)) == 1


def test_their_usual_answers_are_known_before_the_fault(drills: Any) -> None:
    """An answer that is far too small is told from the first fault on."""
    drill = steady(drills(hold=HELD))
    drill.start_workload(ORDERS)
    with drill.inject(Stop(), REPLICA):
        pass
    assert "usual size" not in texts(drill, Note)
