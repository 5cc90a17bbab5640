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

from drills.journal.observed import REPLICATION
from drills.journal.sample import Sample
from drills.journal.timeline import Event, Kind
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
    return [_window(seen, effective) for effective in seen.timeline.all(Kind.FAULT_EFFECTIVE)]


def _window(seen: Observations, effective: Event) -> Window:
    injection = effective.string("injection")
    intended = seen.timeline.first(Kind.FAULT_INTENDED, injection=injection)
    begin = effective.integer("high_ns", effective.at_ns)
    undo = seen.timeline.first(
        Kind.UNDO_CALLED, Kind.UNDO_VERIFIED, after_ns=effective.at_ns, injection=injection
    )
    name = f"{intended.string('fault')} of {intended.string('container')}" if intended else "fault"
    return Window(name, begin, undo.at_ns if undo else max(begin, seen.until_ns))


def lasted(seen: Observations, injection: str) -> float | None:
    """How many seconds a fault was in effect: to its undo, or to its own end where that was sooner.

    None where it never took effect.
    """
    effective = seen.timeline.first(Kind.FAULT_EFFECTIVE, injection=injection)
    if effective is None:
        return None
    window = _window(seen, effective)
    ends = [event.at_ns for event in _own_ends(seen, effective) if event.at_ns < window.end_ns]
    return max(0, min([window.end_ns, *ends]) - effective.at_ns) / NS


def _own_ends(seen: Observations, effective: Event) -> Iterator[Event]:
    """What ended a fault without its undo: a start, a thaw, a death, the end of its command."""
    injection = effective.string("injection")
    intended = seen.timeline.first(Kind.FAULT_INTENDED, injection=injection)
    called = seen.timeline.first(Kind.FAULT_CALLED, injection=injection)
    undo = intended.data.get("undo") if intended else None
    container = undo.get("container_id") if isinstance(undo, Mapping) else None
    for event in seen.timeline.all(Kind.ENGINE):
        if event.at_ns <= effective.at_ns:
            continue
        own = called is not None and event.string("command") == called.string("command") != ""
        if own and event.string("action") == "exec_die":
            yield event
        if container == event.string("container_id") != "" and event.string("action") in _ENDS:
            yield event


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
    """How often each journey is asked, in requests a second."""
    return {name: event.number("rate") for name, event in seen.lanes().items()}


def least_requests(seen: Observations) -> int:
    """How many requests must be due while a fault is in effect; 0 in journals of old."""
    started = seen.timeline.first(Kind.DRILL_STARTED)
    return started.integer("requests") if started else 0


def too_short(seen: Observations) -> str:
    """Why a fault was in effect too shortly to prove anything; "" where none was."""
    least = least_requests(seen)
    lanes = [samples for lane, samples in seen.samples.items() if lane != REPLICATION]
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
