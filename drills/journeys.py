"""How each journey of the customers fared: availability, latency, outages."""

from __future__ import annotations

from collections.abc import Sequence

from drills import chart
from drills.outage import OutageSpan
from drills.probe import Outcome, Sample
from drills.result import Availability, Outage
from drills.units import NS


def availability_of(
    samples: Sequence[Sample], spans: Sequence[OutageSpan], zero: int
) -> Availability:
    """One journey from the fault on; ``zero`` is the fault's time, from which outages count."""
    good = sum(sample.outcome.good for sample in samples)
    answered = sorted(s.latency for s in samples if s.outcome in (Outcome.OK, Outcome.SLOW))
    return Availability(
        intended=len(samples),
        good=good,
        ratio=good / len(samples) if samples else None,
        outcomes=chart.by_outcome(samples),
        latency_p50_s=chart.quantile(answered, 0.5),
        latency_p99_s=chart.quantile(answered, 0.99),
        outages=[
            Outage(
                start_s=(span.start.ns - zero) / NS,
                end_s=(span.end.ns - zero) / NS if span.end else None,
                seconds=(span.end.ns - span.start.ns) / NS if span.end else None,
                half_width_s=(
                    (span.end.high_ns - span.end.low_ns + span.start.high_ns - span.start.low_ns)
                    / 2
                    / NS
                    if span.end
                    else None
                ),
                failures=span.failures,
            )
            for span in spans
        ],
    )
