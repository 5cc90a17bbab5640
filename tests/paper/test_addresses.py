"""A drill whose stack is published anew while it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from drills.faults import Stop
from drills.journal.facts import AddressMoved, Note
from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome
from drills.wait import until
from tests.doubles.drilled import DETECTED, REPLICA, events, steady, texts
from tests.doubles.scripted import serving, vanish
from tests.doubles.world import MANIFEST, World

OLD, NEW = ("127.0.0.1", 32768), ("127.0.0.1", 32769)


def test_a_drill_follows_its_entry_and_its_databases(world: World, drills: Any) -> None:
    """All of the stack is restarted at another address, and the drill goes on seeing."""
    drill = steady(drills(patience=5.0))
    drill.start_workload({"orders": 20.0})
    with drill.inject(Stop(), REPLICA), serving() as second:
        drill.expect(DETECTED)
        second.answers = world.service.answers
        second.bodies = world.service.bodies
        for service, port in list(world.runtime.ports):
            world.runtime.republish(service, port, second.address)
            world.runtime.restart(world.runtime.find(service), 1.0)
        vanish(world.service)
        result = drill.conclude(None)
    assert [moved.service for moved in events(drill, AddressMoved)] == ["nginx"]
    assert "patience ended" not in texts(drill, Note)
    assert "was not asked for its writes" not in texts(drill, Note)
    lanes = drill.observers.observations().samples
    assert {name: lane[-1].outcome for name, lane in lanes.items()} == dict.fromkeys(
        ("reads", "orders", REPLICATION), Outcome.OK
    )
    assert result.data.lost == 0


def test_a_journey_past_the_entry_goes_on_without_it(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked where it says, and follows that service and no other."""
    direct = {**MANIFEST["journeys"]["reads"], "at": {"service": "app", "port": 8000}}
    monkeypatch.setitem(MANIFEST["journeys"], "direct", direct)
    with serving() as second, serving() as third:
        for one in (second, third):
            one.answers, one.bodies = world.service.answers, world.service.bodies
        world.runtime.ports["app", 8000] = second.address
        drill = steady(drills(patience=5.0))
        with drill.inject(Stop(), REPLICA):
            drill.expect(DETECTED)
            world.runtime.republish("app", 8000, third.address)
            world.runtime.restart(world.runtime.find("app"), 1.0)
            until(lambda: events(drill, AddressMoved), awaited="the app has moved", within=10)
            vanish(second)
            seen = len(drill.observers.observations().samples["direct"])
            until(
                lambda: len(drill.observers.observations().samples["direct"]) > seen + 10,
                awaited="it is asked there",
                within=10,
            )
            drill.conclude(None)
    assert drill.observers.observations().samples["direct"][-1].outcome is Outcome.OK
    (moved,) = events(drill, AddressMoved)
    assert (moved.service, moved.lanes) == ("app", ("direct",))
