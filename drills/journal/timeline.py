"""Append-only, ordered facts of a drill: the events, and the questions one asks of them."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from drills.journal.fact import Fact

F = TypeVar("F", bound="Fact")
WIDEST = 2**63  # services may say any number; an instant or a count has 64 bits
Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


class Kind(StrEnum):
    """The kinds of event that a journal holds."""

    DRILL_STARTED = "drill.started"
    DRILL_ENDED = "drill.ended"
    PHASE = "phase"
    STEP = "step"
    STEP_DONE = "step.done"
    STACK_READY = "stack.ready"
    STACK_DOWN = "stack.down"
    STACK_LEFT = "stack.left"
    STEADY = "steady.reached"
    UNSTEADY = "steady.missed"
    LANE_STARTED = "lane.started"
    SERIES_STARTED = "series.started"
    LANES_ENDED = "lanes.ended"
    FAULT_INTENDED = "fault.intended"
    FAULT_CALLED = "fault.called"
    FAULT_EFFECTIVE = "fault.effective"
    FAULT_FAILED = "fault.failed"
    SIGNAL = "signal"
    ENGINE = "engine"
    ENGINE_CLOCK = "engine.clock"
    RESPONSE_STARTED = "response.started"
    PEOPLE_AWAITED = "people.awaited"
    RESPONSE_STEP = "response.step"
    RESPONSE_ENDED = "response.ended"
    RESPONSE_FAILED = "response.failed"
    MESSAGE_DUE = "message.due"
    MESSAGE_SENT = "message.sent"
    MESSAGE_UNSENT = "message.unsent"
    COMMAND_TRIED = "runbook.command"
    UNDO_CALLED = "undo.called"
    UNDO_VERIFIED = "undo.verified"
    UNDO_FAILED = "undo.failed"
    STOPPED = "stopped"
    GROUND = "ground"
    STALL = "stall"
    CRITERION = "criterion"
    DECLARED = "criterion.declared"
    FINAL_READ = "final.read"
    BACKED_UP = "backup.made"
    RESTORE_BEGUN = "restore.begun"
    BACKUP_READ = "backup.read"
    PROMOTED = "replica.promoted"
    OBSERVED = "observed"
    EVIDENCE = "evidence"
    SEALED = "sealed"
    ATTESTED = "attested"
    STILL_OPEN = "open.still"
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
    _view: Fact | None = field(default=None, init=False, repr=False, compare=False)

    def as_(self, fact: type[F]) -> F:
        """This event as a fact of that class, whatever its data hold. It is read once."""
        if type(self._view) is not fact:
            object.__setattr__(self, "_view", fact.of(self))
        return cast("F", self._view)


class Timeline:
    """The events of one drill, in the order in which they happened."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = sorted(events, key=_order)
        self._places: dict[Kind, list[int]] = {}  # where the events of each kind stand
        self._views: dict[Sequence[type[Fact]], list[Fact]] = {}  # as asked for
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

    def all(self, *facts: type[F], **match: object) -> list[F]:
        """Every fact of these classes whose fields have all of the values in ``match``."""
        if facts not in self._views:
            self._views[facts] = list(self._told(facts, {}))
        views = cast("list[F]", self._views[facts])
        return [view for view in views if _holds(view, match)] if match else list(views)

    def first(self, *facts: type[F], after_ns: int | None = None, **match: object) -> F | None:
        """The earliest such fact, at or after ``after_ns`` if that is given."""
        for fact in self._told(facts, match):
            if after_ns is None or fact.at_ns >= after_ns:
                return fact
        return None

    def last(self, *facts: type[F], **match: object) -> F | None:
        """The latest such fact."""
        return next(self._told(facts, match, backwards=True), None)

    def newest(self, *besides: type[Fact]) -> Event | None:
        """The latest event of any kind besides these."""
        kinds = {fact.kind for fact in besides}
        return next((one for one in reversed(self._events) if one.kind not in kinds), None)

    def _told(
        self, facts: Sequence[type[F]], match: Mapping[str, object], *, backwards: bool = False
    ) -> Iterator[F]:
        """Such facts in order; none of another kind is looked at."""
        kinds = {fact.kind for fact in facts}
        places = [self._places[kind] for kind in kinds if kind in self._places]
        order = heapq.merge(*map(reversed, places), reverse=True) if backwards else None
        for place in order or heapq.merge(*places):
            event = self._events[place]
            for fact in facts:
                if fact.tells(event):
                    if _holds(view := event.as_(fact), match):
                        yield view
                    break


def _order(event: Event) -> tuple[int, int]:
    return event.at_ns, event.seq


def _holds(fact: Fact, match: Mapping[str, object]) -> bool:
    return all(getattr(fact, name) == value for name, value in match.items())
