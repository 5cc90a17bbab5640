"""Patterns in the logs of services."""

from __future__ import annotations

from drills.errors import EngineError
from drills.journal.facts import ErrorNote, Signal
from drills.observers.log import QUIET_SECONDS, LogWatch
from drills.observers.monitoring import LogPattern
from tests.doubles.bench import Bench

OOM = LogPattern(service="app", pattern=r"out of memory|OOM", tells=True)


def watch(bench: Bench, **patterns: LogPattern) -> LogWatch:
    return LogWatch(bench.runtime, patterns, bench.clock.monotonic_ns(), bench.journal)


def signals(bench: Bench) -> list[Signal]:
    return bench.journal.timeline().all(Signal)


def test_a_line_that_matches_is_a_signal_when_it_was_written(bench: Bench) -> None:
    """By the engine's stamp of it, not when it was looked at."""
    looking = watch(bench, oom=OOM)
    app = bench.runtime.find("app", 2)
    bench.clock.advance(1)
    at_ns = bench.clock.monotonic_ns()
    bench.runtime.write(app, b"fatal: out of memory in pool")
    bench.clock.advance(1)
    looking._ask()
    (signal,) = signals(bench)
    assert (signal.at_ns, signal.error_ns) == (at_ns, bench.runtime.event_error_ns)
    assert signal.text == "the log of fake-app-2 matches oom: fatal: out of memory in pool"
    assert (signal.detector, signal.name, signal.service) == ("log", "oom", "app")
    assert (signal.wrong, signal.heard, signal.container_id) == (True, True, app.id)


def test_what_was_written_before_the_drill_is_none(bench: Bench) -> None:
    """A project that ran before has said many things."""
    bench.runtime.write(bench.runtime.find("app"), b"OOM")
    bench.clock.advance(1)
    looking = watch(bench, oom=OOM)
    looking._ask()
    assert signals(bench) == []


def test_other_lines_and_other_services_say_nothing(bench: Bench) -> None:
    """A pattern is of one service."""
    looking = watch(bench, oom=OOM)
    bench.runtime.write(bench.runtime.find("app"), b"all is well")
    bench.runtime.write(bench.runtime.find("replica"), b"OOM")
    looking._ask()
    assert signals(bench) == []


def test_a_log_that_says_it_all_the_time_does_not_fill_the_journal(bench: Bench) -> None:
    """One signal in a while of each container; every line is looked at once."""
    looking = watch(bench, oom=OOM)
    for _ in range(50):
        bench.runtime.write(bench.runtime.find("app"), b"OOM")
        looking._ask()
        bench.clock.advance(QUIET_SECONDS / 25)
    assert len(signals(bench)) == 2


def test_the_last_lines_are_looked_at_in_the_end(bench: Bench) -> None:
    """Once, however often it is stopped."""
    looking = watch(bench, oom=OOM)
    bench.runtime.write(bench.runtime.find("app"), b"OOM")
    looking.stop()
    looking.stop()
    assert len(signals(bench)) == 1


def test_logs_that_cannot_be_read_are_told(bench: Bench) -> None:
    """Then what would have told somebody could not be seen."""
    looking = watch(bench, oom=OOM)
    looking._failed(EngineError("configured logging driver does not support reading"))
    (note,) = bench.journal.timeline().all(ErrorNote)
    assert note.detector == "log"
    assert "does not support reading" in note.text
