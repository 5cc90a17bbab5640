"""A judged criterion in numbers: what was measured, the limit, and what was left of it."""

from __future__ import annotations

import math

from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.result import CriterionResult
from drills.judgement.score import Judged, floor
from drills.judgement.verdict import Measured, Measurement, Unmeasured, Verdict
from drills.units import Interval


def state(item: Judged, line: int = 0) -> CriterionResult:
    """The criterion as the result holds it; ``line`` is that of its sentence."""
    points, criterion = item.points, item.criterion
    return CriterionResult(
        name=criterion.name,
        metric=criterion.metric,
        subject=criterion.subject,
        comparator=criterion.comparator.value,
        unit=item.unit.value,
        limit=criterion.limit,
        **figures(item.measurement),
        at_least=_at_least(item.measurement),
        margin=_margin(item),
        verdict=item.verdict.value,
        reason=_reason(item),
        points=floor(points.value) if points else None,
        points_low=floor(points.low) if points else None,
        points_high=floor(points.high) if points else None,
        weight=criterion.priority.weight,
        priority=criterion.priority.value,
        line=line,
    )


def figures(measurement: Measurement) -> dict[str, float | None]:
    """``value``, ``low`` and ``high`` of a measurement; None where there is none, or no end."""
    if not isinstance(measurement, Measured):
        return {"value": None, "low": None, "high": None}
    interval = measurement.interval
    numbers = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: number if math.isfinite(number) else None for name, number in numbers.items()}


def _at_least(measurement: Measurement) -> float | None:
    above = measurement.at_least if isinstance(measurement, Unmeasured) else None
    return above if above is not None and math.isfinite(above) else None


def undecided(item: Judged) -> bool:
    """Whether something was measured, and the limit lies inside its interval."""
    measured = isinstance(item.measurement, Measured)
    return measured and item.verdict is Verdict.INCONCLUSIVE


def _margin(item: Judged) -> float | None:
    """What is left of the limit at least; below 0 by how much it was missed at least."""
    if not isinstance(item.measurement, Measured) or undecided(item):
        return None
    left = _left(item.criterion, item.measurement.interval)
    return left if math.isfinite(left) else None


def _left(criterion: Criterion, interval: Interval) -> float:
    if criterion.comparator is Comparator.EXACTLY:
        return 0.0 - abs(interval.value - criterion.limit)  # no negative nought
    if criterion.comparator is Comparator.AT_LEAST:
        worst, best = interval.low - criterion.limit, interval.high - criterion.limit
    else:
        worst, best = criterion.limit - interval.high, criterion.limit - interval.low
    return worst if worst >= 0 else min(best, 0)


def _reason(item: Judged) -> str:
    if undecided(item) and isinstance(item.measurement, Measured):
        return f"the limit lies within the error of the measurement: {item.measurement.source}"
    measurement = item.measurement
    return measurement.source if isinstance(measurement, Measured) else measurement.reason
