"""How long faults were in effect, and whether that was long enough to prove anything.

A fault's window runs from its effect to the call of its undo. What ends by itself (a restart, a
death that a restart policy heals) is over sooner, but is judged by the same window: what the system
makes of it is seen there.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from drills.journal.facts import (
    DrillStarted,
    EngineTold,
    FaultCalled,
    FaultEffective,
    FaultIntended,
    UndoCalled,
    UndoVerified,
)
from drills.journal.observed import SERVICES
from drills.journal.sample import Sample, SeriesKind
from drills.judgement.criterion import Criterion
from drills.judgement.metric import Observations
from drills.judgement.outage import due_ns
from drills.units import NS, format_seconds

_ENDS = ("start", "unpause", "die")  # what the engine tells when a container's fault is over


@dataclass(frozen=True, slots=True)
class Window:
    """A fault from when it certainly was in effect to when its undo began, or watching ended."""

    name: str
    begin_ns: int
    end_ns: int

    @property
    def seconds(self) -> float:
        """How long it was."""
        return max(0, self.end_ns - self.begin_ns) / NS

    def within(self, samples: Sequence[Sample]) -> Sequence[Sample]:
        """What was due in it, of samples in the order in which they were due."""
        begin = bisect_left(samples, self.begin_ns, key=due_ns)
        return samples[begin : bisect_left(samples, self.end_ns, lo=begin, key=due_ns)]


def windows(seen: Observations) -> list[Window]:
    """The window of every fault that took effect, in that order."""
    return [_window(seen, effective) for effective in seen.timeline.all(FaultEffective)]


def _window(seen: Observations, effective: FaultEffective) -> Window:
    injection, begin = effective.injection, effective.high_ns
    intended = seen.timeline.first(FaultIntended, injection=injection)
    undo = seen.timeline.first(
        UndoCalled, UndoVerified, after_ns=effective.at_ns, injection=injection
    )
    name = f"{intended.fault} of {intended.container}" if intended else "fault"
    return Window(name, begin, undo.at_ns if undo else max(begin, seen.until_ns))


def lasted(seen: Observations, injection: str) -> float | None:
    """How many seconds a fault was in effect: to its undo, or to its own end where that was sooner.

    None where it never took effect.
    """
    effective = seen.timeline.first(FaultEffective, injection=injection)
    if effective is None:
        return None
    window = _window(seen, effective)
    ends = [end.at_ns for end in _own_ends(seen, effective) if end.at_ns < window.end_ns]
    return max(0, min([window.end_ns, *ends]) - effective.at_ns) / NS


def _own_ends(seen: Observations, effective: FaultEffective) -> Iterator[EngineTold]:
    """What ended a fault without its undo: a start, a thaw, a death, the end of its command."""
    intended = seen.timeline.first(FaultIntended, injection=effective.injection)
    called = seen.timeline.first(FaultCalled, injection=effective.injection)
    container = intended.container_id if intended else ""
    for told in seen.timeline.all(EngineTold):
        if told.at_ns <= effective.at_ns:
            continue
        own = called is not None and told.command == called.command != ""
        if own and told.action == "exec_die":
            yield told
        if container == told.container_id != "" and told.action in _ENDS:
            yield told


def needed(
    hold: float, requests: int, asked: Mapping[str, float], criteria: Sequence[Criterion]
) -> float:
    """Seconds that a fault must last to prove anything; ``asked``: requests a second by journey.

    Infinite where requests must fall due and no journey is asked.
    """
    if not requests:
        return hold
    judged = {each.subject for each in criteria if each.metric == "availability"}
    paces = [sum(asked.values()), *(asked[name] for name in judged & asked.keys())]
    return max(hold, *((requests + 1) / pace if pace else math.inf for pace in paces))


def rates(seen: Observations) -> dict[str, float]:
    """How often each journey of the customers is asked, in requests a second."""
    return {
        name: lane.rate
        for name, lane in seen.lanes().items()
        if seen.tells_of(name) == SeriesKind.JOURNEY
    }


def least_requests(seen: Observations) -> int:
    """How many requests must be due while a fault is in effect; 0 in journals of old.

    And where no journey is asked, and the states of services are what is watched: what the engine
    never saw suffer is not measured.
    """
    started = seen.timeline.first(DrillStarted)
    if not rates(seen) and seen.tells_of(SERVICES) == SeriesKind.SERVICE:
        return 0
    return started.requests if started else 0


def too_short(seen: Observations) -> str:
    """Why a fault was in effect too shortly to prove anything; "" where none was."""
    least = least_requests(seen)
    lanes = seen.series(SeriesKind.JOURNEY).values()
    for window in windows(seen):
        if window.seconds < seen.hold:
            return (
                f"{window.name} was in effect for {format_seconds(window.seconds)}, "
                f"less than the hold window of {format_seconds(seen.hold)}"
            )
        due = sum(len(window.within(samples)) for samples in lanes)
        if due < least:
            return (
                f"only {due} requests were due while {window.name} was in effect, "
                f"expected at least {least}"
            )
    return ""
