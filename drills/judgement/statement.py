"""A judged criterion in words: what was measured, the limit, and what was left of it."""

from __future__ import annotations

import math

from drills.judgement.criterion import Comparator, Criterion, Unit
from drills.judgement.result import CriterionResult
from drills.judgement.score import Judged, floor
from drills.judgement.verdict import Measured, Unassessed, Unmeasured, Verdict
from drills.units import Interval, format_seconds, with_bounds


def state(item: Judged) -> CriterionResult:
    """The criterion as the result holds it."""
    points, criterion = item.points, item.criterion
    subject = f" of {criterion.subject}" if criterion.subject else ""
    return CriterionResult(
        name=criterion.name,
        metric=criterion.metric + subject,
        comparator=criterion.comparator.value,
        limit=item.unit.show(criterion.limit),
        measured=measured_text(item),
        margin=margin_text(item),
        verdict=item.verdict.value,
        reason=_reason(item),
        points=floor(points.value) if points else None,
        points_low=floor(points.low) if points else None,
        points_high=floor(points.high) if points else None,
        weight=criterion.priority.weight,
        priority=criterion.priority.value,
    )


def measured_text(item: Judged) -> str:
    """A measurement as readers want it: ``1.32 s ± 0.02``, ``more than 60 s``, ``99.9 %``.

    One that decides nothing is its whole interval, ``between 0 ms and 1.45 s``: no end of it is
    more likely than another.
    """
    measurement, unit = item.measurement, item.unit
    if isinstance(measurement, Measured):
        interval = measurement.interval
        if undecided(item):
            return f"between {unit.show(interval.low)} and {unit.show(interval.high)}"
        if unit is Unit.SECONDS:
            return with_bounds(interval.value, interval.low, interval.high)
        return unit.show(interval.value)
    above = measurement.at_least if isinstance(measurement, Unmeasured) else None
    if above and unit is Unit.SECONDS and math.isfinite(above):
        return f"more than {format_seconds(above)}"
    if above and unit is Unit.COUNT:
        return f"at least {unit.show(above)}"
    return "not assessed" if isinstance(measurement, Unassessed) else "not measured"


def undecided(item: Judged) -> bool:
    """Whether something was measured, and the limit lies inside its interval."""
    measured = isinstance(item.measurement, Measured)
    return measured and item.verdict is Verdict.INCONCLUSIVE


def margin_text(item: Judged) -> str:
    """What was left of the limit (``4 min 58 s to spare``), or by how much it was missed."""
    if not isinstance(item.measurement, Measured) or undecided(item):
        return ""
    left = _left(item.criterion, item.measurement.interval)
    if left == 0 or item.criterion.comparator is Comparator.EXACTLY:
        return "" if left == 0 else f"{item.unit.show(abs(left))} off"
    if item.unit is Unit.RATIO:
        amount = f"{abs(left) * 100:.2f}".rstrip("0").rstrip(".")
        amount += " percentage point" if amount == "1" else " percentage points"
        return f"{amount} to spare" if left > 0 else f"{amount} short"
    amount = item.unit.show(abs(left))
    return f"{amount} to spare" if left > 0 else f"{amount} too much"


def _left(criterion: Criterion, interval: Interval) -> float:
    """What is left of the limit at least; below 0 what is too much at least, or too little."""
    if criterion.comparator is Comparator.EXACTLY:
        return criterion.limit - interval.value
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
