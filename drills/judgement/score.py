"""The score: 0 to 100 with bounds, for trends. It never overrules a verdict.

A time limit L with objective T = L/10 is scored on the log-normal curve through (T, 90) and
(L, 50), the curve that Lighthouse scores page loads on; anything else gives 100 or 0. The score is
the weighted mean. A criterion that could not be measured earns nothing in the value and the lower
bound, and 100 in the upper one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from drills.judgement.criterion import Comparator, Criterion, Priority, Unit
from drills.judgement.verdict import Measured, Measurement, Verdict, judge
from drills.units import Interval

_Z90 = NormalDist().inv_cdf(0.9)
OBJECTIVE_SHARE = 0.1
MISSED_MUST_CAP = 49.0
DATA_LOST = "acknowledged data was lost"
DATA_ALTERED = "acknowledged data was altered"
LET_IN_WITHOUT_RIGHT = "somebody was let in without right"
ROLLBACK_FAILED = "a fault is not proven undone"
Rating = Literal["P", "S", "M", "U"]
RATINGS: Mapping[Rating, tuple[float, str]] = {
    "P": (80.0, "performed without challenges"),
    "S": (66.0, "performed with some challenges"),
    "M": (50.0, "performed with major challenges"),
    "U": (0.0, "unable to be performed"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion with its measurement, its metric's unit, and what follows from them."""

    criterion: Criterion
    unit: Unit
    measurement: Measurement
    verdict: Verdict

    @classmethod
    def of(cls, criterion: Criterion, unit: Unit, measurement: Measurement) -> Judged:
        """Judge a criterion."""
        return cls(criterion, unit, measurement, judge(criterion, measurement))

    @property
    def points(self) -> Interval | None:
        """0 to 100 with bounds, to a tenth; None where people did not assess it.

        What is added up is what is shown: nothing is rounded again but the mean.
        """
        if self.verdict is Verdict.NOT_ASSESSED:
            return None
        if self.verdict is Verdict.INCONCLUSIVE:
            return Interval(0, 0, 100)
        if not isinstance(self.measurement, Measured):
            return Interval.exact(0)
        if self.unit is Unit.SECONDS and self.criterion.comparator is Comparator.AT_MOST:
            measured, limit = self.measurement.interval, self.criterion.limit
            return Interval(
                floor(time_points(measured.value, limit)),
                floor(time_points(measured.high, limit)),
                floor(time_points(measured.low, limit)),
            )
        return Interval.exact(100 if self.verdict is Verdict.MET else 0)


@dataclass(frozen=True, slots=True)
class Score:
    """The score, how it came about, and what capped it ("" where nothing did)."""

    interval: Interval
    rating: Rating
    formula: str
    capped_by: str


def floor(points: float) -> float:
    """Points to a tenth, never rounded up: 99.96 is not 100."""
    return math.floor(points * 10 + 1e-9) / 10


def time_points(seconds: float, limit: float) -> float:
    """Points for a time: 100 at 0, 90 at a tenth of the limit, 50 at the limit."""
    if seconds <= 0:
        return 100.0
    if limit <= 0:
        return 0.0
    sigma = -math.log(OBJECTIVE_SHARE) / _Z90
    return 100 * NormalDist().cdf((math.log(limit) - math.log(seconds)) / sigma)


def score(
    judged: Sequence[Judged],
    *,
    data_lost: bool,
    rollback_failed: bool,
    data_altered: bool = False,
) -> Score | None:
    """The score of a drill; None where no criterion was assessed.

    A missed must-criterion caps it at 49; lost or altered data or a failed rollback at 0. The
    rating is P, S, M or U after HSEEP, and never P while anything is inconclusive.
    """
    scored = [
        (item, points, item.criterion.priority.weight)
        for item in judged
        if (points := item.points) is not None
    ]
    if not scored:
        return None
    total = sum(weight for _, _, weight in scored)

    def mean(end: str) -> float:
        return sum(float(getattr(points, end)) * weight for _, points, weight in scored) / total

    harm = DATA_LOST if data_lost else DATA_ALTERED if data_altered else ""
    cap, capped_by = _cap(judged, harm, rollback_failed)
    value, low, high = (min(mean(end), cap) for end in ("value", "low", "high"))
    terms = " + ".join(f"{points.value:.1f}×{weight}" for _, points, weight in scored)
    formula = f"({terms}) / {total} = {mean('value'):.2f}"
    if capped_by:
        formula += f", capped at {cap:.0f}"
    interval = Interval(value, min(low, value), max(high, value))
    return Score(interval, _rating(value, judged), formula, capped_by)


def _cap(judged: Sequence[Judged], harm: str, rollback_failed: bool) -> tuple[float, str]:
    if rollback_failed:
        return 0.0, ROLLBACK_FAILED
    if harm:
        return 0.0, harm
    missed = [
        item.criterion.name
        for item in judged
        if item.verdict is Verdict.MISSED and item.criterion.priority is Priority.MUST
    ]
    if missed:
        return MISSED_MUST_CAP, f"missed: {', '.join(missed)}"
    return 100.0, ""


def _rating(value: float, judged: Sequence[Judged]) -> Rating:
    uncertain = any(item.verdict is Verdict.INCONCLUSIVE for item in judged)
    for rating, (floor, _) in RATINGS.items():
        if value >= floor and not (rating == "P" and uncertain):
            return rating
    return "U"
