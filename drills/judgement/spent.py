"""Where the time of a drill went: ours, the system's, and windows in which we wait and see.

The whole drill, from its first event to its last, is cut where the journal says that something else
began; what lies between two cuts is one span. Nothing overlaps, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from drills.journal.fact import Fact
from drills.journal.facts import (
    DrillEnded,
    DrillStarted,
    EvidenceKept,
    FaultCalled,
    FaultEffective,
    FinalReadDone,
    LanesEnded,
    Phase,
    ResponseAborted,
    ResponseEnded,
    ResponseStarted,
    StackDown,
    StackLeft,
    StackReady,
    SteadyReached,
    UndoFailed,
    UndoVerified,
)
from drills.journal.facts.drill import LETTING_LAST
from drills.journal.timeline import Timeline
from drills.judgement.metric import Observations
from drills.judgement.result import Span
from drills.units import NS

Whose = Literal["ours", "system", "window"]


@dataclass(frozen=True, slots=True)
class Doing:
    """What time was spent on, and whose that is. ``held``: it ended with a hold window."""

    name: str
    whose: Whose
    held: str = ""


PREPARING = Doing("Preparing", "ours")
COMING_UP = Doing("The stack comes up", "system")
BEGINNING = Doing("Beginning to watch", "ours")
STEADYING = Doing("Becoming steady", "system", held="Steady state is held")
INJECTING = Doing("Injecting", "ours")
EFFECT = Doing("The fault takes effect", "system")
UNANSWERED = Doing("Until somebody acts", "system")
RESPONSE = Doing("The response", "system")
FOLLOWING = Doing("The runbook is followed", "system")
WATCHING = Doing("Until all is decided", "system", held="What was decided is held")
LASTING = Doing("The fault is let last", "window")
UNDO = Doing("The undo", "system")
RECOVERY = Doing("Recovery", "system", held="Recovery is held")
KEEPING = Doing("Ending the watch, keeping evidence", "ours")
REMOVAL = Doing("The stack is taken down", "system")
CLOSING = Doing("Closing the journal", "ours")

_BY_FACT: dict[type[Fact], Doing] = {
    DrillStarted: PREPARING,
    StackReady: BEGINNING,
    SteadyReached: INJECTING,
    FaultCalled: EFFECT,
    FinalReadDone: KEEPING,
    LanesEnded: KEEPING,
    StackDown: CLOSING,
    StackLeft: CLOSING,
}
_BY_PHASE = {
    "stack": COMING_UP,
    "steady state": STEADYING,
    "fault": INJECTING,
    "runbook": FOLLOWING,
    "rollback": UNDO,
    "recovery": RECOVERY,
}
_RESPONSE = (ResponseStarted, ResponseEnded, ResponseAborted)
_TURNS: tuple[type[Fact], ...] = (
    *_BY_FACT,
    Phase,
    FaultEffective,
    *_RESPONSE,
    UndoVerified,
    UndoFailed,
)


def spans(seen: Observations, zero_ns: int) -> list[Span]:
    """The spans in order; ``start_s`` counts from ``zero_ns``. None of a drill without an end."""
    started, ended = seen.timeline.first(DrillStarted), seen.timeline.last(DrillEnded)
    if started is None or ended is None:
        return []
    cuts = [*_cuts(seen.timeline), (ended.at_ns, CLOSING)]
    begun = [next(same) for _, same in groupby(cuts[:-1], key=lambda cut: cut[1])] + cuts[-1:]
    return [
        Span(name=name, whose=whose, start_s=(low - zero_ns) / NS, seconds=(high - low) / NS)
        for (begin, doing), (end, _) in pairwise(begun)
        for name, whose, low, high in _parts(doing, begin, end, int(started.hold_s * NS))
        if high > low
    ]


def _parts(doing: Doing, begin: int, end: int, hold: int) -> Iterator[tuple[str, Whose, int, int]]:
    """The time itself and, where it ended with one, the hold window apart."""
    held = min(hold, end - begin) if doing.held else 0
    yield doing.name, doing.whose, begin, end - held
    yield doing.held, "window", end - held, end


def _cuts(timeline: Timeline) -> Iterator[tuple[int, Doing]]:
    """When something else was begun, in order, and what."""
    course, removed = _Course(timeline.all(ResponseStarted)), timeline.last(EvidenceKept)
    facts: list[Fact] = timeline.all(*_TURNS)
    told = [fact for fact in facts if removed is None or fact.at_ns <= removed.at_ns]
    for fact in told:
        if doing := course.turned(fact):
            yield fact.at_ns, doing
    if removed is not None:
        yield removed.at_ns, REMOVAL
    for fact in facts[len(told) :]:
        if isinstance(fact, StackDown | StackLeft):
            yield fact.at_ns, CLOSING


class _Course:
    """What is done now, by what was told so far."""

    def __init__(self, responses: Sequence[ResponseStarted]) -> None:
        self._responses = responses
        self._in_effect = 0
        self._undone = False
        self._lets_last = False
        self._now = PREPARING

    def turned(self, fact: Fact) -> Doing | None:
        """What is done from this fact on, None where it goes on as before."""
        doing = self._after(fact)
        self._now = doing or self._now
        return doing

    def _after(self, fact: Fact) -> Doing | None:
        if isinstance(fact, FaultEffective):
            self._in_effect += 1
            answered = any(one.at_ns >= fact.at_ns for one in self._responses)
            return UNANSWERED if answered else self._watching
        if isinstance(fact, UndoVerified | UndoFailed):
            self._in_effect = max(self._in_effect - 1, 0)
            self._undone = True
            return self._watching
        if isinstance(fact, ResponseStarted | ResponseEnded | ResponseAborted):
            return self._responded(begun=isinstance(fact, ResponseStarted))
        if isinstance(fact, Phase) and fact.phase == "watch":
            self._lets_last = fact.text.startswith(LETTING_LAST)
            return None if self._now in (UNANSWERED, RESPONSE) else self._watching
        return _BY_PHASE.get(fact.phase) if isinstance(fact, Phase) else _BY_FACT[type(fact)]

    def _responded(self, *, begun: bool) -> Doing | None:
        if self._now is UNDO:  # nobody waits for a response then
            return None
        return RESPONSE if begun else self._watching

    @property
    def _watching(self) -> Doing:
        if self._undone and not self._in_effect:
            return RECOVERY
        return LASTING if self._lets_last else WATCHING
