"""What the report draws, from what was observed: journeys in buckets, marks, fault windows."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from drills.faults.fault import Colour
from drills.journal.facts import FaultEffective, FaultIntended, UndoVerified
from drills.journal.packed import column
from drills.journal.sample import Sample, SeriesKind
from drills.judgement.degradation import Degraded
from drills.judgement.latency import Waits
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.outage import OutageSpan
from drills.judgement.outcomes import by_outcome, count_good, harm_of
from drills.judgement.result import Chart, Mark, Point, Series, Stretch, Window
from drills.judgement.settling import measured_for_good
from drills.judgement.verdict import Measured
from drills.units import NS

BUCKETS = 120  # at most about so many a journey
STRETCHES = 1_000  # that are drawn of a journey: more than a picture has pixels


def build(seen: Observations, zero_ns: int) -> Chart:
    """The chart's data, all times in seconds from ``zero_ns``."""
    lanes = {lane: samples for lane, samples in seen.series(SeriesKind.JOURNEY).items() if samples}
    bucket = _bucket_seconds(lanes.values())
    return Chart(
        series=[_series(seen, lane, bucket, zero_ns) for lane in sorted(lanes)],
        marks=_marks(seen),
        windows=_windows(seen, zero_ns),
    )


def nothing() -> Chart:
    """A chart that draws nothing."""
    return Chart(series=[], marks=[], windows=[])


def _series(seen: Observations, lane: str, bucket: float, zero_ns: int) -> Series:
    """The whole lane in buckets; counted, as in the table beside it, from the fault on."""
    counted = seen.journeys()[lane] if seen.fault() else None
    return Series(
        journey=lane,
        bucket_s=bucket,
        points=_points(seen.samples[lane], harm_of(seen), bucket, zero_ns),
        stretches=_stretches(seen, lane, zero_ns),
        intended=None if counted is None else len(counted),
        good=None if counted is None else count_good(counted, harm_of(seen)),
    )


def _stretches(seen: Observations, lane: str, zero_ns: int) -> list[Stretch]:
    """Where the journey was out or degraded; a degraded stretch that is an outage is that only."""
    spans: list[tuple[Literal["outage", "degraded"], OutageSpan | Degraded]] = [
        *(("degraded", span) for span in seen.degraded()[lane] if span.together < span.failures),
        *(("outage", span) for span in seen.outages()[lane]),
    ]
    return [
        Stretch(
            kind=kind,
            start_s=(span.start.ns - zero_ns) / NS,
            end_s=((span.end.ns if span.end else seen.until_ns) - zero_ns) / NS,
        )
        for kind, span in spans[:STRETCHES]
    ]


def _bucket_seconds(lanes: Iterable[Sequence[Sample]]) -> float:
    stamps = [s.intended_ns for samples in lanes for s in (samples[0], samples[-1])]
    span = (max(stamps) - min(stamps)) / NS if stamps else 0.0
    for nice in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0):
        if span / nice <= BUCKETS:
            return nice
    return math.ceil(span / BUCKETS)


def _points(
    samples: Sequence[Sample], harm: Mapping[str, str], bucket: float, zero_ns: int
) -> list[Point]:
    def index(due: int) -> int:
        return math.floor((due - zero_ns) / NS / bucket)

    points, due, begin = [], column(samples, "intended_ns"), 0
    while begin < len(due):
        end = bisect_right(due, index(due[begin]), lo=begin, key=index)
        offset = round(index(due[begin]) * bucket, 3)
        points.append(_point(offset, samples[begin:end], harm))
        begin = end
    return points


def _point(offset: float, samples: Sequence[Sample], harm: Mapping[str, str]) -> Point:
    waits = Waits.of(samples)
    middle, longest = waits.quantile(0.5), waits.longest
    return Point(
        offset_s=offset,
        outcomes=by_outcome(samples, harm),
        latency_p50_s=middle.seconds if middle else None,
        latency_max_s=longest.seconds if longest else None,
        latency_max_at_least=bool(longest and longest.at_least),
    )


def _marks(seen: Observations) -> list[Mark]:
    """The moments that metrics mark, where they were measured."""
    marks = []
    for metric in METRICS.values():
        measurement = measured_for_good(seen, metric) if metric.mark else None
        if isinstance(measurement, Measured):
            interval = measurement.interval
            marks.append(
                Mark(
                    name=metric.mark,
                    offset_s=interval.value,
                    low_s=interval.low,
                    high_s=interval.high,
                )
            )
    return marks


def _colour(intended: FaultIntended | None) -> str:
    """The fault's colour, "" for one that there is not."""
    told = intended.colour if intended else ""
    return told if told in set(Colour) else ""


def _windows(seen: Observations, zero_ns: int) -> list[Window]:
    windows = []
    for effective in seen.timeline.all(FaultEffective):
        intended = seen.timeline.first(FaultIntended, injection=effective.injection)
        undone = seen.timeline.first(UndoVerified, injection=effective.injection)
        end = undone.at_ns if undone else seen.until_ns
        windows.append(
            Window(
                name=intended.text if intended else effective.text,
                start_s=(effective.at_ns - zero_ns) / NS,
                end_s=max(end, effective.at_ns) / NS - zero_ns / NS,
                label=intended.label if intended else "",
                colour=_colour(intended),
            )
        )
    return windows
