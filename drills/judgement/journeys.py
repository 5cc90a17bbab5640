"""How each journey of the customers fared: availability, latency, outages, partial failures."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from drills.journal.sample import Sample
from drills.judgement.degradation import Degraded
from drills.judgement.latency import Waits
from drills.judgement.metric import Observations
from drills.judgement.outage import OutageSpan, due_ns, failures, runs_of
from drills.judgement.outcomes import by_outcome, count_good, harm_of
from drills.judgement.recovery import undone_at
from drills.judgement.result import Availability, Degradation, Outage, Period
from drills.units import NS


def availabilities(seen: Observations, zero: int) -> dict[str, Availability]:
    """Every journey from the fault on; ``zero`` is the fault's time, from which offsets count."""
    return {lane: _availability(seen, lane, zero) for lane in seen.journeys()}


def _availability(seen: Observations, lane: str, zero: int) -> Availability:
    samples, harm = seen.journeys()[lane], harm_of(seen)
    before, during, after = (_Share.of(part, harm) for part in _parts(seen, lane))
    served, waits = during.good + after.good, during.waits.merged(after.waits)
    return Availability(
        intended=len(samples),
        good=served,
        ratio=served / len(samples) if samples else None,
        outcomes=by_outcome(samples, harm),
        **_quantiles(waits),
        outages=[_outage(span, zero) for span in seen.outages()[lane]],
        single_failures=_single_failures(samples),
        degraded=[
            _degradation(each, zero)
            for each in seen.degraded()[lane]
            if each.together < each.failures
        ],
        before=before.period(),
        during=during.period(),
        after=after.period(),
    )


def _parts(seen: Observations, lane: str) -> Iterator[Sequence[Sample]]:
    """What was due before the first fault, until the last one was proven undone, and after that."""
    samples, since = seen.samples[lane], seen.journeys()[lane]
    undone = undone_at(seen)
    end = bisect_left(since, undone.ns, key=due_ns) if undone else len(since)
    yield samples[: len(samples) - len(since)] if seen.fault() else samples[:0]
    yield since[:end]
    yield since[end:]


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of a journey's requests: how many were due and how many good, and the waits."""

    due: int
    good: int
    waits: Waits

    @classmethod
    def of(cls, samples: Sequence[Sample], harm: Mapping[str, str]) -> Self:
        return cls(len(samples), count_good(samples, harm), Waits.of(samples))

    def period(self) -> Period | None:
        """As the result holds it; None where nothing was due."""
        if not self.due:
            return None
        share = self.good / self.due
        return Period(intended=self.due, good=self.good, ratio=share, **_quantiles(self.waits))


def _quantiles(waits: Waits) -> dict[str, Any]:
    """Median and 99th percentile, and whether each is a lower bound."""
    found = {"p50": waits.quantile(0.5), "p99": waits.quantile(0.99)}
    return {f"latency_{name}_s": wait.seconds if wait else None for name, wait in found.items()} | {
        f"latency_{name}_at_least": bool(wait and wait.at_least) for name, wait in found.items()
    }


def _single_failures(samples: Sequence[Sample]) -> int:
    """How many failures have no other one next to them."""
    return sum(len(run) == 1 for run in runs_of(failures(samples)))


def _outage(span: OutageSpan, zero: int) -> Outage:
    start, end = span.start, span.end
    return Outage(
        start_s=(start.ns - zero) / NS,
        end_s=(end.ns - zero) / NS if end else None,
        seconds=(end.ns - start.ns) / NS if end else None,
        half_width_s=(
            (end.high_ns - end.low_ns + start.high_ns - start.low_ns) / 2 / NS if end else None
        ),
        failures=span.failures,
    )


def _degradation(stretch: Degraded, zero: int) -> Degradation:
    return Degradation(
        start_s=(stretch.start.ns - zero) / NS,
        end_s=(stretch.end.ns - zero) / NS if stretch.end else None,
        failures=stretch.failures,
        due=stretch.due,
    )
