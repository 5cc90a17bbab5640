"""What the engine itself saw."""

from __future__ import annotations

import threading
from collections.abc import Callable

from drills.journal.fact import Fact
from drills.journal.facts import EngineClockMeasured, EngineTold, ErrorNote, Signal
from drills.observers.engine import EngineWatch
from drills.observers.monitoring import NOTHING, Heeded
from drills.stack.offset import Offset
from tests.doubles.bench import Bench

AHEAD_NS = 7_000_000_000  # how far the pager's clock is ahead of ours
SOON = 30.0  # seconds; nothing here takes that long unless it is broken


def heard(bench: Bench, fact: type[Fact], times: int = 1) -> Callable[[], bool]:
    """Waits until so many facts of a class were written; says whether they were."""
    semaphore = threading.Semaphore(0)
    bench.journal.listen(lambda event: semaphore.release() if event.kind is fact.kind else None)
    return lambda: all(semaphore.acquire(timeout=SOON) for _ in range(times))


class TestClock:
    def test_of_another_machine_is_told_with_its_error(self, bench: Bench) -> None:
        """Once, before anything else of the engine."""
        bench.runtime._subscribed[-1].ahead = Offset(-1_500_000_000, 2_000_001)
        bench.watch.start()
        told = bench.event(EngineClockMeasured)
        assert (told.offset_ns, told.error_ns) == (-1_500_000_000, 2_000_001)
        assert told.text.startswith("the engine's clock is 1.5 s ± 3 ms behind this machine's")
        bench.watch.stop()
        assert bench.journal.timeline().all(ErrorNote) == []

    def test_that_was_set_meanwhile_is_ground_that_gave_way(self, bench: Bench) -> None:
        """Nobody knows when what it told of happened, from the beginning on."""
        bench.runtime._subscribed[-1].ahead = Offset(0, 1)
        bench.watch.start()
        bench.clock.advance(5)
        bench.runtime._subscribed[-1].ahead = Offset(0, 1, kept=False)
        bench.watch.stop()
        (note,) = bench.journal.timeline().all(ErrorNote)
        assert "clock was set while the drill was under way" in note.text

    def test_that_is_ours_is_not_told(self, bench: Bench) -> None:
        """The same clock has no offset."""
        bench.watch.start()
        bench.watch.stop()
        assert bench.journal.timeline().all(EngineClockMeasured) == []


class TestEngine:
    def test_deaths_are_written_with_their_exit_code_at_the_engine_s_own_time(
        self, bench: Bench
    ) -> None:
        """On a thread of its own, as they come."""
        died = heard(bench, EngineTold)
        bench.watch.start()
        at_ns = bench.clock.monotonic_ns()
        bench.runtime.die(bench.runtime.find("app"), exit_code=3)
        bench.clock.advance(5)
        assert died()
        event = bench.event(EngineTold)
        assert event.text == "fake-app-1: die, exit code 3"
        assert event.at_ns == at_ns
        assert event.service == "app"

    def test_a_health_check_that_answers_otherwise_is_a_signal(self, bench: Bench) -> None:
        """Of the service, at the engine's own time; and not once more among the events."""
        bench.runtime.set_health(bench.runtime.find("app", 2), "unhealthy")
        bench.watch._ask()
        signal = bench.event(Signal)
        assert (signal.detector, signal.name) == ("container", "app")
        assert (signal.state, signal.text) == (
            "unhealthy",
            "fake-app-2 reported unhealthy",
        )
        assert signal.at_ns == bench.clock.monotonic_ns()
        assert bench.journal.timeline().all(EngineTold) == []

    def test_of_commands_only_a_killed_one_is_written(self, bench: Bench) -> None:
        """Every health check is a command, and would drown the rest."""
        app = bench.runtime.find("app")
        for code in (0, 1, 137):
            bench.runtime.finish(bench.runtime.spawn(app, ["http-ok"], {}), code)
        bench.watch.seen(app.id, frozenset(), 0)
        event = bench.event(EngineTold)
        assert event.text == "fake-app-1: exec_die, exit code 137"
        assert event.command == bench.runtime.spawned[2].id

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
        told = bench.journal.timeline().all(EngineTold)
        assert [event.exit_code for event in told] == ["1", "0"]

    def test_an_event_is_found_at_once_and_written_once(self, bench: Bench) -> None:
        """Whether the thread or the one who waits sees it first."""
        app = bench.runtime.find("app")
        bench.watch.start()
        bench.runtime.die(app)
        for _ in range(3):
            assert bench.watch.seen(app.id, frozenset({"die"}), 0)
        bench.watch.stop()
        assert bench.event(EngineTold).action == "die"

    def test_a_stamp_s_own_error_is_allowed_for(self, bench: Bench) -> None:
        """An event stamped a little before the request may be the one that was asked for."""
        app = bench.runtime.find("app")
        bench.runtime.die(app)
        at_ns, error = bench.clock.monotonic_ns(), bench.runtime.event_error_ns
        assert bench.watch.seen(app.id, frozenset({"die"}), at_ns + error)
        assert bench.watch.seen(app.id, frozenset({"die"}), at_ns + error + 1) is None

    def test_events_that_break_off_are_told(self, bench: Bench) -> None:
        """A deaf watch would report that nothing ever died."""
        told = heard(bench, ErrorNote)
        watch = EngineWatch(bench.runtime, bench.journal)
        bench.runtime.break_events("the engine restarted")
        watch.start()
        assert told()
        watch.stop()
        assert bench.event(ErrorNote).text == "the engine is not heard: the engine restarted"


class TestHeeded:
    """What the team says that it heeds of containers."""

    def heard(self, bench: Bench, heeded: Heeded) -> list[tuple[str, str, bool, bool]]:
        watch = EngineWatch(bench.runtime, bench.journal, heeded=heeded)
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        bench.runtime.restarts(app)
        bench.runtime.set_health(replica, "unhealthy")
        bench.runtime.set_health(replica, "healthy")
        bench.runtime.die(app, oom=True)
        bench.clock.advance(1)
        bench.runtime.die(replica)
        watch._ask()
        watch.stop()
        signals = bench.journal.timeline().all(Signal)
        return [(each.name, each.state, each.wrong, each.heard) for each in signals]

    def test_by_itself_a_health_check_tells_nobody(self, bench: Bench) -> None:
        """It is a signal, since an incident may be announced by it."""
        assert self.heard(bench, NOTHING) == [
            ("replica", "unhealthy", False, False),
            ("replica", "healthy", False, False),
        ]

    def test_what_is_heeded_is_wrong_and_heard_where_it_tells(self, bench: Bench) -> None:
        """Deaths, memory that ran out, and restarts after them."""
        every = Heeded(on=("unhealthy", "die", "oom", "restart"), tells=True)
        assert self.heard(bench, every) == [
            ("replica", "unhealthy", True, True),
            ("replica", "healthy", False, True),
            ("app oom", "oom", True, True),
            ("app die", "die", True, True),
            ("app restart", "restart", True, True),
            ("replica die", "die", True, True),
        ]

    def test_it_may_be_of_some_services_alone(self, bench: Bench) -> None:
        """And heeded without telling anybody."""
        assert self.heard(bench, Heeded(on=("die",), services=("replica",))) == [
            ("replica", "unhealthy", False, False),
            ("replica", "healthy", False, False),
            ("replica die", "die", True, False),
        ]
