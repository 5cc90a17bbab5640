"""What watches: the pager with its own clock, the health endpoint, the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from drills.journal.timeline import Event, Kind
from drills.observers.engine import EngineWatch
from drills.observers.health import HealthWatch
from drills.observers.pager import PagerWatch
from drills.stack.http import NoAnswer
from drills.wait import Watcher
from tests.acting.bench import Bench
from tests.acting.scripted import Answer, Query, Service, vanish

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


def watched(bench: Bench, service: Service, *records: object) -> list[Event]:
    """The signals of a pager watch that has fetched all of these records."""
    inbox = Inbox(bench, service, *records)
    watch = PagerWatch(service.address, bench.journal, bench.clock)
    watch.start()
    assert inbox.taken.wait(SOON)
    watch.stop()
    return bench.journal.timeline().all(Kind.SIGNAL)


def heard(bench: Bench, kind: Kind, times: int = 1) -> Callable[[], bool]:
    """Waits until so many events of a kind were written; says whether they were."""
    semaphore = threading.Semaphore(0)
    bench.journal.listen(lambda event: semaphore.release() if event.kind is kind else None)
    return lambda: all(semaphore.acquire(timeout=SOON) for _ in range(times))


class TestPager:
    def test_a_page_is_a_signal_at_the_moment_of_its_arrival_on_our_clock(
        self, bench: Bench, service: Service
    ) -> None:
        """The pager's clock is seven seconds ahead; the signal is not."""
        (signal,) = watched(bench, service, record(1))
        assert signal.at_ns == 999_000_000_001
        assert signal.text == "alert ReplicaDown firing"
        assert signal.data == {
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
        assert watch._error_ns == 50_000_001
        assert abs(watch._offset_ns - AHEAD_NS) <= watch._error_ns

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
        assert signal.string("name") == "ReplicaDown"

    def test_a_pager_that_was_restarted_is_heard(self, bench: Bench, service: Service) -> None:
        """It counts its pages anew, and the first one is not taken for one of old."""
        inbox = Inbox(bench, service, record(1), record(2, state="resolved"))
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        watch._take(wait=0)
        inbox.records = [record(3, "Other")]
        watch._take(wait=0)
        watch.stop()
        signals = bench.journal.timeline().all(Kind.SIGNAL)
        assert [signal.string("name") for signal in signals] == ["ReplicaDown"] * 2 + ["Other"]

    def test_a_page_that_came_at_the_very_end_is_taken(
        self, bench: Bench, service: Service
    ) -> None:
        """Between the last look and the end of watching nothing falls through."""
        inbox = Inbox(bench, service)
        watch = PagerWatch(service.address, bench.journal, bench.clock)
        inbox.records.append(record(1))
        watch.stop()
        assert len(bench.journal.timeline().all(Kind.SIGNAL)) == 1

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
        (error,) = bench.journal.timeline().all(Kind.ERROR)
        assert error.text.startswith("the pager does not answer: GET /alerts")

    def test_a_pager_without_a_clock_is_an_error_at_once(
        self, bench: Bench, service: Service
    ) -> None:
        """Stamps that cannot be placed on our clock are worth nothing."""
        service.on("/clock", {"monotonic_ns": "soon"})
        with pytest.raises(NoAnswer, match="expected the pager's /clock to tell"):
            PagerWatch(service.address, bench.journal, bench.clock)


class TestHealth:
    FIELDS: ClassVar = {"/health": "status", "/health/database": "read_replica.status"}

    def watch(self, bench: Bench, service: Service) -> HealthWatch:
        return HealthWatch(service.address, self.FIELDS, bench.journal, bench.clock)

    def states(self, bench: Bench) -> list[str]:
        return [signal.text for signal in bench.journal.timeline().all(Kind.SIGNAL)]

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
        first = bench.journal.timeline().all(Kind.SIGNAL)[0]
        assert (first.at_ns - began, first.integer("error_ns")) == (500_000_000, 500_000_000)

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


class TestEngine:
    def test_deaths_are_written_with_their_exit_code_at_the_engine_s_own_time(
        self, bench: Bench
    ) -> None:
        """On a thread of its own, as they come."""
        died = heard(bench, Kind.ENGINE)
        bench.watch.start()
        at_ns = bench.clock.monotonic_ns()
        bench.runtime.die(bench.runtime.find("app"), exit_code=3)
        bench.clock.advance(5)
        assert died()
        event = bench.event(Kind.ENGINE)
        assert event.text == "fake-app-1: die, exit code 3"
        assert event.at_ns == at_ns
        assert event.string("service") == "app"

    def test_a_health_check_that_answers_otherwise_is_a_signal(self, bench: Bench) -> None:
        """Of the service, at the engine's own time; and not once more among the events."""
        bench.runtime.set_health(bench.runtime.find("app", 2), "unhealthy")
        bench.watch._ask()
        signal = bench.event(Kind.SIGNAL)
        assert (signal.string("detector"), signal.string("name")) == ("container", "app")
        assert (signal.string("state"), signal.text) == (
            "unhealthy",
            "fake-app-2 reported unhealthy",
        )
        assert signal.at_ns == bench.clock.monotonic_ns()
        assert bench.journal.timeline().all(Kind.ENGINE) == []

    def test_of_commands_only_a_killed_one_is_written(self, bench: Bench) -> None:
        """Every health check is a command, and would drown the rest."""
        app = bench.runtime.find("app")
        for code in (0, 1, 137):
            bench.runtime.finish(bench.runtime.spawn(app, ["http-ok"], {}), code)
        bench.watch.seen(app.id, frozenset(), 0)
        event = bench.event(Kind.ENGINE)
        assert event.text == "fake-app-1: exec_die, exit code 137"
        assert event.string("command") == bench.runtime.spawned[2].id

    def test_the_end_of_a_command_that_is_followed_is_written_once(self, bench: Bench) -> None:
        """However it ends, and whether that was before or after somebody began to follow it."""
        app = bench.runtime.find("app")
        for before in (True, False):
            command = bench.runtime.spawn(app, ["leak"], {})
            if before:
                bench.runtime.finish(command, 1)
                bench.watch.seen(app.id, frozenset(), 0)
            bench.watch.follow(command)
            if not before:
                bench.runtime.finish(command, 0)
            bench.watch.seen(app.id, frozenset(), 0)
        told = bench.journal.timeline().all(Kind.ENGINE)
        assert [event.string("exit_code") for event in told] == ["1", "0"]

    def test_an_event_is_found_at_once_and_written_once(self, bench: Bench) -> None:
        """Whether the thread or the one who waits sees it first."""
        app = bench.runtime.find("app")
        bench.watch.start()
        bench.runtime.die(app)
        for _ in range(3):
            assert bench.watch.seen(app.id, frozenset({"die"}), 0)
        bench.watch.stop()
        assert bench.event(Kind.ENGINE).string("action") == "die"

    def test_a_stamp_s_own_error_is_allowed_for(self, bench: Bench) -> None:
        """An event stamped a little before the request may be the one that was asked for."""
        app = bench.runtime.find("app")
        bench.runtime.die(app)
        at_ns, error = bench.clock.monotonic_ns(), bench.runtime.event_error_ns
        assert bench.watch.seen(app.id, frozenset({"die"}), at_ns + error)
        assert bench.watch.seen(app.id, frozenset({"die"}), at_ns + error + 1) is None

    def test_events_that_break_off_are_told(self, bench: Bench) -> None:
        """A deaf watch would report that nothing ever died."""
        told = heard(bench, Kind.ERROR)
        watch = EngineWatch(bench.runtime, bench.journal)
        bench.runtime.break_events("the engine restarted")
        watch.start()
        assert told()
        watch.stop()
        assert bench.event(Kind.ERROR).text == "the engine is not heard: the engine restarted"


class TestWatcher:
    def test_a_run_of_failures_is_told_once_and_a_new_run_again(self) -> None:
        """And the watch goes on all the while."""
        script = iter([OSError("a"), OSError("b"), None, OSError("c"), None])
        told: list[str] = []
        done = threading.Event()

        def ask() -> None:
            error = next(script, "end")
            if error == "end":
                done.set()
            elif isinstance(error, Exception):
                raise error

        with Watcher("test", ask, interval=0.0, failed=lambda error: told.append(str(error))):
            assert done.wait(SOON)
        assert told == ["a", "c"]

    def test_a_complaint_that_cannot_be_made_does_not_end_the_watch(self) -> None:
        """A full disk, for example."""
        asked = threading.Semaphore(0)

        def ask() -> None:
            asked.release()
            raise OSError("gone")

        def complain(_: Exception) -> None:
            raise OSError("the disk is full")

        with Watcher("test", ask, interval=0.0, failed=complain):
            assert all(asked.acquire(timeout=SOON) for _ in range(3))

    def test_ending_it_from_its_own_thread_does_not_wait_for_itself(self) -> None:
        """What it asks may be what ends it."""
        ended = threading.Event()

        def ask() -> None:
            watcher.stop()
            ended.set()

        watcher = Watcher("test", ask, interval=0.0)
        watcher.start()
        assert ended.wait(SOON)
