"""A stack of which nothing is said but its compose file: no network, database, pager or login."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import BlastRadiusExceeded, SteadyStateNotReached
from drills.faults import Freeze, Hang, Kill, SuddenDeath
from drills.faults.target import Target
from drills.journal.facts import DrillStarted, ErrorNote, Note
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.drill import Drill
from drills.lifecycle.plan import Plan
from drills.stack.runtime import DRILL_LABEL, Container
from tests.doubles.drilled import events, steady, texts, wound_up
from tests.doubles.world import World

SERVICES = {"nginx": 1, "app": 2, "primary": 1, "replica": 1, "pager": 1}
RESTORED = Criterion("service is restored", "time to recover", Comparator.AT_MOST, 60)


def said_nothing_of(world: World, directory: Path, **said: Any) -> Drill:
    """A drill of a stack of which nothing is known but what compose makes of its file."""
    manifest = Manifest.of(said).with_services(SERVICES)
    plan = Plan("d1", manifest, "", "", None, DrillStarted(feature="f"))
    world.runtime.labels[DRILL_LABEL] = "d1"
    journal = Journal(directory, world.clock)
    settings = Settings(hold=0.5, patience=5.0, steady_within=3.0)
    return Drill(plan, world.stack, journal, Redactor(()), settings, world.clock)


def test_a_service_that_is_started_again_is_restored(world: World, directory: Path) -> None:
    """By whomever; nobody is asked for anything that is not there."""
    drill = steady(said_nothing_of(world, directory))
    with drill.inject(SuddenDeath(), Target("replica")):
        threading.Timer(0.6, world.runtime.start, [world.replica]).start()
        drill.expect(RESTORED)
        result = drill.conclude(None)
    assert (result.verdict, result.reason) == ("met", "every assessed criterion is met"), result
    assert "the engine tells that every service ran" in str(result.criteria[0])
    assert events(drill, ErrorNote) == []
    assert "patience ended" not in texts(drill, Note)
    assert [path for path in world.service.asked if path != "/health"] == []
    wound_up(world, drill, result)


def test_a_service_that_only_the_drill_brings_back_is_too_late(
    world: World, directory: Path
) -> None:
    """It was away for as long as the drill waited for it."""
    drill = steady(said_nothing_of(world, directory))
    late = Criterion("back", "time to restore services", Comparator.AT_MOST, 2, "replica")
    with drill.inject(Kill(), Target("replica")):
        drill.expect(late)
        result = drill.conclude(None)
    assert (result.verdict, result.reason) == ("missed", "missed: back"), result.criteria


def test_what_no_state_tells_of_is_not_green(world: World, directory: Path) -> None:
    """A suspended process runs, by the engine's word: nothing is known of it."""
    drill = steady(said_nothing_of(world, directory))
    with drill.inject(Hang(), Target("replica")):
        drill.expect(RESTORED)
        result = drill.conclude(None)
    assert result.verdict == "inconclusive"
    assert "no service was seen to suffer" in str(result.criteria[0].reason)


def test_a_stack_of_which_a_service_does_not_run_is_not_steady(
    world: World, directory: Path
) -> None:
    """It is named, with why; nothing is injected."""
    world.runtime.die(world.replica, 3)
    drill = said_nothing_of(world, directory)
    with pytest.raises(SteadyStateNotReached, match=r"replica-1 is exited \(3\)"):
        drill.reach_steady_state()
    assert drill.conclude(None).verdict == "inconclusive"


def test_one_container_at_a_time_may_be_touched(world: World, directory: Path) -> None:
    """Of any service, until somebody says more; then the services behind a role count."""
    drill = steady(said_nothing_of(world, directory, roles={"front": ["nginx", "pager"]}))
    with pytest.raises(BlastRadiusExceeded), drill.inject(Kill(), Target("front")):
        pass
    assert world.runtime.calls == []
    with drill.inject(Kill(), Target("replica")):
        assert [call.container for call in world.runtime.calls] == ["fake-replica-1"]
    drill.conclude(None)


def test_a_role_is_hit_in_all_its_services(world: World, directory: Path) -> None:
    """And what is criterion of a role is one of the service behind it."""
    drill = steady(
        said_nothing_of(
            world,
            directory,
            roles={"followers": ["replica", "pager"], "standby": "replica"},
            blast_radius={"containers_at_once": 2},
        )
    )
    with drill.inject(Kill(), Target("followers")):
        for one in ("replica", "pager"):
            assert not world.runtime.state(world.runtime.find(one)).running
            world.runtime.start(world.runtime.find(one))
        drill.expect(
            Criterion("back", "time to restore services", Comparator.AT_MOST, 9, "standby")
        )
        result = drill.conclude(None)
    assert result.verdict == "met", result.reason


def test_a_zone_is_hit_in_all_its_services(world: World, directory: Path) -> None:
    """Of another zone nothing is, nor of a role what is elsewhere."""
    drill = steady(
        said_nothing_of(
            world,
            directory,
            zones={"north": ["replica", "pager"], "south": ["nginx"]},
            roles={"behind": ["pager", "nginx"]},
            blast_radius={"containers_at_once": 2},
        )
    )
    with drill.inject(Kill(), Target("", zone="north")):
        down = [each.name for each in world.runtime.containers() if not running(world, each)]
        assert sorted(down) == ["fake-pager-1", "fake-replica-1"]
        for one in ("replica", "pager"):
            world.runtime.start(world.runtime.find(one))
    with drill.inject(Freeze(), Target("behind", zone="south")):
        assert world.runtime.state(world.runtime.find("nginx")).paused
        assert not world.runtime.state(world.runtime.find("pager")).paused
    drill.conclude(None)


def running(world: World, container: Container) -> bool:
    return world.runtime.state(container).running
