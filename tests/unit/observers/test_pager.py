"""The pager, heard by its own clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from drills.journal.fact import Fact
from drills.journal.facts import ErrorNote, Signal
from drills.observers.pager import PagerWatch
from drills.stack.http import NoAnswer
from tests.doubles.bench import Bench
from tests.doubles.scripted import Answer, Query, Service, vanish

AHEAD_NS = 7_000_000_000  # how far the pager's clock is ahead of ours
SOON = 30.0  # seconds; nothing here takes that long unless it is broken


def record(number: int, name: str = "ReplicaDown", **more: Any) -> dict[str, Any]:
    stamp = 999_000_000_000 + AHEAD_NS + number  # a second before the bench began
    return {
        "seq": number,
        "received_monotonic_ns": stamp,
        "alertname": name,
        "state": "firing",
        "labels": {"severity": "P2"},
        "annotations": {"summary": "gone"},
        "starts_at": "2026-01-01T00:00:00Z",
        **more,
    }


class Inbox:
    """A pager that holds these records; ``taken`` is set when all of them were fetched."""

    def __init__(self, bench: Bench, service: Service, *records: object) -> None:
        self.records = list(records)
        self.taken = threading.Event()
        service.on("/clock", lambda _: {"monotonic_ns": bench.clock.monotonic_ns() + AHEAD_NS})
        service.on("/alerts", self._alerts)

    def _alerts(self, query: Query) -> Answer:
        since = int(query["since"])
        if since >= len(self.records):
            self.taken.set()
        return {"records": self.records[since:], "last_seq": len(self.records)}


def watched(bench: Bench, service: Service, *records: object) -> list[Signal]:
    """The signals of a pager watch that has fetched all of these records."""
    inbox = Inbox(bench, service, *records)
    watch = PagerWatch(service.address, bench.journal, bench.clock)
    watch.start()
    assert inbox.taken.wait(SOON)
    watch.stop()
    return bench.journal.timeline().all(Signal)


def heard(bench: Bench, fact: type[Fact], times: int = 1) -> Callable[[], bool]:
    """Waits until so many facts of a class were written; says whether they were."""
    semaphore = threading.Semaphore(0)
    bench.journal.listen(lambda event: semaphore.release() if event.kind is fact.kind else None)
    return lambda: all(semaphore.acquire(timeout=SOON) for _ in range(times))


class TestPager:
    def test_a_page_is_a_signal_at_the_moment_of_its_arrival_on_our_clock(
        self, bench: Bench, service: Service
    ) -> None:
        """The pager's clock is seven seconds ahead; the signal is not."""
        (signal,) = watched(bench, service, record(1))
        assert signal.at_ns == 999_000_000_001
        assert signal.text == "alert ReplicaDown firing"
        assert signal.data() == {
            "detector": "alertmanager",
            "name": "ReplicaDown",
            "state": "firing",
            "error_ns": 1,
            "labels": {"severity": "P2"},
            "annotations": {"summary": "gone"},
            "starts_at": "2026-01-01T00:00:00Z",
        }

    def test_the_offset_is_that_of_the_tightest_round_trip(
        self, bench: Bench, service: Service
    ) -> None:
        """Six slow answers do not spoil it; half of the fastest trip is the error."""
        trips = iter([0.8, 0.5, 0.1, 0.9, 0.7, 0.3, 0.2])

        def clock(_: Query) -> Answer:
            trip = next(trips)
            bench.clock.advance(trip * 0.75)
            stamp = bench.clock.monotonic_ns() + AHEAD_NS
            bench.clock.advance(trip * 0.25)
            return {"monotonic_ns": stamp}

        Inbox(bench, service)
        service.on("/clock", clock)
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        watch.stop()
        assert service.asked.count("/clock") == 7
        assert watch._offset.error_ns == 50_000_001
        assert abs(watch._offset.ns - AHEAD_NS) <= watch._offset.error_ns

    def test_every_page_is_written_once_and_in_order(self, bench: Bench, service: Service) -> None:
        """However often the pager is asked."""
        signals = watched(
            bench, service, record(1), record(2, state="resolved"), record(3, "Other")
        )
        assert [signal.text for signal in signals] == [
            "alert ReplicaDown firing",
            "alert ReplicaDown resolved",
            "alert Other firing",
        ]

    @pytest.mark.parametrize(
        "garbage", ["text", None, 7, {}, {"received_monotonic_ns": "now"}], ids=repr
    )
    def test_garbage_is_passed_over(self, bench: Bench, service: Service, garbage: object) -> None:
        """And what comes after it is not lost."""
        (signal,) = watched(bench, service, garbage, record(2))
        assert signal.name == "ReplicaDown"

    def test_a_pager_that_was_restarted_is_heard(self, bench: Bench, service: Service) -> None:
        """It counts its pages anew, and the first one is not taken for one of old."""
        inbox = Inbox(bench, service, record(1), record(2, state="resolved"))
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        watch._ask()
        inbox.records = [record(3, "Other")]
        watch._ask()
        watch.stop()
        signals = bench.journal.timeline().all(Signal)
        assert [signal.name for signal in signals] == ["ReplicaDown"] * 2 + ["Other"]

    def test_a_page_that_came_at_the_very_end_is_taken(
        self, bench: Bench, service: Service
    ) -> None:
        """Between the last look and the end of watching nothing falls through."""
        inbox = Inbox(bench, service)
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        inbox.records.append(record(1))
        watch.stop()
        assert len(bench.journal.timeline().all(Signal)) == 1

    def test_nobody_waits_at_the_end_for_what_was_asked_before(
        self, bench: Bench, service: Service
    ) -> None:
        """A page that came meanwhile is taken at the end, and once; the connections are closed."""
        inbox = Inbox(bench, service)
        asked, answered = threading.Event(), threading.Event()

        def slowly(query: Query) -> Answer:
            if query["wait"] != "0":
                asked.set()
                answered.wait(SOON)
            return inbox._alerts(query)

        service.on("/alerts", slowly)
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        watch.start()
        assert asked.wait(SOON)
        inbox.records.append(record(1))
        watch.stop()
        assert len(bench.journal.timeline().all(Signal)) == 1
        answered.set()
        watch._watcher._thread.join(SOON)
        assert len(bench.journal.timeline().all(Signal)) == 1
        assert watch._client._client.is_closed

    def test_ending_twice_is_ending_once(self, bench: Bench, service: Service) -> None:
        """The second time asks nothing any more."""
        Inbox(bench, service)
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        watch.stop()
        asked = len(service.asked)
        watch.stop()
        assert len(service.asked) == asked

    def test_a_pager_that_is_gone_is_told_once(self, bench: Bench, service: Service) -> None:
        """Silence of a dead pager must not look like good news, nor flood the journal."""
        inbox = Inbox(bench, service)
        failures = threading.Semaphore(0)
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        ask = watch._watcher._ask

        def counted() -> None:
            try:
                ask()
            except NoAnswer:
                failures.release()
                raise

        watch._watcher._ask = counted
        watch.start()
        assert inbox.taken.wait(SOON)
        vanish(service)
        assert all(failures.acquire(timeout=SOON) for _ in range(3))
        watch.stop()
        (error,) = bench.journal.timeline().all(ErrorNote)
        assert error.text.startswith("the pager does not answer: GET /alerts")

    def test_a_pager_without_a_clock_is_an_error_at_once(
        self, bench: Bench, service: Service
    ) -> None:
        """Stamps that cannot be placed on our clock are worth nothing."""
        service.on("/clock", {"monotonic_ns": "soon"})
        with pytest.raises(NoAnswer, match="expected the pager's /clock to tell"):
            PagerWatch(service.address, bench.journal, bench.clock)
