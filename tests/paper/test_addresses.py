"""A drill whose stack is published anew while it goes on."""

from __future__ import annotations

from typing import Any

from drills.faults import Stop
from drills.journal.facts import AddressMoved, Note
from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome
from tests.doubles.drilled import DETECTED, REPLICA, events, steady, texts
from tests.doubles.scripted import serving, vanish
from tests.doubles.world import World

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
