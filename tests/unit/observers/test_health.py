"""The health endpoint, watched for changes."""

from __future__ import annotations

from typing import ClassVar

from drills.journal.facts import Signal
from drills.observers.health import HealthWatch
from drills.observers.monitoring import HealthField
from tests.doubles.bench import Bench
from tests.doubles.scripted import Answer, Query, Service

AHEAD_NS = 7_000_000_000  # how far the pager's clock is ahead of ours
SOON = 30.0  # seconds; nothing here takes that long unless it is broken


class TestHealth:
    FIELDS: ClassVar = {
        "/health": HealthField(field="status"),
        "/health/database": HealthField(field="read_replica.status"),
    }

    def watch(self, bench: Bench, service: Service) -> HealthWatch:
        return HealthWatch(service.address, self.FIELDS, bench.journal, bench.clock)

    def states(self, bench: Bench) -> list[str]:
        return [signal.text for signal in bench.journal.timeline().all(Signal)]

    def test_every_change_is_a_signal_and_nothing_else_is(
        self, bench: Bench, service: Service
    ) -> None:
        """The first answer too: it is what was said before the fault."""
        watch = self.watch(bench, service)
        for status, replica in [("ok", "ok"), ("ok", "ok"), ("ok", "down"), ("ok", "ok")]:
            service.on("/health", {"status": status})
            service.on("/health/database", (503, {"read_replica": {"status": replica}}))
            watch._ask()
            bench.clock.advance(1)
        watch.stop()
        assert self.states(bench) == [
            "/health says status is ok",
            "/health/database says read_replica.status is ok",
            "/health/database says read_replica.status is down",
            "/health/database says read_replica.status is ok",
        ]

    def test_it_happened_in_the_middle_of_asking_give_or_take_half(
        self, bench: Bench, service: Service
    ) -> None:
        """The answer was made somewhere between asking and hearing it."""

        def slow(_: Query) -> Answer:
            bench.clock.advance(1)
            return {"status": "ok"}

        service.on("/health", slow)
        began = bench.clock.monotonic_ns()
        watch = self.watch(bench, service)
        watch._ask()
        watch.stop()
        first = bench.journal.timeline().all(Signal)[0]
        assert (first.at_ns - began, first.error_ns) == (500_000_000, 500_000_000)

    def test_no_answer_is_a_state_of_its_own(self, bench: Bench, service: Service) -> None:
        """An endpoint that is gone says so by its silence; one without the field says None."""
        service.on("/health", "not JSON")
        service.on("/health/database", {"read_replica": "text"})
        watch = self.watch(bench, service)
        watch._ask()
        watch.stop()
        assert self.states(bench) == [
            "/health says status is no answer",
            "/health/database says read_replica.status is None",
        ]
