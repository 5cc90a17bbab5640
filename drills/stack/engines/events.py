"""The engine's events, on the monotonic clock of this host."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from drills.clock import Anchor, Clock
from drills.errors import DrillError, EngineError
from drills.stack.offset import Offset
from drills.stack.runtime import HEALTH, EngineEvent
from drills.units import NS

_DRIFT = 0.0005  # of the time that passed: two clocks part by no more, even while NTP slews one
_LABELS_OF_COMPOSE = "com.docker.compose."
_SERVICE = "com.docker.compose.service"
_STAMP = re.compile(r"(.*:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)\Z")

Door = Callable[[str], AbstractContextManager[None]]
Info = Callable[[], Mapping[str, Any]]


class EventStream(Protocol):
    """The SDK's stream: an iterator that another thread may close."""

    def __iter__(self) -> Iterator[Any]:
        """The decoded events."""

    def close(self) -> None:
        """End the iteration."""


@dataclass(frozen=True, slots=True)
class EngineClock:
    """How the engine's wall clock relates to ours: ``engine = ours + offset``, to ``error_ns``.

    ``anchor`` has our clocks as they were when that was measured; None where it is the same clock.
    """

    clock: Clock
    offset_ns: int
    error_ns: int
    anchor: Anchor | None = None

    @classmethod
    def measure(cls, clock: Clock, info: Info) -> EngineClock:
        """Compare the clocks by the engine's ``info``, the tightest of three.

        An engine under the same kernel reads the very same clock, so its offset is nothing and
        only the answer's consistency is checked. One in a virtual machine has a clock of its own.
        """
        readings = [_compare(clock, info) for _ in range(3)]
        error, offset, answer, anchor = min(readings, key=lambda reading: reading[0])
        if _same_kernel(answer) and abs(offset) <= error:
            return cls(clock, offset_ns=0, error_ns=0)
        return cls(clock, offset_ns=offset, error_ns=error, anchor=anchor)

    def engine_seconds(self, anchor: Anchor) -> str:
        """The engine's wall clock at ``anchor``, surely not later, as its API takes it."""
        wall = anchor.wall_ns + self.offset_ns - self.error_ns - anchor.error_ns
        return seconds(wall)

    def to_monotonic(self, stamp_ns: int) -> tuple[int, int]:
        """The monotonic instant of an engine's stamp that has just arrived, and its error.

        Of the same clock the anchor is taken anew each time, so a stepped or slewed wall clock only
        matters between an event and its arrival. Another machine's goes on by itself when ours is
        set: of that one the first anchor counts, and the error grows with the time that passed. A
        stamp from after its arrival proves a step: it widens the error.
        """
        now = self.clock.anchor()
        anchor = self.anchor or now
        at_ns = anchor.to_monotonic(stamp_ns - self.offset_ns)
        from_the_future = max(0, at_ns - now.monotonic_ns)
        apart = self._apart(now.monotonic_ns)
        return at_ns, anchor.error_ns + self.error_ns + apart + from_the_future

    def offset(self, later: EngineClock) -> Offset | None:
        """How far the engine's clock is ahead as measured ``later``, None for the same clock."""
        if self.anchor is None:
            return None
        then, now = self.anchor, later.anchor or later.clock.anchor()
        ran = now.wall_ns + later.offset_ns - then.wall_ns - self.offset_ns
        by = abs(ran - (now.monotonic_ns - then.monotonic_ns))
        allowed = self.error_ns + later.error_ns + then.error_ns + now.error_ns
        kept = by <= allowed + self._apart(now.monotonic_ns)
        return Offset(later.offset_ns, later.error_ns, kept=kept)

    def _apart(self, now_ns: int) -> int:
        """How far the two clocks may have drifted apart since the measurement."""
        return round(abs(now_ns - self.anchor.monotonic_ns) * _DRIFT) if self.anchor else 0


@dataclass(slots=True)
class Known:
    """Which events came, over all streams. ``last_ns`` is the engine's stamp of the newest one."""

    keys: set[tuple[object, ...]] = field(default_factory=set)
    last_ns: int = 0


def seconds(stamp_ns: int) -> str:
    """An instant of the engine's wall clock as its API takes it."""
    return f"{stamp_ns // NS}.{stamp_ns % NS:09d}"


class EventListener:
    """Collects events in a thread of its own. Make one by ``subscribe``.

    It leaves out what is ``known`` already; ``overlaps`` says whether something was.
    """

    def __init__(
        self,
        connect: Callable[[], EventStream],
        clock: EngineClock,
        door: Door,
        known: Known | None = None,
    ) -> None:
        self.overlaps = False
        self.clock = clock
        self._connect = connect
        self._door = door
        self._events: list[EngineEvent] = []
        self._known = known or Known()
        self._lock = threading.Lock()
        self._live = threading.Event()
        self._closed = False
        self._failure: DrillError | None = None
        self._stream: EventStream | None = None
        self._thread = threading.Thread(target=self._listen, name="engine-events", daemon=True)

    @classmethod
    def subscribe(
        cls,
        connect: Callable[[], EventStream],
        *,
        clock: EngineClock,
        door: Door,
        within: float,
        known: Known | None = None,
    ) -> EventListener:
        """Open the stream, and return once the engine has taken the subscription.

        Raises EngineError when it does not within ``within`` seconds.
        """
        listener = cls(connect, clock, door, known)
        listener._begin(within)
        return listener

    def since(self, position: int) -> tuple[Sequence[EngineEvent], int]:
        """The events after ``position``, and the position to ask from next.

        Raises EngineError when the stream broke off, once all that came has been handed out.
        """
        with self._lock:
            fresh = tuple(self._events[position:])
            if not fresh and self._failure is not None:
                raise EngineError(str(self._failure)) from self._failure
            return fresh, position + len(fresh)

    def close(self) -> None:
        """Stop listening. Idempotent, and bounded even where the engine hangs."""
        with self._lock:
            self._closed = True
            stream, self._stream = self._stream, None
        if stream is not None:
            _close(stream)
            self._thread.join(timeout=2)

    def _begin(self, within: float) -> None:
        self._thread.start()
        taken = self._live.wait(within)
        if self._failure is not None:
            raise self._failure
        if not taken:
            self.close()
            raise EngineError(f"the engine took no subscription to its events in {within:g} s")

    def _listen(self) -> None:
        try:
            with self._door("listen to the engine's events"):
                self._collect(self._connect())
            failure = EngineError("the engine ended the stream of its events")
        except EngineError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - a thread has no caller: whoever asks next is told
            failure = EngineError(f"the engine's events cannot be read: {error!r}")
            failure.__cause__ = error
        with self._lock:
            self._failure = None if self._closed else failure
        self._live.set()

    def _collect(self, stream: EventStream) -> None:
        with self._lock:
            unwanted = self._closed
            self._stream = stream
        if unwanted:
            _close(stream)
            return
        self._live.set()
        for raw in stream:
            self._take(raw)

    def _take(self, raw: Mapping[str, Any]) -> None:
        """Keep an event, once: what happens while subscribing may be told twice."""
        actor = raw["Actor"]
        key = (raw["timeNano"], raw["Action"], actor["ID"], actor["Attributes"].get("execID"))
        event = translate(raw, self.clock)
        with self._lock:
            if key in self._known.keys:
                self.overlaps = True
                return
            self._known.keys.add(key)
            self._known.last_ns = max(self._known.last_ns, int(raw["timeNano"]))
            self._events.append(event)


def translate(raw: Mapping[str, Any], clock: EngineClock) -> EngineEvent:
    """Our value of the engine's JSON. ``exec_start: sh -c ...`` becomes ``exec_start``.

    What follows ``health_status`` is the attribute ``health``: starting, healthy, unhealthy.
    """
    at_ns, error_ns = clock.to_monotonic(raw["timeNano"])
    attributes = raw["Actor"]["Attributes"]
    action, _, rest = raw["Action"].partition(":")
    if action == HEALTH:
        attributes = {**attributes, "health": rest.strip()}
    return EngineEvent(
        action=action,
        container_id=raw["Actor"]["ID"],
        service=attributes.get(_SERVICE, ""),
        at_ns=at_ns,
        error_ns=error_ns,
        attributes={
            key: value
            for key, value in attributes.items()
            if not key.startswith(_LABELS_OF_COMPOSE)
        },
    )


def wall_ns(stamp: str) -> int:
    """Nanoseconds since 1970 of an RFC 3339 stamp, all nine digits kept."""
    match = _STAMP.match(stamp)
    if match is None:
        raise EngineError(f"expected an RFC 3339 time of the engine, got {stamp!r}")
    seconds, fraction, zone = match.groups()
    whole = datetime.fromisoformat(seconds + zone).timestamp()
    return int(whole) * NS + int((fraction or "").ljust(9, "0"))


def _compare(clock: Clock, info: Info) -> tuple[int, int, Mapping[str, Any], Anchor]:
    """Error, offset, answer and anchor of an exchange: the engine read its clock between ours."""
    before = clock.anchor()
    answer = info()
    after = clock.anchor()
    middle = (before.wall_ns + after.wall_ns) // 2
    error = (after.wall_ns - before.wall_ns) // 2 + before.error_ns + after.error_ns + 1
    return error, wall_ns(str(answer["SystemTime"])) - middle, answer, after


def _same_kernel(info: Mapping[str, Any]) -> bool:
    same_release = info.get("KernelVersion") == os.uname().release
    return same_release and info.get("Name") == socket.gethostname()


def _close(stream: EventStream) -> None:
    """Close it whatever state it is in: the SDK looks for a socket that may be gone already."""
    with contextlib.suppress(Exception):
        stream.close()
