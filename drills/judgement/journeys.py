"""How each journey of the customers fared: availability, latency, outages, partial failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drills.journal.sample import Sample
from drills.judgement.degradation import Degraded
from drills.judgement.latency import Waits
from drills.judgement.metric import Observations
from drills.judgement.outage import OutageSpan, failures, runs_of
from drills.judgement.outcomes import by_outcome, count_good, harm_of
from drills.judgement.result import Availability, Degradation, Outage
from drills.units import NS


def availabilities(seen: Observations, zero: int) -> dict[str, Availability]:
    """Every journey from the fault on; ``zero`` is the fault's time, from which offsets count."""
    return {
        lane: _availability(
            samples, harm_of(seen), seen.outages()[lane], seen.degraded()[lane], zero
        )
        for lane, samples in seen.journeys().items()
    }


def _availability(
    samples: Sequence[Sample],
    harm: Mapping[str, str],
    spans: Sequence[OutageSpan],
    stretches: Sequence[Degraded],
    zero: int,
) -> Availability:
    served, waits = count_good(samples, harm), Waits.of(samples)
    p50, p99 = waits.quantile(0.5), waits.quantile(0.99)
    return Availability(
        intended=len(samples),
        good=served,
        ratio=served / len(samples) if samples else None,
        outcomes=by_outcome(samples, harm),
        latency_p50_s=p50.seconds if p50 else None,
        latency_p99_s=p99.seconds if p99 else None,
        latency_p50_at_least=bool(p50 and p50.at_least),
        latency_p99_at_least=bool(p99 and p99.at_least),
        outages=[_outage(span, zero) for span in spans],
        single_failures=_single_failures(samples),
        degraded=[_degradation(each, zero) for each in stretches if each.together < each.failures],
    )


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
