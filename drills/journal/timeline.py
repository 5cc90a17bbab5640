"""Append-only, ordered facts of a drill: the events, and the questions one asks of them."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

WIDEST = 2**63  # services may say any number; an instant or a count has 64 bits
Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


class Kind(StrEnum):
    """The kinds of event that a journal holds."""

    DRILL_STARTED = "drill.started"
    DRILL_ENDED = "drill.ended"
    PHASE = "phase"
    STEP = "step"
    STACK_READY = "stack.ready"
    STACK_DOWN = "stack.down"
    STACK_LEFT = "stack.left"
    STEADY = "steady.reached"
    UNSTEADY = "steady.missed"
    LANE_STARTED = "lane.started"
    LANES_ENDED = "lanes.ended"
    FAULT_INTENDED = "fault.intended"
    FAULT_CALLED = "fault.called"
    FAULT_EFFECTIVE = "fault.effective"
    FAULT_FAILED = "fault.failed"
    SIGNAL = "signal"
    ENGINE = "engine"
    RESPONSE_STARTED = "response.started"
    RESPONSE_STEP = "response.step"
    RESPONSE_ENDED = "response.ended"
    RESPONSE_FAILED = "response.failed"
    UNDO_CALLED = "undo.called"
    UNDO_VERIFIED = "undo.verified"
    UNDO_FAILED = "undo.failed"
    STOPPED = "stopped"
    GROUND = "ground"
    STALL = "stall"
    CRITERION = "criterion"
    DECLARED = "criterion.declared"
    FINAL_READ = "final.read"
    OBSERVED = "observed"
    EVIDENCE = "evidence"
    SEALED = "sealed"
    ATTESTED = "attested"
    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact: ``at_ns`` is when it happened (monotonic), ``seq`` the order of writing."""

    seq: int
    at_ns: int
    kind: Kind
    text: str
    data: Mapping[str, Json] = field(default_factory=dict)

    def string(self, key: str, default: str = "") -> str:
        """The string under ``key``, or ``default`` where there is none."""
        value = self.data.get(key)
        return value if isinstance(value, str) else default

    def integer(self, key: str, default: int = 0) -> int:
        """The whole number under ``key``, or ``default`` where there is none of 64 bits."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            return default
        return value if -WIDEST <= value < WIDEST else default

    def number(self, key: str, default: float = 0.0) -> float:
        """The number under ``key``, or ``default`` where there is none, or no finite one."""
        value = self.data.get(key)
        if isinstance(value, float) and math.isfinite(value):
            return value
        whole = self.integer(key, WIDEST)
        return default if whole == WIDEST else float(whole)

    def strings(self, key: str) -> tuple[str, ...]:
        """The strings of the list under ``key``; empty where there is none."""
        value = self.data.get(key)
        if isinstance(value, str) or not isinstance(value, Sequence):
            return ()
        return tuple(item for item in value if isinstance(item, str))


class Timeline:
    """The events of one drill, in the order in which they happened."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = sorted(events, key=_order)
        self._places: dict[Kind, list[int]] = {}  # where the events of each kind stand
        self._place(0)

    def _place(self, begin: int) -> None:
        for place in range(begin, len(self._events)):
            self._places.setdefault(self._events[place].kind, []).append(place)

    def followed_by(self, events: Iterable[Event]) -> Timeline:
        """These events and others, which may have happened before the last of these."""
        found, more = Timeline(), sorted(events, key=_order)
        late = bisect_right(self._events, _order(more[0]), key=_order) if more else len(self)
        found._events = [*self._events[:late], *sorted([*self._events[late:], *more], key=_order)]
        for kind, places in self._places.items():
            if kept := places[: bisect_left(places, late)]:
                found._places[kind] = kept
        found._place(late)
        return found

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def all(self, *kinds: Kind, **match: Json) -> list[Event]:
        """Every event of these kinds whose data holds all of ``match``."""
        places = heapq.merge(*self._of(kinds))
        return [event for event in map(self._events.__getitem__, places) if _holds(event, match)]

    def first(self, *kinds: Kind, after_ns: int | None = None, **match: Json) -> Event | None:
        """The earliest such event, at or after ``after_ns`` if that is given."""
        for event in map(self._events.__getitem__, heapq.merge(*self._of(kinds))):
            if (after_ns is None or event.at_ns >= after_ns) and _holds(event, match):
                return event
        return None

    def last(self, *kinds: Kind, **match: Json) -> Event | None:
        """The latest such event."""
        backwards = (reversed(places) for places in self._of(kinds))
        for place in heapq.merge(*backwards, reverse=True):
            if _holds(self._events[place], match):
                return self._events[place]
        return None

    def _of(self, kinds: Iterable[Kind]) -> list[list[int]]:
        """The places of each of these kinds, in order."""
        return [self._places[kind] for kind in set(kinds) if kind in self._places]


def _order(event: Event) -> tuple[int, int]:
    return event.at_ns, event.seq


def _holds(event: Event, match: Mapping[str, Json]) -> bool:
    return not match or all(event.data.get(key) == value for key, value in match.items())
