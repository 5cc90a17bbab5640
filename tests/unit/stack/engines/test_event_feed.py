"""The engine's events over streams that break: taken up again, or the gap is told."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drills.errors import EngineError
from drills.stack.engines import event_feed
from drills.stack.engines.event_feed import PULSE_SECONDS, EventFeed
from drills.stack.engines.events import EngineClock, EventListener, Known
from drills.testing import ManualClock
from drills.wait import until
from tests.unit.stack.engines.test_events import END, ScriptedStream, no_door, raw

SOON = 20.0


class Engine:
    """An engine on paper: its log, its open stream, and whether anything answers."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.log: list[dict[str, Any]] = []
        self.stream = ScriptedStream()
        self.away = queue.Queue[None]()  # as many subscriptions are refused
        self.hangs = False

    def happens(self, action: str, *, told: bool = True) -> None:
        """An event, told to whoever listens unless the stream is gone."""
        event = raw(action, self.clock.anchor().wall_ns + len(self.log))
        self.log.append(event)
        if told:
            self.stream.queue.put(event)

    def cut(self) -> None:
        """The stream ends."""
        self.stream.queue.put(END)

    def subscribe(self, known: Known) -> EventListener:
        if known.last_ns:
            if not self.away.empty():
                self.away.get()
                raise EngineError("no container engine answers")
            self.stream = ScriptedStream()
            for event in self.log:
                if event["timeNano"] >= known.last_ns:
                    self.stream.queue.put(event)
        stream = self.stream
        clock = EngineClock(self.clock, 0, 0)
        return EventListener.subscribe(
            lambda: stream, clock=clock, door=no_door, within=SOON, known=known
        )

    def ping(self) -> None:
        if self.hangs:
            raise EngineError("did not answer")


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def feed(engine: Engine) -> Iterator[EventFeed]:
    feed = EventFeed(
        *(engine.subscribe, engine.ping, engine.clock, lambda: EngineClock(engine.clock, 0, 0))
    )
    yield feed
    feed.close()
    engine.cut()


def seen(feed: EventFeed) -> list[str]:
    return [event.action for event in feed.since(0)[0]]


def soon(question: Callable[[], object]) -> None:
    until(lambda: bool(question()), awaited="it", within=SOON, interval=0.01)


def resumed(feed: EventFeed) -> bool:
    feed.since(0)
    return bool(feed.gaps()) and feed.gaps()[-1].until_ns is not None


class TestStream:
    def test_what_happened_in_the_gap_is_told_once_and_in_order(
        self, engine: Engine, feed: EventFeed
    ) -> None:
        """From the engine's log; that the last event comes again proves that it reaches back."""
        engine.happens("kill")
        soon(lambda: seen(feed) == ["kill"])
        engine.happens("die", told=False)
        engine.cut()
        soon(lambda: resumed(feed))
        engine.happens("start")
        soon(lambda: seen(feed) == ["kill", "die", "start"])
        assert [gap.complete for gap in feed.gaps()] == [True]

    def test_an_engine_that_forgot_leaves_a_gap_that_is_told(
        self, engine: Engine, feed: EventFeed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It was started anew: what is not in its log any more may have happened."""
        monkeypatch.setattr(event_feed, "_REPLAY_SECONDS", 0.05)
        engine.happens("kill")
        soon(lambda: seen(feed) == ["kill"])
        engine.log.clear()
        engine.cut()
        soon(lambda: resumed(feed))
        assert [gap.complete for gap in feed.gaps()] == [False]

    def test_one_that_stays_away_is_an_error_until_it_is_back(
        self, engine: Engine, feed: EventFeed
    ) -> None:
        """Once all that came has been handed out; a moment's absence is none."""
        engine.happens("kill")
        soon(lambda: seen(feed) == ["kill"])
        for _ in range(4):
            engine.away.put(None)
        engine.cut()
        soon(lambda: (feed.since(1), feed.gaps())[1])
        assert feed.since(1) == ((), 1)
        engine.clock.advance(1.1)
        with pytest.raises(EngineError, match="ended the stream"):
            feed.since(1)
        assert feed.gaps()[-1].until_ns is None
        soon(lambda: resumed(feed))
        assert feed.since(1) == ((), 1)

    def test_one_that_was_closed_asks_no_more(self, engine: Engine, feed: EventFeed) -> None:
        """However its stream ended."""
        feed.close()
        engine.cut()
        assert feed.since(0) == ((), 0)
        assert feed.gaps() == ()


class TestPulse:
    def test_an_engine_that_hangs_is_heard_no_more(self, engine: Engine, feed: EventFeed) -> None:
        """Its stream stays open and says nothing, which is no good news."""
        engine.hangs = True
        feed._beat()
        assert feed.since(0) == ((), 0)
        engine.clock.advance(PULSE_SECONDS)
        feed._beat()
        with pytest.raises(EngineError, match="has not answered for 5 s"):
            feed.since(0)
        engine.hangs = False
        feed._beat()
        assert feed.since(0) == ((), 0)
