"""What was measured of outages against what is known of them: errors, bounds, what was not seen.

The outages are those of ``observers.calibration``, which were made on purpose. Pure: the same
samples and the same truths give the same table. A truth is known between two readings of the
clock; where they lie further apart than ``CERTAIN_NS``, whoever made the outage was kept waiting,
and the outage is set aside: it can prove nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drills.journal.sample import Lane, Sample
from drills.judgement.degradation import Degraded, degraded
from drills.judgement.outage import Instant, OutageSpan, due_ns, outages
from drills.observers.calibration.truth import LATER, OutageKind, Stamp, Truth
from drills.units import NS

CERTAIN_NS = 2_000_000
PARTIAL = 0.2  # seconds; a partial failure needs several failures in a second to be told as one
APART = 1.2  # seconds before and after one: whether a share fails is told of whole seconds
OUTSIDE = 0.005  # the share of edges that may lie outside their bounds
DOUBT = 0.01  # below this probability, more of them do than by chance
_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Compared:
    """One outage: as it was made, and as it was measured.

    ``start`` and ``end`` are None where it was not recorded as one outage of its own: not at all,
    in several pieces, or together with a neighbour. ``expected``: two customers in a row were
    failed by it, so it had to be.
    """

    truth: Truth
    expected: bool
    start: Instant | None = None
    end: Instant | None = None

    @property
    def recorded(self) -> bool:
        """Whether it was recorded as what it was, one outage."""
        return self.start is not None and self.end is not None

    @property
    def error_ns(self) -> int:
        """By how much it was measured too long; below 0 for too short."""
        assert self.start is not None
        assert self.end is not None
        return self.end.ns - self.start.ns - self.truth.length_ns

    @property
    def outside(self) -> int:
        """How many of its two edges lie outside their stated bounds; both, if not recorded."""
        if self.start is None or self.end is None:
            return 2
        edges = ((self.start, self.truth.begin), (self.end, self.truth.end))
        return sum(not holds(stated, true) for stated, true in edges)

    @property
    def widths_ns(self) -> list[int]:
        """How far the bounds of each edge lie apart."""
        return [edge.high_ns - edge.low_ns for edge in (self.start, self.end) if edge is not None]


def holds(stated: Instant, true: Stamp) -> bool:
    """Whether the truth can lie within the stated bounds, as far as it is known itself."""
    return stated.low_ns <= true.high_ns and true.low_ns <= stated.high_ns


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, over outages of one kind or of all; errors in ms, of the duration.

    ``bias_ms`` is the mean error with its sign, the others are of its absolute value. ``edges``
    are two for each outage that had to be recorded, of which ``outside`` lie outside their bounds.
    ``width_ms`` is the median distance of the two bounds of an edge. The figures in ms are None
    where nothing was recorded.
    """

    kind: str
    made: int
    expected: int
    recorded: int
    edges: int
    outside: int
    bias_ms: float | None = None
    median_ms: float | None = None
    p95_ms: float | None = None
    max_ms: float | None = None
    width_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The whole of it: a row of each kind, ``total`` over all of them.

    ``set_aside`` outages were made at instants that are not known well enough. ``false`` outages
    were recorded that nobody had made.
    """

    rows: tuple[Row, ...]
    total: Row
    set_aside: int
    false: int

    @property
    def doubt(self) -> float:
        """How probable so many edges outside their bounds are, if 0.5 % of all edges are."""
        return at_least(self.total.outside, self.total.edges, OUTSIDE)

    @property
    def bounds_hold(self) -> bool:
        """False where more truths lie outside the stated bounds than chance explains."""
        return self.doubt >= DOUBT


def accuracy(samples: Sequence[Sample], truths: Sequence[Truth], lane: Lane) -> Accuracy:
    """Hold what a lane's samples say against what is known."""
    spans = outages(samples)
    certain = [each for each in truths if each.error_ns <= CERTAIN_NS]
    found = [_compared(each, samples, spans, truths, lane) for each in certain]
    rows = tuple(
        row_of(kind.value, of_kind)
        for kind in OutageKind
        if (of_kind := [each for each in found if each.truth.kind is kind])
    )
    false = sum(not any(_meets(span, each) for each in truths) for span in spans)
    return Accuracy(rows, row_of("all", found), len(truths) - len(certain), false)


def row_of(kind: str, found: Sequence[Compared]) -> Row:
    """Sum outages up."""
    expected = [each for each in found if each.expected]
    recorded = [each for each in found if each.recorded]
    counts = (
        *(len(found), len(expected), sum(each.recorded for each in expected)),
        *(2 * len(expected), sum(each.outside for each in expected)),
    )
    if not recorded:
        return Row(kind, *counts)
    errors = [each.error_ns / _MS for each in recorded]
    sizes = sorted(map(abs, errors))
    widths = sorted(width / _MS for each in recorded for width in each.widths_ns)
    return Row(
        *(kind, *counts),
        bias_ms=sum(errors) / len(errors),
        median_ms=quantile(sizes, 0.5),
        p95_ms=quantile(sizes, 0.95),
        max_ms=sizes[-1],
        width_ms=quantile(widths, 0.5),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not exceed. There must be one."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def at_least(hits: int, tries: int, chance: float) -> float:
    """The probability of so many hits or more in so many tries, each of that chance."""
    fewer = sum(
        math.comb(tries, count) * chance**count * (1 - chance) ** (tries - count)
        for count in range(hits)
    )
    return max(1.0 - fewer, 0.0)


def is_expected(truth: Truth, lane: Lane) -> bool:
    """Whether two customers in a row were certainly failed by it.

    Who waits less than the lane's limit for slow answers was served: a freeze shorter than that
    is latency.
    """
    length, interval = truth.length_ns / NS, 1 / lane.rate
    if truth.kind is OutageKind.FREEZE:
        return length >= min(lane.slow, lane.timeout) + 2 * interval
    if truth.kind is OutageKind.SLOW:
        return length >= 2 * interval and min(lane.slow, lane.timeout) <= LATER
    if truth.kind is OutageKind.HALF:
        return length >= PARTIAL
    return length >= 2 * interval


def _compared(
    truth: Truth,
    samples: Sequence[Sample],
    spans: Sequence[OutageSpan],
    truths: Sequence[Truth],
    lane: Lane,
) -> Compared:
    expected = is_expected(truth, lane)
    candidates = _partial(samples, truth) if truth.kind is OutageKind.HALF else spans
    found = [span for span in candidates if _meets(span, truth)]
    if len(found) != 1 or sum(_meets(found[0], each) for each in truths) != 1:
        return Compared(truth, expected)
    return Compared(truth, expected, found[0].start, found[0].end)


def _partial(samples: Sequence[Sample], truth: Truth) -> list[Degraded]:
    """The stretches of partial failure around one."""
    apart = round(APART * NS)
    around = [
        sample
        for sample in samples
        if truth.begin.low_ns - apart < due_ns(sample) < truth.end.high_ns + apart
    ]
    return degraded(around, since_ns=truth.begin.low_ns - apart // 2)


def _meets(span: OutageSpan | Degraded, truth: Truth) -> bool:
    begins = span.start.low_ns <= truth.end.high_ns
    return begins and (span.end is None or span.end.high_ns >= truth.begin.low_ns)


def lateness(samples: Iterable[Sample], share: float) -> float:
    """By how much requests were sent after they were due, in ms; 0 for no samples."""
    late = sorted((each.sent_ns - each.intended_ns) / _MS for each in samples)
    return quantile(late, share) if late else 0.0
