"""What the report draws, from what was observed: journeys in buckets, marks, fault windows."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from drills.faults.fault import Colour
from drills.journal.facts import DrillStarted, FaultEffective, FaultIntended, UndoVerified
from drills.journal.packed import column
from drills.journal.sample import Sample, SeriesKind
from drills.judgement.degradation import Degraded
from drills.judgement.latency import Waits
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.outage import OutageSpan, due_ns
from drills.judgement.outcomes import by_outcome, count_good, harm_of
from drills.judgement.result import Chart, Mark, Point, Series, Stretch, Window
from drills.judgement.settling import measured_for_good
from drills.judgement.verdict import Measured
from drills.units import NS

BUCKETS = 300  # at most about so many a journey: a picture has room for as many bars
_WIDTHS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)  # seconds of a bucket
_EARLIER = 120, (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # of drills of schema 1
LEAD = 10.0  # seconds before the fault that the close-up shows, and after recovery
CLOSER = 0.6  # of the drill that the incident took at most, for a close-up of it
STRETCHES = 1_000  # that are drawn of a journey: more than a picture has pixels


def build(seen: Observations, zero_ns: int) -> Chart:
    """The chart's data, all times in seconds from ``zero_ns``."""
    lanes = {lane: samples for lane, samples in seen.series(SeriesKind.JOURNEY).items() if samples}
    marks, started = _marks(seen), seen.timeline.first(DrillStarted)
    finest = (BUCKETS, _WIDTHS) if started and started.schema > 1 else _EARLIER
    return Chart(
        series=_drawn(seen, lanes, _bucket_seconds(_extent(lanes.values()), *finest), zero_ns),
        marks=marks,
        windows=_windows(seen, zero_ns),
        closeup=_closeup(seen, lanes, _incident(seen, marks), zero_ns),
    )


def _drawn(
    seen: Observations, lanes: Mapping[str, Sequence[Sample]], bucket: float, zero_ns: int
) -> list[Series]:
    return [_series(seen, lane, lanes[lane], bucket, zero_ns) for lane in sorted(lanes)]


def _incident(seen: Observations, marks: Sequence[Mark]) -> tuple[float, float] | None:
    """From before the fault to after recovery, in seconds from the fault; None without a fault.

    It is over with the last outage, or moment that is marked, whichever comes later.
    """
    fault = seen.fault()
    if fault is None:
        return None
    moments = [mark.high_s for mark in marks]
    for lane in seen.journeys():
        ends = [span.end for span in seen.outages()[lane]]
        ends += [span.end for span in seen.degraded()[lane]]
        over = (end.ns if end else seen.until_ns for end in ends)
        moments += [(ns - fault.ns) / NS for ns in over]
    return -LEAD, max([0.0, *moments]) + LEAD


def _closeup(
    seen: Observations,
    lanes: Mapping[str, Sequence[Sample]],
    incident: tuple[float, float] | None,
    zero_ns: int,
) -> list[Series]:
    """The incident in finer buckets; nothing where it took most of the drill anyway."""
    if incident is None:
        return []
    low, high = (zero_ns + round(edge * NS) for edge in incident)
    cut = {name: _cut(samples, low, high) for name, samples in lanes.items()}
    cut = {name: samples for name, samples in cut.items() if samples}
    if not cut or _extent(cut.values()) > CLOSER * _extent(lanes.values()):
        return []
    bucket = _bucket_seconds(_extent(cut.values()), BUCKETS, _WIDTHS)
    return _drawn(seen, cut, bucket, zero_ns)


def _cut(samples: Sequence[Sample], low_ns: int, high_ns: int) -> Sequence[Sample]:
    begin = bisect_left(samples, low_ns, key=due_ns)
    return samples[begin : bisect_right(samples, high_ns, lo=begin, key=due_ns)]


def nothing() -> Chart:
    """A chart that draws nothing."""
    return Chart(series=[], marks=[], windows=[])


def _series(
    seen: Observations, lane: str, samples: Sequence[Sample], bucket: float, zero_ns: int
) -> Series:
    """These samples of a lane in buckets; counted, as in the table, from the fault on."""
    counted = seen.journeys()[lane] if seen.fault() else None
    return Series(
        journey=lane,
        bucket_s=bucket,
        points=_points(samples, harm_of(seen), bucket, zero_ns),
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


def _extent(lanes: Iterable[Sequence[Sample]]) -> float:
    """Seconds from the first request of all to the last; no lane is empty."""
    stamps = [s.intended_ns for samples in lanes for s in (samples[0], samples[-1])]
    return (max(stamps) - min(stamps)) / NS if stamps else 0.0


def _bucket_seconds(span: float, most: int, widths: Sequence[float]) -> float:
    """The smallest of ``widths`` with which there are at most so many buckets."""
    for nice in widths:
        if span / nice <= most:
            return nice
    return math.ceil(span / most)


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
