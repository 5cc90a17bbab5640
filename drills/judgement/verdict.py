"""Judging a measurement against a criterion. Pure; no data is never met, and the worst wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from drills.judgement.criterion import Comparator, Criterion
from drills.units import Interval


class Verdict(StrEnum):
    """met, missed or inconclusive. What only people can assess is not assessed; it never gates."""

    MET = "met"
    MISSED = "missed"
    INCONCLUSIVE = "inconclusive"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value with its interval, and where it comes from."""

    interval: Interval
    source: str


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nothing was measured. ``at_least`` is what the value must exceed, if that is known."""

    reason: str
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Unsettled(Unmeasured):
    """It would be met by what was seen, but the drill was over before that was known for good."""


@dataclass(frozen=True, slots=True)
class Unassessed:
    """Only people can assess it, and no person took part."""

    reason: str


Measurement = Measured | Unmeasured | Unassessed


def _holds(criterion: Criterion, value: float) -> bool:
    if criterion.comparator is Comparator.AT_MOST:
        return value <= criterion.limit
    if criterion.comparator is Comparator.AT_LEAST:
        return value >= criterion.limit
    return value == criterion.limit


def judge(criterion: Criterion, measurement: Measurement) -> Verdict:
    """The verdict: met only if the whole interval holds, missed only if none of it does.

    A limit inside the interval is inconclusive. A value known only to exceed something is missed
    where that already exceeds an upper limit, and inconclusive otherwise.
    """
    if isinstance(measurement, Unassessed):
        return Verdict.NOT_ASSESSED
    if isinstance(measurement, Unmeasured):
        floor = measurement.at_least
        beyond = floor is not None and floor > criterion.limit
        bounded_above = criterion.comparator is not Comparator.AT_LEAST
        return Verdict.MISSED if beyond and bounded_above else Verdict.INCONCLUSIVE
    interval = measurement.interval
    ends = (_holds(criterion, interval.low), _holds(criterion, interval.high))
    if all(ends):
        return Verdict.MET
    spans_exact = (
        criterion.comparator is Comparator.EXACTLY
        and interval.low <= criterion.limit <= interval.high
    )
    return Verdict.INCONCLUSIVE if any(ends) or spans_exact else Verdict.MISSED


_RANK = {Verdict.MISSED: 0, Verdict.INCONCLUSIVE: 1, Verdict.MET: 2}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The drill's verdict. With nothing assessed it is inconclusive."""
    assessed = [verdict for verdict in verdicts if verdict is not Verdict.NOT_ASSESSED]
    return min(assessed, key=_RANK.__getitem__, default=Verdict.INCONCLUSIVE)
