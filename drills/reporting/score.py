"""How the score comes about, as the rows of a table that can be added up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.judgement.result import CriterionResult


@dataclass(frozen=True, slots=True)
class Share:
    """What one criterion brings: points times weight, with bounds."""

    criterion: CriterionResult
    points: float
    low: float
    high: float

    @property
    def weighted(self) -> float:
        """Points times weight."""
        return self.points * self.criterion.weight


@dataclass(frozen=True, slots=True)
class Sum:
    """All shares: their weights, their products, and the weighted means they lead to."""

    shares: list[Share]
    weight: int
    weighted: float
    mean: float
    low: float
    high: float


def add_up(criteria: Sequence[CriterionResult]) -> Sum | None:
    """The weighted mean before any cap; None where no criterion scores.

    A criterion without points is left out; without bounds, its points are its bounds.
    """
    shares = [
        Share(
            one,
            one.points,
            one.points if one.points_low is None else one.points_low,
            one.points if one.points_high is None else one.points_high,
        )
        for one in criteria
        if one.points is not None
    ]
    weight = sum(share.criterion.weight for share in shares)
    if not weight:
        return None
    weighted = sum(share.weighted for share in shares)
    low = sum(share.low * share.criterion.weight for share in shares) / weight
    high = sum(share.high * share.criterion.weight for share in shares) / weight
    return Sum(shares, weight, weighted, weighted / weight, low, high)
