"""The engine's events without a break: a stream that ends is taken up again where it ended.

The engine keeps a short log of its events. A new stream asks for them from the last one that came:
where that one comes again, nothing is missing in between; where it does not, the log was too short,
or the engine was started anew and has forgotten all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from drills.clock import Clock
from drills.errors import EngineError, WaitTimeout
from drills.stack.engines.events import EngineClock, EventListener, Known
from drills.stack.gap import Gap
from drills.stack.offset import Offset
from drills.stack.runtime import EngineEvent
from drills.units import NS, format_seconds
from drills.wait import Watcher, until

RESUMED_WITHIN = 1.0  # seconds; whoever is not heard for longer is gone
PULSE_SECONDS = 5.0  # without any answer, after which an engine that takes connections hangs
_REPLAY_SECONDS = 1.0  # for the engine to tell from its log what it told before

Subscribe = Callable[[Known], EventListener]


class EventFeed:
    """The events of one stream after another. See ``drills.stack.runtime.EngineEvents``.

    ``ping`` raises EngineError where the engine does not answer within PULSE_SECONDS: an engine
    that hangs does not end its stream.
    """

    def __init__(
        self,
        subscribe: Subscribe,
        ping: Callable[[], object],
        clock: Clock,
        measure: Callable[[], EngineClock],
    ) -> None:
        """Raises EngineError where the engine takes no subscription."""
        self._measure = measure
        self._subscribe = subscribe
        self._ping = ping
        self._clock = clock
        self._known = Known()
        self._events: list[EngineEvent] = []
        self._gaps: list[Gap] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._resuming: threading.Thread | None = None
        self._silent = ""
        self._answered_ns = clock.monotonic_ns()
        self._listener = subscribe(self._known)
        self._position = 0
        self._pulse = Watcher("pulse", self._beat, interval=1.0).start()

    def since(self, position: int) -> tuple[Sequence[EngineEvent], int]:
        """The events after ``position``, and the position to ask from next.

        Raises EngineError while the engine is not heard, once all that came has been handed out.
        """
        with self._lock:
            self._pull()
            fresh = tuple(self._events[position:])
            trouble = "" if fresh or self._closed.is_set() else self._trouble()
        if trouble:
            raise EngineError(trouble)
        return fresh, position + len(fresh)

    def gaps(self) -> Sequence[Gap]:
        """When the engine was not heard, the last one without an end where that is still so."""
        with self._lock:
            return tuple(self._gaps)

    def offset(self) -> Offset | None:
        """How far the engine's clock is ahead of this machine's now; None for the same clock."""
        with self._lock:
            began = self._listener.clock
        return None if began.anchor is None else began.offset(self._measure())

    def close(self) -> None:
        """Stop listening. Idempotent, and bounded even where the engine hangs."""
        self._closed.set()
        self._pulse.stop(within=0)
        with self._lock:
            listener = self._listener
        listener.close()

    def _pull(self) -> None:
        if self._resuming is not None:
            return
        try:
            events, self._position = self._listener.since(self._position)
        except EngineError as error:
            if not self._closed.is_set():
                self._broke(error)
            return
        self._events.extend(events)

    def _broke(self, error: EngineError) -> None:
        self._gaps.append(Gap(self._clock.monotonic_ns(), None, complete=False, reason=str(error)))
        self._resuming = threading.Thread(target=self._resume, name="engine-resume", daemon=True)
        self._resuming.start()

    def _trouble(self) -> str:
        if self._resuming is None:
            return self._silent
        away = (self._clock.monotonic_ns() - self._gaps[-1].from_ns) / NS
        return self._gaps[-1].reason if away > RESUMED_WITHIN else ""

    def _resume(self) -> None:
        """Take the stream up again, however long that takes."""
        while not self._closed.is_set():
            self._listener.close()
            try:
                listener = self._subscribe(self._known)
            except EngineError:
                self._closed.wait(0.2)
                continue
            complete = _overlaps(listener)
            with self._lock:
                self._listener, self._position = listener, 0
                gap, now_ns = self._gaps[-1], self._clock.monotonic_ns()
                self._gaps[-1] = Gap(gap.from_ns, now_ns, complete, gap.reason)
                self._resuming = None
            if self._closed.is_set():
                listener.close()
            return

    def _beat(self) -> None:
        try:
            self._ping()
        except EngineError as error:
            away = (self._clock.monotonic_ns() - self._answered_ns) / NS
            if away >= PULSE_SECONDS:
                self._silent = f"the engine has not answered for {format_seconds(away)}: {error}"
            return
        self._answered_ns, self._silent = self._clock.monotonic_ns(), ""


def _overlaps(listener: EventListener) -> bool:
    """Whether the new stream tells again what the old one told last."""
    try:
        until(lambda: listener.overlaps, awaited="the last event again", within=_REPLAY_SECONDS)
    except WaitTimeout:
        return False
    return True
