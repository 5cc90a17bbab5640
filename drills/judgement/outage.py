"""Reading samples: outages with their bounds, and windows in which everything was well.

An outage starts between the send of the last good request and the end of the first failed one if
that failed at once, or its send and a usual answer's time if it hung; it ends between the send of
the last failed request and the end of the first good one. Stamping it when the failure was
*noticed* would be late by the whole time-out. A good answer that took far longer than usual was
waiting when the outage ended: its own end then dates that best.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from drills.journal.packed import column
from drills.journal.sample import Outcome, Sample
from drills.units import NS

GOOD = frozenset(outcome for outcome in Outcome if outcome.good)
HUNG = (Outcome.TIMEOUT, Outcome.SLOW, Outcome.DROPPED)
Test = Callable[[Sample], bool]


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment with its bounds, in nanoseconds of the monotonic clock."""

    ns: int
    low_ns: int
    high_ns: int

    @classmethod
    def between(cls, low_ns: int, high_ns: int) -> Instant:
        """Somewhere between two moments; the middle is the best guess."""
        low_ns, high_ns = min(low_ns, high_ns), max(low_ns, high_ns)
        return cls((low_ns + high_ns) // 2, low_ns, high_ns)

    @classmethod
    def at(cls, ns: int, error_ns: int = 0) -> Instant:
        """A stamp and how wrong it may be."""
        return cls(ns, ns - error_ns, ns + error_ns)

    @classmethod
    def earliest(cls, instants: Iterable[Instant]) -> Instant:
        """When the first of several things happened. There must be one."""
        return cls(*map(min, zip(*((i.ns, i.low_ns, i.high_ns) for i in instants), strict=True)))

    @classmethod
    def latest(cls, instants: Iterable[Instant]) -> Instant:
        """When the last of several things had happened. There must be one."""
        return cls(*map(max, zip(*((i.ns, i.low_ns, i.high_ns) for i in instants), strict=True)))


@dataclass(frozen=True, slots=True)
class OutageSpan:
    """A run of failures. ``end`` is None when it was not over at the last sample."""

    lane: str
    start: Instant
    end: Instant | None
    failures: int


def good(sample: Sample) -> bool:
    """Whether a customer got what they came for, in time."""
    return sample.outcome in GOOD


def due_ns(sample: Sample) -> int:
    """When the request was due: what the samples of a lane are in the order of."""
    return sample.intended_ns


def start_of(last_good: Sample | None, first_bad: Sample, usual_ns: int = 0) -> Instant:
    """When things went wrong, between a good answer and a failed one.

    ``usual_ns`` is how long a good answer takes: a request that hung may have been under way so
    long when things went wrong.
    """
    hung = first_bad.outcome in HUNG
    seen = min(first_bad.sent_ns + usual_ns, first_bad.ended_ns) if hung else first_bad.ended_ns
    low = last_good.sent_ns if last_good else first_bad.intended_ns
    return Instant.between(low, max(seen, first_bad.sent_ns))


def end_of(last_bad: Sample, first_good: Sample, usual_ns: int = 0) -> Instant:
    """When things were right again, between a failed answer and a good one.

    ``usual_ns`` is how long a good answer takes at most: one that took twice as long had waited.
    """
    if usual_ns and first_good.ended_ns - first_good.sent_ns > 2 * usual_ns:
        point = max(last_bad.sent_ns, first_good.ended_ns - usual_ns // 2)
        return Instant(point, last_bad.sent_ns, max(point, first_good.ended_ns))
    return Instant.between(last_bad.sent_ns, first_good.ended_ns)


def usual_ns(samples: Iterable[Sample]) -> int:
    """How long an answer to these takes from its send: the 99th percentile; 0 for none."""
    spans = sorted(sample.ended_ns - sample.sent_ns for sample in samples)
    return spans[math.ceil(0.99 * len(spans)) - 1] if spans else 0


def outages(samples: Sequence[Sample], *, at_least: int = 2, ok: Test = good) -> list[OutageSpan]:
    """Every run of at least ``at_least`` failures in a row, of one lane, in due order."""
    runs = [run for run in runs_of(failures(samples, ok)) if len(run) >= at_least]
    usual = usual_ns(takewhile(ok, samples)) if runs else 0
    return [_outage(samples, run, usual) for run in runs]


def _outage(samples: Sequence[Sample], run: range, usual: int) -> OutageSpan:
    first, last = samples[run[0]], samples[run[-1]]
    before = samples[run[0] - 1] if run[0] else None
    after = samples[run[-1] + 1] if run[-1] + 1 < len(samples) else None
    end = end_of(last, after, usual) if after else None
    return OutageSpan(first.lane, start_of(before, first, usual), end, len(run))


def failures(samples: Sequence[Sample], ok: Test = good) -> list[int]:
    """The places of the samples that are not ok."""
    if ok is good:
        outcomes = column(samples, "outcome")
        return [place for place, outcome in enumerate(outcomes) if outcome not in GOOD]
    return [place for place, sample in enumerate(samples) if not ok(sample)]


def runs_of(places: Iterable[int]) -> Iterator[range]:
    """Ascending places as stretches without a gap."""
    run = range(0)
    for place in places:
        if run and place == run.stop:
            run = range(run.start, place + 1)
        else:
            if run:
                yield run
            run = range(place, place + 1)
    if run:
        yield run


def held_from(
    samples: Sequence[Sample], *, after_ns: int, hold: float, ok: Test = good
) -> Instant | None:
    """Start of the first ``hold`` seconds at or after ``after_ns`` in which every sample is ok.

    The window must have been watched to its end. None where there is no such window. Where the
    lane was well before ``after_ns`` and until the window's end, the start is ``after_ns`` itself.
    """
    return all_held_from([samples], after_ns=after_ns, hold=hold, ok=ok)


def all_held_from(
    lanes: Sequence[Sequence[Sample]], *, after_ns: int, hold: float, ok: Test = good
) -> Instant | None:
    """As ``held_from``, for several lanes that must be well in the same window."""
    if not lanes or not all(lanes):
        return None
    begin = max(after_ns, *(lane[0].intended_ns for lane in lanes))
    while True:
        held = [_last_bad_before_held(lane, begin, int(hold * NS), ok) for lane in lanes]
        found = [last_bad for last_bad in held if last_bad is not None]
        if len(found) < len(held):
            return None
        if max(found) < begin:
            return Instant.latest(_well_since(lane, begin, after_ns, ok) for lane in lanes)
        begin = max(found) + 1


def _last_bad_before_held(
    samples: Sequence[Sample], begin_ns: int, hold_ns: int, ok: Test
) -> int | None:
    """When the last failure before the first held window was due; before ``begin_ns`` for none."""
    start_ns, last_bad_ns = -1, begin_ns - 1
    for index in range(_index(samples, begin_ns), len(samples)):
        due_ns = samples[index].intended_ns
        if not ok(samples[index]):
            start_ns, last_bad_ns = -1, due_ns
            continue
        start_ns = due_ns if start_ns < 0 else start_ns
        if due_ns - start_ns >= hold_ns:
            return last_bad_ns
    return None


def _well_since(samples: Sequence[Sample], begin_ns: int, after_ns: int, ok: Test) -> Instant:
    """Since when, at or after ``after_ns``, a lane is well that is well from ``begin_ns`` on."""
    first = _index(samples, begin_ns)
    while first > 0 and ok(samples[first - 1]):
        first -= 1
    low_ns = samples[first - 1].sent_ns if first else after_ns
    return Instant.between(max(low_ns, after_ns), max(samples[first].ended_ns, after_ns))


def _index(samples: Sequence[Sample], begin_ns: int) -> int:
    """Where the samples begin that are due from ``begin_ns`` on."""
    return bisect_left(samples, begin_ns, key=due_ns)
