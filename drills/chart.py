"""What the report draws, from what was observed: journeys in buckets, marks, fault windows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from drills.detection import time_to_detect, time_to_symptom
from drills.metric import REPLICATION, Observations
from drills.probe import Outcome, Sample
from drills.recovery import time_to_fail_over, time_to_recover
from drills.result import Chart, Mark, Point, Series, Window
from drills.timeline import Kind
from drills.units import NS
from drills.verdict import Measured

BUCKETS = 120  # at most about so many a journey


def by_outcome(samples: Sequence[Sample]) -> dict[str, int]:
    """How many samples ended how; outcomes that did not occur are left out."""
    counts: dict[str, int] = {}
    for sample in samples:
        counts[sample.outcome.value] = counts.get(sample.outcome.value, 0) + 1
    return dict(sorted(counts.items()))


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank quantile of sorted values; None of none."""
    if not ordered:
        return None
    return ordered[max(0, min(len(ordered), math.ceil(share * len(ordered))) - 1)]


def build(seen: Observations, zero_ns: int) -> Chart:
    """The chart's data, all times in seconds from ``zero_ns``."""
    lanes = {lane: list(s) for lane, s in seen.samples.items() if lane != REPLICATION and s}
    bucket = _bucket_seconds(lanes.values())
    return Chart(
        series=[
            Series(journey=lane, bucket_s=bucket, points=_points(samples, bucket, zero_ns))
            for lane, samples in sorted(lanes.items())
        ],
        marks=_marks(seen),
        windows=_windows(seen, zero_ns),
    )


def _bucket_seconds(lanes: Iterable[Sequence[Sample]]) -> float:
    stamps = [s.intended_ns for samples in lanes for s in (samples[0], samples[-1])]
    span = (max(stamps) - min(stamps)) / NS if stamps else 0.0
    for nice in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0):
        if span / nice <= BUCKETS:
            return nice
    return math.ceil(span / BUCKETS)


def _points(samples: Sequence[Sample], bucket: float, zero_ns: int) -> list[Point]:
    buckets: dict[int, list[Sample]] = {}
    for sample in samples:
        index = math.floor((sample.intended_ns - zero_ns) / NS / bucket)
        buckets.setdefault(index, []).append(sample)
    points = []
    for index, inside in sorted(buckets.items()):
        answered = sorted(
            s.latency for s in inside if s.outcome in (Outcome.OK, Outcome.SLOW, Outcome.TIMEOUT)
        )
        points.append(
            Point(
                offset_s=round(index * bucket, 3),
                outcomes=by_outcome(inside),
                latency_p50_s=quantile(answered, 0.5),
                latency_max_s=answered[-1] if answered else None,
            )
        )
    return points


def _marks(seen: Observations) -> list[Mark]:
    marks = []
    for name, measure in (
        ("symptom", time_to_symptom),
        ("detected", time_to_detect),
        ("failed over", time_to_fail_over),
        ("recovered", time_to_recover),
    ):
        measurement = measure(seen, "")
        if isinstance(measurement, Measured):
            interval = measurement.interval
            marks.append(
                Mark(name=name, offset_s=interval.value, low_s=interval.low, high_s=interval.high)
            )
    return marks


def _windows(seen: Observations, zero_ns: int) -> list[Window]:
    windows = []
    for effective in seen.timeline.all(Kind.FAULT_EFFECTIVE):
        injection = effective.string("injection")
        intended = seen.timeline.first(Kind.FAULT_INTENDED, injection=injection)
        undone = seen.timeline.first(Kind.UNDO_VERIFIED, injection=injection)
        end = undone.at_ns if undone else seen.until_ns
        windows.append(
            Window(
                name=intended.text if intended else effective.text,
                start_s=(effective.at_ns - zero_ns) / NS,
                end_s=max(end, effective.at_ns) / NS - zero_ns / NS,
            )
        )
    return windows
