"""Partial failures: when a share of a journey's requests failed, in a row or not.

An outage needs two failures in a row. One bad instance of two behind a round robin never makes
two: every second request fails, for as long as nobody looks. So a stretch is degraded where, of
the requests due in a second and of at least ``LEAST`` of them, ``SHARE`` failed, and more than
one. With the customers of the reference drills (20 requests a second) that is two within a second;
a single failure in 20 is none, nor are two that lie further apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from drills.journal.packed import column
from drills.journal.sample import Sample
from drills.judgement.outage import Instant, Test, end_of, failures, good, start_of, usual_ns
from drills.units import NS

SHARE = 0.05  # of the requests in a window
LEAST = 20  # requests in a window, however long that takes
WINDOW = NS  # nanoseconds in a window, however many are due in it
TWICE = 2  # failures: a single one is a chance


@dataclass(frozen=True, slots=True)
class Degraded:
    """A stretch in which a share failed: ``failures`` of ``due`` requests.

    ``together`` of the failures were next to another one, as those of an outage are. ``end`` is
    None when it was not over at the last sample.
    """

    lane: str
    start: Instant
    end: Instant | None
    failures: int
    due: int
    together: int


def degraded(samples: Sequence[Sample], *, since_ns: int, ok: Test = good) -> list[Degraded]:
    """Every such stretch of one lane that began at ``since_ns`` or later, in order.

    None at all where the lane was degraded already when it began: that is nobody's new symptom.
    """
    due, bad = column(samples, "intended_ns"), failures(samples, ok)
    begin = bisect_left(due, since_ns)
    first = bisect_left(bad, begin)
    before = _stretches(due, bad[:first])
    if before and _lasts(due, bad[:first], begin):
        return []
    stretches = [bad[first + low : first + high + 1] for low, high in _stretches(due, bad[first:])]
    usual = usual_ns(takewhile(ok, samples)) if stretches else 0
    found = [_described(samples, stretch, usual) for stretch in stretches]
    if found and _lasts(due, bad, len(due)):
        found[-1] = replace(found[-1], end=None)
    return found


def _left(due: Sequence[int], right: int) -> int:
    """Where the window begins that ends with the request at ``right``."""
    return max(min(right + 1 - LEAST, bisect_left(due, due[right] - WINDOW)), 0)


def _fails(due: Sequence[int], bad: Sequence[int], right: int) -> bool:
    """Whether a share failed in the window that ends with the request at ``right``."""
    left = _left(due, right)
    failures = bisect_left(bad, right + 1) - bisect_left(bad, left)
    asked = right + 1 - left
    return asked >= LEAST and failures >= max(TWICE, SHARE * asked)


def _lasts(due: Sequence[int], bad: Sequence[int], end: int) -> bool:
    """Whether it was so at the last request before ``end``."""
    return end > 0 and _fails(due, bad, end - 1)


def _stretches(due: Sequence[int], bad: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last failure of each stretch, as places in ``bad``."""
    found: list[tuple[int, int]] = []
    for last, right in enumerate(bad):
        if not _fails(due, bad, right):
            continue
        first = bisect_left(bad, _left(due, right))
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _described(samples: Sequence[Sample], bad: Sequence[int], usual: int) -> Degraded:
    """The stretch of these failures; it was over with the request that followed, if one did."""
    first, last, places = bad[0], bad[-1], set(bad)
    return Degraded(
        lane=samples[first].lane,
        start=start_of(samples[first - 1] if first else None, samples[first], usual),
        end=end_of(samples[last], samples[last + 1], usual) if last + 1 < len(samples) else None,
        failures=len(bad),
        due=last + 1 - first,
        together=sum(place - 1 in places or place + 1 in places for place in bad),
    )
