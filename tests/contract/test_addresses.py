"""On a real engine a published port changes with a restart, and is found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.clock import SystemClock
from drills.journal.facts import AddressMoved
from drills.journal.journal import Journal
from drills.observers.addresses import Address, Addresses
from drills.observers.engine import EngineWatch
from drills.units import NS
from drills.wait import until
from tests.contract.stacks import tiny_stack

pytestmark = pytest.mark.engine


def test_a_port_that_the_engine_chose_is_found_after_a_restart(tmp_path: Path) -> None:
    """The engine's own event tells of the start; who follows is told the address of then."""
    stack = tiny_stack(tmp_path)
    journal = Journal(tmp_path / "drill", SystemClock())
    told: list[Address] = []

    def moved(address: Address) -> list[str]:
        told.append(address)
        return ["reads"]

    try:
        runtime = stack.up()
        watch = EngineWatch(runtime, journal)
        addresses = Addresses(runtime, watch, journal, SystemClock())
        now = addresses.of("web", 8080)
        addresses.follow("web", 8080, moved)
        before = now()
        watch.start()
        addresses.start()
        for _ in range(3):  # it may get the same one again, if nobody else took one meanwhile
            runtime.restart(runtime.containers("web")[0], 0.0)
        published = runtime.port("web", 8080)
        until(
            lambda: (told[-1] if told else before) == published,
            awaited="who follows goes by the address of now",
            within=10,
        )
        addresses.stop()
        watch.stop()
    finally:
        stack.down()
    assert now() == published
    for event in journal.timeline().all(AddressMoved):
        assert 0 < event.high_ns - event.low_ns < 5 * NS
