"""Nothing that the manifest does not name is waited for or asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import SteadyStateNotReached
from drills.faults import Restart, Stop
from drills.faults.target import Target
from drills.journal.facts import DrillStarted, ErrorNote, FinalReadDone, Note
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.drill import Drill
from drills.lifecycle.plan import Plan
from drills.stack.runtime import DRILL_LABEL
from tests.doubles.drilled import REPLICA, events, steady, texts, wound_up
from tests.doubles.world import World

SMALLEST: dict[str, Any] = {
    "stack": {"name": "shop", "entry": {"service": "nginx", "port": 80}},
    "blast_radius": {"services": ["app"]},
    "journeys": {"home": {"path": "/health", "always": True}},
}
HOME = Criterion("customers are served", "availability", Comparator.AT_LEAST, 0.9, "home")


def smallest(world: World, directory: Path, manifest: dict[str, Any] = SMALLEST) -> Drill:
    """A drill of a stack of which next to nothing is said."""
    plan = Plan("d1", Manifest.of(manifest), "", "", None, DrillStarted(feature="f"))
    world.runtime.labels[DRILL_LABEL] = "d1"
    journal = Journal(directory, world.clock)
    settings = Settings(hold=0.2, patience=5.0)
    return Drill(plan, world.stack, journal, Redactor(()), settings, world.clock)


def test_the_smallest_manifest_has_a_drill_that_is_met(world: World, directory: Path) -> None:
    """No login, no pager, no database: nobody is asked for any, and the drill is soon over."""
    drill = steady(smallest(world, directory))
    with drill.inject(Restart(), Target("app", instance=1)):
        drill.expect(HOME)
        result = drill.conclude(None)
    assert (result.verdict, result.reason) == ("met", "every assessed criterion is met")
    assert "patience ended" not in texts(drill, Note)
    assert events(drill, ErrorNote, FinalReadDone) == []
    assert {"/login", "/clock", "/alerts"} & {*world.service.asked} == set()
    assert result.data.reason == "no write was acknowledged"
    wound_up(world, drill, result)


@pytest.mark.parametrize("checked", [False, True])
def test_nobody_waits_for_a_health_check_that_is_none(
    world: World, directory: Path, *, checked: bool
) -> None:
    """Where there is one, it is waited for; in vain, here."""
    drill = smallest(world, directory)
    drill.settings = replace(drill.settings, patience=0.3)
    if checked:
        for container in world.runtime.containers("app"):
            world.runtime.set_health(container, "healthy")
    steady(drill)
    at_most = Comparator.AT_MOST
    with drill.inject(Restart(), Target("app", instance=1)):
        drill.expect(Criterion("it is unhealthy", "time to unhealthy", at_most, 60, "app"))
        drill.conclude(None)
    told = texts(drill, Note)
    never = 'it is unhealthy is not waited for: the "app" service has no health check'
    assert (never in told) is not checked
    assert ("patience ended: it is unhealthy" in told) is checked


@pytest.mark.parametrize("metric", ["time to detect", "crashes before detection"])
def test_what_nobody_could_ever_tell_is_not_waited_for(
    world: World, directory: Path, metric: str
) -> None:
    """It is not measured, and so not met; the drill says why it did not wait."""
    drill = steady(smallest(world, directory))
    with drill.inject(Restart(), Target("app", instance=1)):
        limit = 300 if metric == "time to detect" else 0
        comparator = Comparator.AT_MOST if limit else Comparator.EXACTLY
        drill.expect(Criterion("somebody notices", metric, comparator, limit))
        drill.expect(HOME)
        result = drill.conclude(None)
    told = texts(drill, Note)
    assert "patience ended" not in told
    assert "somebody notices is not waited for: nothing would have told anybody" in told
    verdicts = {each.name: each.verdict for each in result.criteria}
    assert verdicts == {"somebody notices": "inconclusive", "customers are served": "met"}
    assert result.verdict == "inconclusive"


def test_a_stack_of_which_nothing_is_always_asked_is_not_waited_for(
    world: World, directory: Path
) -> None:
    """Its customers come with the workload; steady state has nothing to hold."""
    home = {"path": "/health", "always": False}
    drill = steady(smallest(world, directory, SMALLEST | {"journeys": {"home": home}}))
    drill.start_workload({"home": 20.0})
    with drill.inject(Restart(), Target("app", instance=1)):
        drill.expect(HOME)
        result = drill.conclude(None)
    assert result.verdict == "met", result.reason


def test_a_stack_without_a_replica_is_steady_without_one(world: World, directory: Path) -> None:
    """Its one database is read, and nobody waits for redundancy to come back."""
    database = {"service": "primary", "dsn": "postgresql://{host}:{port}/shop", "role": "primary"}
    orders = {"path": "/orders", "method": "POST", "body": '{"id": "{id}"}'}
    manifest = SMALLEST | {
        "journeys": SMALLEST["journeys"] | {"orders": orders},
        "data": {
            "writes": "orders",
            "final_read": "SELECT id FROM orders",
            "nodes": {"primary": database},
        },
    }
    drill = steady(smallest(world, directory, manifest))
    drill.start_workload({"orders": 20.0})
    with drill.inject(Restart(), Target("app", instance=1)):
        drill.expect(Criterion("nothing is lost", "lost orders", Comparator.EXACTLY, 0))
        drill.expect(HOME)
        result = drill.conclude(None)
    assert result.verdict == "met", result.reason
    assert "patience ended" not in texts(drill, Note)
    assert sorted(result.availability) == ["home", "orders"]
    assert result.data.stale is None


def test_a_final_read_that_cannot_be_right_is_told_before_any_fault(
    world: World, drills: Any
) -> None:
    """Else a misspelt table would pass for lost data once the drill is over."""
    world.has_orders = False
    drill = drills()
    with pytest.raises(SteadyStateNotReached, match=r"data.final_read on primary, before any"):
        drill.reach_steady_state()
    result = drill.conclude(None)
    assert (result.verdict, result.data.lost) == ("inconclusive", None)
    assert result.faults == []


def test_a_table_that_vanishes_is_lost_with_all_that_was_in_it(world: World, drills: Any) -> None:
    """The database answers, so it is no riddle: every acknowledged order is gone."""
    drill = steady(drills())
    drill.start_workload({"orders": 20.0})
    with drill.inject(Stop(), REPLICA):
        world.has_orders = False
        result = drill.conclude(None)
    assert result.data.lost == result.data.acknowledged > 0
    assert result.verdict == "missed"
    assert "lost writes, which no criterion allows" in result.reason
    assert result.score.value == 0
