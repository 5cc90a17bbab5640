"""Reading samples: outages with their bounds, and windows in which everything was well.

An outage starts between the send of the last good request and the end of the first failed one if
that failed at once, or its send if it hung; it ends between the send of the last failed request
and the end of the first good one. Stamping it when the failure was *noticed* would be late by the
whole time-out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drills.probe import Outcome, Sample
from drills.units import NS

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


@dataclass(frozen=True, slots=True)
class OutageSpan:
    """A run of failures. ``end`` is None when it was not over at the last sample."""

    lane: str
    start: Instant
    end: Instant | None
    failures: int


def good(sample: Sample) -> bool:
    """Whether a customer got what they came for, in time."""
    return sample.outcome.good


def start_of(last_good: Sample | None, first_bad: Sample) -> Instant:
    """When things went wrong, between a good answer and a failed one."""
    seen = first_bad.sent_ns if first_bad.outcome in HUNG else first_bad.ended_ns
    return Instant.between(last_good.sent_ns if last_good else first_bad.intended_ns, seen)


def end_of(last_bad: Sample, first_good: Sample) -> Instant:
    """When things were right again, between a failed answer and a good one."""
    return Instant.between(last_bad.sent_ns, first_good.ended_ns)


def outages(samples: Sequence[Sample], *, at_least: int = 2, ok: Test = good) -> list[OutageSpan]:
    """Every run of at least ``at_least`` failures in a row, of one lane, in due order."""
    spans = []
    run: list[Sample] = []
    before: Sample | None = None
    for sample in samples:
        if not ok(sample):
            run.append(sample)
            continue
        if len(run) >= at_least:
            end = end_of(run[-1], sample)
            spans.append(OutageSpan(sample.lane, start_of(before, run[0]), end, len(run)))
        run, before = [], sample
    if len(run) >= at_least:
        spans.append(OutageSpan(run[0].lane, start_of(before, run[0]), None, len(run)))
    return spans


def held_from(
    samples: Sequence[Sample], *, after_ns: int, hold: float, ok: Test = good
) -> Instant | None:
    """Start of the first ``hold`` seconds at or after ``after_ns`` in which every sample is ok.

    The window must have been watched to its end. None where there is no such window. Where no
    failure comes between ``after_ns`` and the window, the start is ``after_ns`` itself.
    """
    start: Sample | None = None
    last_bad: Sample | None = None
    for sample in samples:
        if sample.intended_ns < after_ns:
            continue
        if not ok(sample):
            start, last_bad = None, sample
            continue
        start = start or sample
        if sample.intended_ns - start.intended_ns >= hold * NS:
            if last_bad is None:
                return Instant.at(after_ns)
            return end_of(last_bad, start)
    return None


def all_held_from(
    lanes: Sequence[Sequence[Sample]], *, after_ns: int, hold: float, ok: Test = good
) -> Instant | None:
    """As ``held_from``, for several lanes that must be well in the same window."""
    begin = after_ns
    for _ in range(1 + sum(len(lane) for lane in lanes)):
        starts = [held_from(lane, after_ns=begin, hold=hold, ok=ok) for lane in lanes]
        found = [start for start in starts if start is not None]
        if not starts or len(found) < len(starts):
            return None
        latest = max(found, key=lambda start: start.ns)
        if latest.ns <= begin or all(start.ns == latest.ns for start in found):
            return latest
        begin = latest.ns
    return None
