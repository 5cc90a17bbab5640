"""Reading samples: outages with their bounds.

An outage starts between the send of the last good request and the end of the first failed one if
that failed at once, or its send and a usual answer's time if it hung; it ends between the send of
the last failed request and the end of the good answer that came first. Stamping it when the failure
was *noticed* would be late by the whole time-out. A good answer that took far longer than usual was
waiting when the outage ended: its own end then dates that best. A request that was never sent says
nothing of the system: an outage that consists of such alone is none.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from drills.journal.coded import Coded
from drills.journal.packed import Growth, PackedSamples, column, growth_of
from drills.journal.sample import Outcome, Sample

GOOD = frozenset(outcome for outcome in Outcome if outcome.good)
HUNG = (Outcome.TIMEOUT, Outcome.SLOW)
_ANSWERED = 4  # times what a good answer takes at most: whoever waited so long was not answered
_FEW = 64  # values that are put into a long sequence one by one
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


def start_of(
    samples: Sequence[Sample], run: range, usual_ns: int = 0, ok: Test = good
) -> Instant | None:
    """When a run of failures began: between a good answer and the first sign that none came.

    ``usual_ns`` is how long a good answer takes: a request that hung may have been under way so
    long when things went wrong. Good answers before the run that were still awaited when its first
    request was due had waited through it. A request that was never sent tells nothing. None where
    no other one was made: the silence is the prober's own.
    """
    begin = _held_since(samples, run, usual_ns, ok)
    first = next((each for each in samples[begin : run.stop] if asked(each)), None)
    if first is None:
        return None
    hung = first.outcome in HUNG or begin < run.start
    seen = min(first.sent_ns + usual_ns, first.ended_ns) if hung else first.ended_ns
    low = samples[begin - 1].sent_ns if begin else first.intended_ns
    return Instant.between(low, max(seen, first.sent_ns))


def end_of(
    samples: Sequence[Sample], run: range, usual_ns: int = 0, ok: Test = good
) -> Instant | None:
    """When things were right again: between a failed request's send and the first good answer.

    The first one that came, whoever had asked first. ``usual_ns`` is how long a good answer takes
    at most: one that took twice as long had waited, and where such came with the first, that dates
    the end itself: nobody answered yet when the last one was sent that was long under way by then.
    None where there is no good answer yet.
    """
    begin = _held_since(samples, run, usual_ns, ok)
    last = next((each for each in reversed(samples[begin : run.stop]) if asked(each)), None)
    low = last.sent_ns if last is not None else samples[run[0]].sent_ns
    waited = [each for each in samples[begin : run.start] if each.ended_ns >= low]
    goods = [*waited, *_answered_first(samples, run.stop, ok)]
    if not goods:
        return None
    first = min(goods, key=lambda each: each.ended_ns)
    together = (each for each in goods if each.ended_ns - first.ended_ns <= 2 * usual_ns)
    if not any(_held(each, usual_ns) for each in together):
        return Instant.between(low, first.ended_ns)
    under_way = _last_sent(samples, run, first.ended_ns - _ANSWERED * usual_ns)
    point = max(low, first.ended_ns - usual_ns // 2)
    return Instant(point, min(max(low, under_way), point), max(point, first.ended_ns))


def asked(sample: Sample) -> bool:
    """Whether it was sent at all."""
    return sample.outcome is not Outcome.DROPPED


def _held(sample: Sample, usual_ns: int) -> bool:
    """Whether an answer took so long that it had waited for something to be over."""
    return bool(usual_ns) and sample.ended_ns - sample.sent_ns > 2 * usual_ns


def _held_since(samples: Sequence[Sample], run: range, usual_ns: int, ok: Test) -> int:
    """Where those begin that waited through a run's beginning, right before it."""
    begin, due = run.start, samples[run.start].intended_ns
    while begin and ok(each := samples[begin - 1]):
        if each.ended_ns <= due or not _held(each, usual_ns):
            break
        begin -= 1
    return begin


def _answered_first(samples: Sequence[Sample], begin: int, ok: Test) -> Iterator[Sample]:
    """The good answers among which the first one is that came, of those due from there on."""
    first_ns = math.inf
    for place in range(begin, len(samples)):
        sample = samples[place]
        if sample.sent_ns >= first_ns:
            return
        if ok(sample):
            first_ns = min(first_ns, sample.ended_ns)
            yield sample


def _last_sent(samples: Sequence[Sample], run: range, before_ns: float) -> int:
    """When the last request was sent of those sent before an instant, from a run's last one on."""
    found = samples[run[-1]].sent_ns
    for place in range(run.stop, len(samples)):
        if samples[place].sent_ns > before_ns:
            break
        found = samples[place].sent_ns
    return found


def usual_ns(samples: Iterable[Sample]) -> int:
    """How long an answer to these takes from its send: the 99th percentile; 0 for none."""
    spans = sorted(sample.ended_ns - sample.sent_ns for sample in samples)
    return spans[math.ceil(0.99 * len(spans)) - 1] if spans else 0


def outages(samples: Sequence[Sample], *, at_least: int = 2, ok: Test = good) -> list[OutageSpan]:
    """Every run of at least ``at_least`` failures in a row, of one lane, in due order."""
    growth = growth_of(samples)
    if growth is None or len(samples) < growth.count:
        return _ended(samples, failures(samples, ok), at_least, ok, _Ended(), 0)
    known = growth.known.setdefault((_Ended, at_least, ok), _Ended())
    return _ended(samples, failures(samples, ok), at_least, ok, known, growth.settled)


class _Ended:
    """The outages of a lane up to its failure of that number: both are there for good."""

    def __init__(self) -> None:
        self.spans: list[OutageSpan] = []
        self.failures = 0


def _ended(
    samples: Sequence[Sample],
    bad: Sequence[int],
    at_least: int,
    ok: Test,
    known: _Ended,
    settled: int,
) -> list[OutageSpan]:
    """The outages known, and those since; what is over and settled is known from now on."""
    found, for_good = list(known.spans), True
    for run in _runs_in(bad, known.failures):
        span = None
        if len(run) >= at_least:
            span = _outage(samples, run, usual_before(samples, bad[0], ok), ok)
            found += [span] if span is not None else []
        for_good = for_good and run.stop < settled and _is_over(span, samples[settled - 1])
        if for_good:
            known.spans, known.failures = list(found), known.failures + len(run)
    return found


def _is_over(span: OutageSpan | None, settled: Sample) -> bool:
    """Whether all that dates its end is there, where the lane is settled up to that sample."""
    return span is None or (span.end is not None and settled.sent_ns >= span.end.high_ns)


def _outage(samples: Sequence[Sample], run: range, usual: int, ok: Test) -> OutageSpan | None:
    """None where nothing of it was asked."""
    if (start := start_of(samples, run, usual, ok)) is None:
        return None
    return OutageSpan(samples[run[0]].lane, start, end_of(samples, run, usual, ok), len(run))


def usual_before(samples: Sequence[Sample], first_bad: int, ok: Test) -> int:
    """How long the answers take that came before the first failure, see ``usual_ns``.

    What was not answered when that was due may have waited as long as it did, so it is not usual.
    """
    due = samples[first_bad].intended_ns
    while first_bad and samples[first_bad - 1].ended_ns > due:
        first_bad -= 1
    growth = growth_of(samples)
    if growth is None or len(samples) < growth.count:
        return usual_ns(samples[:first_bad])
    known: _Usual = growth.known.setdefault((_Usual, ok), _Usual())
    return known.of(samples, first_bad, growth)


class _Usual:
    """How long the settled answers took that came before the first failure, in order."""

    def __init__(self) -> None:
        self._spans: list[int] = []
        self._count = 0
        self._last = (-1, -1, 0)  # at which look, before which failure, with what result

    def of(self, samples: Sequence[Sample], first_bad: int, growth: Growth) -> int:
        """The 99th percentile; 0 for none."""
        look, place, found = self._last
        if place == first_bad and (look == growth.looks or place <= self._count):
            return found
        fewer = min(first_bad, growth.settled)
        new = [each.ended_ns - each.sent_ns for each in samples[self._count : fewer]]
        for span in new if len(new) < _FEW else ():
            insort(self._spans, span)
        if len(new) >= _FEW:
            self._spans = sorted([*self._spans, *new])
        self._count = fewer
        rest = sorted(each.ended_ns - each.sent_ns for each in samples[fewer:first_bad])
        found = _ranked(self._spans, rest, math.ceil(0.99 * first_bad)) if first_bad else 0
        self._last = growth.looks, first_bad, found
        return found


def _ranked(one: Sequence[int], other: Sequence[int], rank: int) -> int:
    """The value of that rank, counted from 1, of two sorted sequences together."""

    def below(value: int) -> int:
        return bisect_right(one, value) + bisect_right(other, value)

    places = [(values, bisect_left(values, rank, key=below)) for values in (one, other)]
    return min(values[place] for values, place in places if place < len(values))


def failures(samples: Sequence[Sample], ok: Test = good) -> Sequence[int]:
    """The places of the samples that are not ok; of a lane that grows, until the next look."""
    if isinstance(samples, PackedSamples) and (growth := samples.growth) is not None:
        known: _Failing = growth.known.setdefault((_Failing, ok), _Failing(ok))
        known.follow(samples.uncut, growth)
        return _Places(known.places, samples.begin, len(samples))
    return _failures(samples, ok)


def _failures(samples: Sequence[Sample], ok: Test) -> list[int]:
    if ok is good:
        outcomes = column(samples, "outcome")
        if isinstance(outcomes, Coded):
            return outcomes.places_besides(GOOD)
        return [place for place, outcome in enumerate(outcomes) if outcome not in GOOD]
    return [place for place, sample in enumerate(samples) if not ok(sample)]


class _Failing:
    """Where a lane that grows fails: the settled part is looked at once, the rest at each look."""

    def __init__(self, ok: Test) -> None:
        self.places = array("q")
        self._ok = ok
        self._settled = 0
        self._look = 0

    def follow(self, lane: PackedSamples, growth: Growth) -> None:
        """Take in what is new at this look."""
        if self._look == growth.looks:
            return
        del self.places[bisect_left(self.places, self._settled) :]
        begin = self._settled
        self.places.extend(begin + place for place in _failures(lane[begin:], self._ok))
        self._settled, self._look = growth.settled, growth.looks


class _Places(Sequence[int]):
    """The places of a lane that lie within a part of it, counted from where the part begins."""

    def __init__(self, places: Sequence[int], begin: int, count: int) -> None:
        self._places, self._begin = places, begin
        self._low = bisect_left(places, begin)
        self._high = bisect_left(places, begin + count, lo=self._low)

    def __len__(self) -> int:
        return self._high - self._low

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        found = range(self._low, self._high)[index]
        if isinstance(found, int):
            return self._places[found] - self._begin
        return [self._places[each] - self._begin for each in found]


def runs_from(samples: Sequence[Sample], begin: int, ok: Test) -> Iterator[range]:
    """The runs of failures at ``begin`` or later, one after the other as they are asked for."""
    if quickly_told(samples, ok):
        bad = failures(samples, ok)
        return _runs_in(bad, bisect_left(bad, begin))
    since = enumerate(samples[begin:], begin)
    return runs_of(place for place, sample in since if not ok(sample))


def quickly_told(samples: Sequence[Sample], ok: Test) -> bool:
    """Whether all failures are found without a look at each sample."""
    packed = ok is good and isinstance(samples, PackedSamples)
    return packed or growth_of(samples) is not None


def _runs_in(bad: Sequence[int], since: int) -> Iterator[range]:
    """The runs of the failures from that number on, however long, a few steps for each."""

    def gaps(number: int) -> int:
        return bad[number] - number

    while since < len(bad):
        end = since + 1
        if end < len(bad) and bad[end] == bad[since] + 1:
            end = bisect_right(range(len(bad)), gaps(since), lo=end, key=gaps)
        yield range(bad[since], bad[end - 1] + 1)
        since = end


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
