"""Lost or altered writes do harm unless a criterion that is met allows just that."""

from __future__ import annotations

import pytest

from drills.judgement.criterion import Comparator, Criterion, Unit
from drills.judgement.data import ALTERED, LOST, RECOVERY_POINT, harmed
from drills.judgement.score import Judged
from drills.judgement.verdict import Measured, Measurement, Unsettled
from drills.observers.ledger import Reconciliation
from drills.units import Interval

BOTH = Reconciliation(("a", "b"), 0, 0, 0, 0, 1.0, ("c",), 0)


def judged(metric: str, measurement: Measurement, limit: float = 5) -> Judged:
    return Judged.of(Criterion("it", metric, Comparator.AT_MOST, limit), Unit.COUNT, measurement)


def found(metric: str, value: float, limit: float = 5) -> Judged:
    return judged(metric, Measured(Interval.exact(value), "test"), limit)


@pytest.mark.parametrize(
    ("criteria", "harm"),
    [
        ([], {LOST: 2, ALTERED: 1}),
        ([found("availability", 1)], {LOST: 2, ALTERED: 1}),
        ([found(LOST, 2)], {ALTERED: 1}),
        ([found("lost orders", 2)], {ALTERED: 1}),
        ([found(LOST, 2, limit=1)], {LOST: 2, ALTERED: 1}),
        ([found("altered orders", 1)], {LOST: 2}),
        ([found(RECOVERY_POINT, 1)], {ALTERED: 1}),
        ([found(RECOVERY_POINT, 9)], {LOST: 2, ALTERED: 1}),
        ([judged(LOST, Unsettled("it was cut off"))], {ALTERED: 1}),
        ([found(LOST, 2), found(ALTERED, 1)], {}),
    ],
)
def test_what_no_criterion_allows_is_harm(criteria: list[Judged], harm: dict[str, int]) -> None:
    """By its metric, with how many; a team may call its writes as it likes."""
    assert harmed(BOTH, criteria) == harm


def test_nothing_lost_does_no_harm() -> None:
    """Nor does what is not known: that is inconclusive elsewhere."""
    assert harmed(Reconciliation((), 0, 0, 0, 0, 0.0, (), 0), []) == {}
    assert harmed(Reconciliation((), 0, 0, 0, None, 0.0), []) == {}
    assert harmed(None, []) == {}
