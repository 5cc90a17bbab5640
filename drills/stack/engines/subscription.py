"""Subscribing to the events of one stack on an engine that speaks Docker's API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drills.clock import Clock
from drills.stack.engines.engine import Engine
from drills.stack.engines.event_feed import PULSE_SECONDS
from drills.stack.engines.events import EngineClock, EventListener, Known, seconds

WITHIN = 10.0  # seconds for the engine to take it


class Subscription:
    """The events of the containers that carry all of these labels. Raises EngineError."""

    def __init__(self, engine: Engine, labels: Sequence[str], clock: Clock) -> None:
        self._engine = engine
        self._filters = {"type": "container", "label": list(labels)}
        self._clock = clock

    def begin(self, known: Known) -> EventListener:
        """From the last event that is known on, that one too; from now on where none is."""
        clock = self.measure()
        now = clock.engine_seconds(self._clock.anchor())
        since: Any = seconds(known.last_ns) if known.last_ns else now  # the stubs know no fractions
        return EventListener.subscribe(
            lambda: self._engine.client().events(since=since, filters=self._filters, decode=True),
            clock=clock,
            door=self._engine.door,
            within=WITHIN,
            known=known,
        )

    def measure(self) -> EngineClock:
        """How the engine's clock relates to ours now."""
        with self._engine.asked("read the engine's clock") as client:
            return EngineClock.measure(self._clock, client.info)

    def ping(self) -> None:
        """Ask whether the engine answers at all."""
        with self._engine.asked("ask whether it answers", seconds=PULSE_SECONDS) as client:
            client.ping()
