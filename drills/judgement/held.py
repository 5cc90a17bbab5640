"""Windows in which everything was well: since when the service is restored."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import takewhile

from drills.journal.sample import Sample
from drills.judgement.outage import (
    Instant,
    Test,
    due_ns,
    failures,
    good,
    quickly_told,
    runs_from,
)
from drills.units import NS


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
    place, last_bad_ns = _index(samples, begin_ns), begin_ns - 1
    for run in runs_from(samples, place, ok):
        if place < run.start and _due(samples, run.start - 1) - _due(samples, place) >= hold_ns:
            return last_bad_ns
        place, last_bad_ns = run.stop, _due(samples, run.stop - 1)
    if place < len(samples) and _due(samples, -1) - _due(samples, place) >= hold_ns:
        return last_bad_ns
    return None


def _well_since(samples: Sequence[Sample], begin_ns: int, after_ns: int, ok: Test) -> Instant:
    """Since when, at or after ``after_ns``, a lane is well that is well from ``begin_ns`` on."""
    first = _well_from(samples, _index(samples, begin_ns), ok)
    low_ns = samples[first - 1].sent_ns if first else after_ns
    return Instant.between(max(low_ns, after_ns), max(samples[first].ended_ns, after_ns))


def _index(samples: Sequence[Sample], begin_ns: int) -> int:
    """Where the samples begin that are due from ``begin_ns`` on."""
    return bisect_left(samples, begin_ns, key=due_ns)


def _due(samples: Sequence[Sample], place: int) -> int:
    return samples[place].intended_ns


def _well_from(samples: Sequence[Sample], end: int, ok: Test) -> int:
    """Where the samples begin that are all ok up to ``end``."""
    if quickly_told(samples, ok):
        bad = failures(samples, ok)
        before = bisect_left(bad, end)
        return bad[before - 1] + 1 if before else 0
    well = takewhile(ok, reversed(samples[:end]))
    return end - sum(1 for _ in well)
