"""A backup made in the middle of an incident is judged by what customers were told by then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drills.errors import PlanError
from drills.faults import Stop
from drills.journal.facts import BackedUp, BackupRead, ResponseStep
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.drill import Drill
from drills.runbook.action import Action
from drills.stack.runtime import Container, Executed
from tests.doubles.drilled import DETECTED, REPLICA, events, steady
from tests.doubles.world import World

AGREES = Criterion("it agrees", "emergency backup differences", Comparator.EXACTLY, 0)
ALL_AGREE = Criterion("they agree", "backup differences", Comparator.EXACTLY, 0)
FILE = "/backup"
BACK_UP = Action(
    action="back up", says="Back up", service="primary", database="erp", file=FILE, timeout=30
)
TRY = Action(
    action="restore", says="Try", service="primary", database="scratch", file=FILE, timeout=30
)


class Dumps:
    """What the primary's dump holds: what was there when it was made, but for ``short`` orders."""

    def __init__(self, world: World, short: int = 0) -> None:
        self._world, self._short = world, short
        self._held: list[str] = []
        world.runtime.answer("pg_dump", with_=self._dump)
        world.runtime.answer("stat", with_=Executed(0, b"10"))
        world.database.on("SELECT id FROM orders", self._orders)

    def _dump(self, _container: Container, _line: tuple[str, ...]) -> Executed:
        self._held = self._world.orders[: len(self._world.orders) - self._short]
        return Executed(0, b"")

    def _orders(self, dsn: str) -> list[tuple[object, ...]]:
        return [(one,) for one in (self._held if "scratch" in dsn else self._world.orders)]


def with_procedure(drill: Drill, *steps: Action) -> Drill:
    """The drill, with these steps as the first aid of its incident."""
    assert drill.plan.incident is not None
    incident = replace(drill.plan.incident, procedure=steps)
    manifest = replace(drill.plan.manifest, incidents={"read-replica-down": incident})
    drill.plan = replace(drill.plan, incident=incident, manifest=manifest)
    drill._on_call._plan = drill.plan
    return drill


@pytest.mark.parametrize(("short", "verdict"), [(0, "met"), (2, "missed")])
def test_an_emergency_backup_holds_what_was_acknowledged_before_it(
    drills: Any, world: World, short: int, verdict: str
) -> None:
    """One that lacks the last two orders is missed, and the step is a finding on the runbook."""
    Dumps(world, short)
    drill = steady(with_procedure(drills(hold=0.4), BACK_UP, TRY))
    drill.start_workload({"orders": 20.0})
    with drill.inject(Stop(), REPLICA):
        drill.expect(DETECTED)
        drill.expect(AGREES)
        result = drill.conclude(None)
    (made,), (read,) = events(drill, BackedUp), events(drill, BackupRead)
    assert read.backup == made.seq
    assert [step.works for step in events(drill, ResponseStep)] == [True, not short]
    judged = {one.name: one for one in result.criteria}
    assert judged["it agrees"].verdict == verdict
    assert result.verdict == verdict, result.reason
    assert bool(result.record.findings) is bool(short)


def test_a_backup_from_before_the_fault_is_made_as_the_procedure_restores_it(
    drills: Any, world: World
) -> None:
    """It is no emergency backup; and where nobody restored it, nothing is proven."""
    Dumps(world)
    restore = replace(TRY, database="erp", changes=True)
    drill = with_procedure(drills(hold=0.4), restore)
    drill.start_workload({"orders": 20.0})
    steady(drill)
    drill.back_up()
    (made,) = events(drill, BackedUp)
    assert (made.service, made.database, made.file) == ("primary", "erp", FILE)
    drill.expect(ALL_AGREE)
    judged = {one.name: one for one in drill.conclude(None).criteria}
    assert judged["they agree"].verdict == "inconclusive"
    assert "was not restored" in str(judged["they agree"])


def test_without_a_procedure_that_restores_no_backup_is_made(drills: Any) -> None:
    """It says what is missing."""
    drill = steady(drills())
    with pytest.raises(PlanError, match="a step with action = 'restore'"):
        drill.back_up()
    assert events(drill, BackedUp) == []
