"""Engine events: their place on the monotonic clock, and a listener that never hangs."""

from __future__ import annotations

import os
import queue
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest

from drills.clock import Anchor
from drills.errors import EngineError
from drills.stack.engines.events import EngineClock, EventListener, translate, wall_ns
from drills.testing import ManualClock
from drills.units import NS

END = object()


class ScriptedStream:
    """A stream whose events a test puts into it; ``close`` ends it, as the SDK's does."""

    def __init__(self) -> None:
        self.queue: queue.Queue[object] = queue.Queue()
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        while (item := self.queue.get(timeout=20)) is not END:
            if isinstance(item, Exception):
                raise item
            yield item

    def close(self) -> None:
        self.closed += 1
        self.queue.put(END)


def no_door(_question: str) -> AbstractContextManager[None]:
    return nullcontext()


def raw(action: str, at_ns: int, **attributes: str) -> dict[str, Any]:
    """An event as the engine writes it."""
    labels = {"com.docker.compose.service": "app", "com.docker.compose.project": "p"}
    return {
        "Action": action,
        "timeNano": at_ns,
        "Actor": {"ID": "abc", "Attributes": {**labels, **attributes}},
    }


def listen(stream: ScriptedStream, clock: ManualClock) -> EventListener:
    return EventListener.subscribe(
        lambda: stream, clock=EngineClock(clock, 0, 0), door=no_door, within=20
    )


def drain(listener: EventListener, count: int) -> list[str]:
    """The actions, once ``count`` have come."""
    position = 0
    actions: list[str] = []
    while len(actions) < count:
        events, position = listener.since(position)
        actions += [event.action for event in events]
    return actions


class TestTranslate:
    def test_keeps_the_facts_and_drops_the_command_line(self) -> None:
        """``exec_start: sh -c 'echo secret'`` is an ``exec_start``; compose's labels are noise."""
        clock = ManualClock()
        event = translate(
            raw("exec_start: sh -c echo secret", clock.anchor().wall_ns, execID="7"),
            EngineClock(clock, 0, 0),
        )
        assert (event.action, event.service, event.container_id) == ("exec_start", "app", "abc")
        assert event.attributes == {"execID": "7"}
        assert event.at_ns == clock.monotonic_ns()
        assert "secret" not in repr(event)

    def test_a_health_state_is_kept(self) -> None:
        """The engine says it behind a colon, as it says commands."""
        clock = ManualClock()
        stamp = clock.anchor().wall_ns
        event = translate(raw("health_status: unhealthy", stamp), EngineClock(clock, 0, 0))
        assert (event.action, event.attributes["health"]) == ("health_status", "unhealthy")

    def test_follows_a_wall_clock_that_was_set_during_the_drill(self) -> None:
        """Setting the wall clock between two events moves neither of them."""
        clock = ManualClock()
        engine = EngineClock(clock, 0, 0)
        first = translate(raw("die", clock.anchor().wall_ns), engine)
        clock.step_wall(-3600)
        clock.advance(1)
        second = translate(raw("start", clock.anchor().wall_ns), engine)
        assert second.at_ns - first.at_ns == NS

    def test_of_a_stamp_from_the_future_admits_its_error(self) -> None:
        """A clock set back between event and arrival shows, and the error covers it."""
        clock = ManualClock()
        stamp = clock.anchor().wall_ns
        clock.step_wall(-2)
        event = translate(raw("die", stamp), EngineClock(clock, 0, 5))
        assert event.at_ns - event.error_ns <= clock.monotonic_ns()
        assert event.error_ns == 2 * NS + 5


class TestEngineClock:
    @staticmethod
    def info(
        clock: ManualClock, ahead_seconds: float = 0.0, **changed: str
    ) -> Callable[[], Mapping[str, Any]]:
        """An engine that answers after 4 ms and reads its clock in the middle of them."""

        def answer() -> Mapping[str, Any]:
            clock.advance(0.002)
            now = clock.anchor()
            ahead = replace(now, wall_ns=now.wall_ns + round(ahead_seconds * NS))
            date = ahead.date(now.monotonic_ns).isoformat(timespec="microseconds")
            clock.advance(0.002)
            return {
                "SystemTime": date.replace("+00:00", "Z"),
                "KernelVersion": os.uname().release,
                "Name": socket.gethostname(),
                **changed,
            }

        return answer

    def test_of_an_engine_under_our_kernel_is_ours(self) -> None:
        """The same clock has no offset, however long the engine takes to answer."""
        clock = ManualClock()
        measured = EngineClock.measure(clock, self.info(clock))
        assert (measured.offset_ns, measured.error_ns) == (0, 0)

    @pytest.mark.parametrize("changed", [{"KernelVersion": "other"}, {"Name": "other"}])
    def test_of_an_engine_elsewhere_is_measured_with_its_error(
        self, changed: dict[str, str]
    ) -> None:
        """A virtual machine's clock is 1.5 s ahead: found, within half the answer's time."""
        clock = ManualClock()
        measured = EngineClock.measure(clock, self.info(clock, 1.5, **changed))
        assert measured.error_ns == pytest.approx(0.002 * NS, abs=10_000)
        assert abs(measured.offset_ns - 1.5 * NS) <= measured.error_ns
        at_ns, error_ns = measured.to_monotonic(clock.anchor().wall_ns + round(1.5 * NS))
        assert abs(at_ns - clock.monotonic_ns()) <= error_ns

    def test_of_an_engine_elsewhere_does_not_follow_ours_when_that_is_set(self) -> None:
        """It goes on by itself; what it tells was corrected by the clock as it was."""
        clock = ManualClock()
        measured = EngineClock.measure(clock, self.info(clock, 1.5, Name="other"))
        theirs = clock.anchor().wall_ns + round(1.5 * NS)
        clock.step_wall(-3600)
        clock.advance(1)
        at_ns, error_ns = measured.to_monotonic(theirs + NS)
        assert abs(at_ns - clock.monotonic_ns()) <= error_ns < 0.01 * NS

    def test_the_error_grows_with_the_time_since_it_was_measured(self) -> None:
        """Two clocks drift apart, by as much as NTP slews one at most."""
        clock = ManualClock()
        measured = EngineClock.measure(clock, self.info(clock, 1.5, Name="other"))
        clock.advance(100)
        _, error_ns = measured.to_monotonic(clock.anchor().wall_ns)
        assert error_ns - measured.error_ns >= 0.05 * NS

    @pytest.mark.parametrize(("set_by", "kept"), [(0.0, True), (0.02, True), (0.5, False)])
    def test_that_it_was_set_meanwhile_shows(self, set_by: float, kept: bool) -> None:
        """By more than the errors of both measurements, and what they may have drifted."""
        clock = ManualClock()
        first = EngineClock.measure(clock, self.info(clock, 1.5, Name="other"))
        clock.advance(60)
        clock.step_wall(0 if set_by else 7)  # ours does not matter
        ahead = 1.5 + set_by - (0 if set_by else 7)
        second = EngineClock.measure(clock, self.info(clock, ahead, Name="other"))
        offset = first.offset(second)
        assert offset is not None
        assert offset.kept is kept
        assert abs(offset.ahead_ns - ahead * NS) <= offset.error_ns

    def test_of_the_same_clock_there_is_no_offset(self) -> None:
        """Nothing is measured, and nothing told."""
        clock = ManualClock()
        same = EngineClock.measure(clock, self.info(clock))
        assert same.offset(same) is None

    def test_that_claims_our_kernel_and_disagrees_is_not_believed(self) -> None:
        """A container with our host's name and a clock of its own is measured all the same."""
        clock = ManualClock()
        measured = EngineClock.measure(clock, self.info(clock, 1.5))
        assert abs(measured.offset_ns - 1.5 * NS) <= measured.error_ns

    def test_tells_the_engine_a_moment_that_is_surely_not_late(self) -> None:
        """Subscribing from a moment ago loses nothing that happens while subscribing."""
        engine = EngineClock(ManualClock(), offset_ns=500, error_ns=100)
        assert engine.engine_seconds(Anchor(0, 7 * NS + 1_000, 30)) == "7.000001370"

    def test_reads_dates_to_the_nanosecond(self) -> None:
        """The engine drops trailing zeros, and may write any zone."""
        assert wall_ns("1970-01-01T00:00:01.000000001Z") == NS + 1
        assert wall_ns("1970-01-01T01:00:01.5+01:00") == NS + NS // 2
        assert wall_ns("1970-01-01T00:00:02Z") == 2 * NS
        with pytest.raises(EngineError, match="yesterday"):
            wall_ns("yesterday")


class TestListener:
    def test_takes_each_event_once(self) -> None:
        """What happens while subscribing is told twice by the engine, and once by us."""
        stream, clock = ScriptedStream(), ManualClock()
        listener = listen(stream, clock)
        now = clock.anchor().wall_ns
        for event in (raw("kill", now - 2), raw("kill", now - 2), raw("die", now - 1)):
            stream.queue.put(event)
        assert drain(listener, 2) == ["kill", "die"]
        listener.close()
        assert [event.action for event in listener.since(0)[0]] == ["kill", "die"]

    def test_that_lost_its_stream_tells_so_after_the_last_event(self) -> None:
        """A stream that broke off is an error, not a quiet engine."""
        stream, clock = ScriptedStream(), ManualClock()
        listener = listen(stream, clock)
        stream.queue.put(raw("die", clock.anchor().wall_ns))
        assert drain(listener, 1) == ["die"]
        stream.queue.put(END)
        listener._thread.join(20)
        assert len(listener.since(0)[0]) == 1
        with pytest.raises(EngineError, match="ended the stream"):
            listener.since(1)

    def test_that_cannot_read_an_event_tells_so(self) -> None:
        """An event of an unknown shape stops the listener audibly."""
        stream = ScriptedStream()
        listener = listen(stream, ManualClock())
        stream.queue.put({"surprise": True})
        listener._thread.join(20)
        with pytest.raises(EngineError, match="cannot be read"):
            listener.since(0)

    def test_passes_on_why_subscribing_failed(self) -> None:
        """An engine that is not there is an error of ``subscribe``, with its own words."""

        def refuse() -> ScriptedStream:
            raise EngineError("no engine here")

        with pytest.raises(EngineError, match="no engine here"):
            EventListener.subscribe(
                refuse, clock=EngineClock(ManualClock(), 0, 0), door=no_door, within=20
            )

    def test_gives_up_on_an_engine_that_does_not_answer(self) -> None:
        """Subscribing is bounded; a stream that comes too late is closed."""
        stream, gate = ScriptedStream(), queue.Queue[object]()

        def hang() -> ScriptedStream:
            gate.get(timeout=20)
            return stream

        listener = EventListener(hang, EngineClock(ManualClock(), 0, 0), no_door)
        with pytest.raises(EngineError, match="no subscription"):
            listener._begin(within=0.01)
        gate.put(END)
        listener._thread.join(20)
        assert stream.closed == 1

    def test_closes_even_where_the_stream_does_not(self) -> None:
        """The SDK may stumble over its own socket while closing; we have still closed."""

        class Stumbling(ScriptedStream):
            def close(self) -> None:
                super().close()
                raise AttributeError("no socket")

        stream = Stumbling()
        listener = listen(stream, ManualClock())
        listener.close()
        listener.close()
        listener._thread.join(20)
        assert stream.closed == 1
        assert listener.since(0) == ((), 0)
