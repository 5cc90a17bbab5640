"""Partial failures: when a share of a journey's requests failed, in a row or not.

An outage needs two failures in a row. One bad instance of two behind a round robin never makes
two: every second request fails, for as long as nobody looks. So a stretch is degraded where, of
the requests due in a second and of at least ``LEAST`` of them, ``SHARE`` failed, and more than
one. With the customers of the reference drills (20 requests a second) that is two within a second;
a single failure in 20 is none, nor are two that lie further apart.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from drills.journal.packed import column, growth_of
from drills.journal.sample import Sample
from drills.judgement.outage import Instant, Test, end_of, failures, good, start_of, usual_before
from drills.units import NS

SHARE = 0.05  # of the requests in a window
LEAST = 20  # requests in a window, however long that takes
WINDOW = NS  # nanoseconds in a window, however many are due in it
TWICE = 2  # failures: a single one is a chance
PARTLY = 0.25  # of the requests: one of at most four instances is broken
RARE = 0.005  # the share of what is not reckoned with where chance decides


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
    if _lasts(due, bad, begin) and _grown([], due, bad, range(first)):
        return []
    known, settled = _known(samples, begin, (since_ns, ok))
    sure = bisect_left(bad, settled)
    if sure > first:
        known.stretches = _grown(
            known.stretches, due, bad, range(known.failures or first, sure), first
        )
        known.failures = sure
        for each in known.stretches[len(known.told) : -1]:
            known.told.append(_described(samples, bad, each, usual_before(samples, bad[0], ok), ok))
    stretches = _grown(known.stretches, due, bad, range(known.failures or first, len(bad)), first)
    new = stretches[len(known.told) :]
    usual = usual_before(samples, bad[0], ok) if new else 0
    found = [*known.told, *(_described(samples, bad, each, usual, ok) for each in new)]
    if found and _lasts(due, bad, len(due)):
        found[-1] = replace(found[-1], end=None)
    return found


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Places in the failures: the first and the last of a stretch; ``together`` as above."""

    first: int
    last: int
    together: int = 0
    fewest: int = 0  # requests that were answered well between two failures,
    most: int = 0  # and the most of them
    row: int = 1  # failures up to the last one, each next to the one before,
    longest: int = 1  # and the most of them

    def spared(self, due: int) -> tuple[int, int]:
        """How many in a row an instance that is well may have answered: on average, at most.

        Nought where it is not one of few instances that is broken: where less than a quarter of
        the requests failed, or more of them in a row, failed or not, than chance makes. Where the
        instances took turns each number is that of the turns; else chance decides which one is
        met, and 0.5 % of longer rows are not reckoned with.
        """
        failed = self.last + 1 - self.first
        share = failed / due
        if failed <= TWICE or not PARTLY <= share < 1:
            return 0, 0
        if self.fewest == self.most:
            return self.most, self.most
        rare = RARE / due
        if self.longest > _row(rare, share) or self.most > _row(rare, 1 - share):
            return 0, 0
        return round(1 / share - 1), _row(RARE, 1 - share)

    def until(self, last: int, bad: Sequence[int]) -> _Stretch:
        """The stretch with the failures up to ``last`` besides."""
        found = self
        for each in range(self.last + 1, last + 1):
            found = found.and_then(each, bad)
        return found

    def and_then(self, each: int, bad: Sequence[int]) -> _Stretch:
        """The stretch with the next failure besides."""
        between = bad[each] - bad[each - 1] - 1
        together, row = self.together, 1
        if between == 0:
            together, row = together + (2 if self.row == 1 else 1), self.row + 1
        fewest = between if each == self.first + 1 else min(self.fewest, between)
        most, longest = max(self.most, between), max(self.longest, row)
        return _Stretch(self.first, each, together, fewest, most, row, longest)


def _row(rare: float, share: float) -> int:
    """How many in a row are of a kind that has this share, but for so rare a chance."""
    return math.ceil(math.log(rare) / math.log(share))


@dataclass(slots=True)
class _Known:
    """What is there for good of a lane that grows: the stretches up to its failure of that number.

    The last of them may go on. ``told``: the others.
    """

    failures: int = 0
    stretches: list[_Stretch] = field(default_factory=list)
    told: list[Degraded] = field(default_factory=list)


def _known(samples: Sequence[Sample], begin: int, key: tuple[object, ...]) -> tuple[_Known, int]:
    """What is known of the lane, and up to where that can be; nothing where it does not grow."""
    growth = growth_of(samples)
    if growth is None or len(samples) < growth.count or begin > growth.settled:
        return _Known(), 0
    return growth.known.setdefault((_Known, *key), _Known()), growth.settled


def _left(due: Sequence[int], right: int) -> int:
    """Where the window begins that ends with the request at ``right``."""
    return max(min(right + 1 - LEAST, bisect_left(due, due[right] - WINDOW)), 0)


def _fails(due: Sequence[int], bad: Sequence[int], right: int, first: int = 0) -> bool:
    """Whether a share failed in the window that ends with the request at ``right``.

    Only the failures from the ``first`` on count.
    """
    left = _left(due, right)
    failures = bisect_left(bad, right + 1) - max(bisect_left(bad, left), first)
    asked = right + 1 - left
    return asked >= LEAST and failures >= max(TWICE, SHARE * asked)


def _lasts(due: Sequence[int], bad: Sequence[int], end: int) -> bool:
    """Whether it was so at the last request before ``end``."""
    return end > 0 and _fails(due, bad, end - 1)


def _grown(
    known: Sequence[_Stretch], due: Sequence[int], bad: Sequence[int], more: range, first: int = 0
) -> list[_Stretch]:
    """The stretches known, with the failures of these numbers; those before ``first`` are none."""
    found = list(known)
    for last in more:
        right = bad[last]
        if not _fails(due, bad, right, first):
            continue
        begin = max(bisect_left(bad, _left(due, right)), first)
        if found and begin <= found[-1].last:
            found[-1] = found[-1].until(last, bad)
        else:
            found.append(_Stretch(begin, begin).until(last, bad))
    return found


def _described(
    samples: Sequence[Sample], bad: Sequence[int], stretch: _Stretch, usual: int, ok: Test
) -> Degraded:
    """The stretch of these failures; it was over with the request that followed, if one did."""
    first, last = bad[stretch.first], bad[stretch.last]
    due, failed = last + 1 - first, stretch.last + 1 - stretch.first
    start, end = _edges(samples, range(first, last + 1), stretch.spared(due), usual, ok)
    return Degraded(samples[first].lane, start, end, failed, due, stretch.together)


def _edges(
    samples: Sequence[Sample], run: range, spared: tuple[int, int], usual: int, ok: Test
) -> tuple[Instant, Instant | None]:
    """When the stretch began and ended: so many requests may have met an instance that was well.

    Of those right before the first failure and right after the last one, that is.
    """
    start, end = _start(samples, run, usual, ok), end_of(samples, run, usual, ok)
    if not any(spared):
        return start, end
    likely, low = (samples[max(run.start - 1 - each, 0)].sent_ns for each in spared)
    start = Instant((likely + start.high_ns) // 2, min(low, start.low_ns), start.high_ns)
    if end is not None:
        last = len(samples) - 1
        likely, high = (samples[min(run.stop + each, last)].ended_ns for each in spared)
        point = (end.low_ns + max(likely, end.high_ns)) // 2
        end = Instant(point, end.low_ns, max(high, likely, end.high_ns))
    return start, end


def _start(samples: Sequence[Sample], run: range, usual: int, ok: Test) -> Instant:
    """As of an outage; a request that was never sent fails here as any other does."""
    if (start := start_of(samples, run, usual, ok)) is not None:
        return start
    return Instant.between(samples[max(run.start - 1, 0)].sent_ns, samples[run.start].ended_ns)
