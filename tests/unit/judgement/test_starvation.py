"""A busy host is not the system's fault, and never makes anything green."""

from __future__ import annotations

import pytest

from drills.judgement.criterion import Comparator, Criterion, Unit
from drills.judgement.score import Judged
from drills.judgement.starvation import TOLERATED, excused
from drills.judgement.verdict import Measured, Unmeasured, Verdict
from drills.units import Interval


def judged(measured: float, unit: Unit, comparator: Comparator, limit: float) -> Judged:
    """A criterion judged on an exact measurement."""
    criterion = Criterion("it holds", "some metric", comparator, limit)
    return Judged.of(criterion, unit, Measured(Interval.exact(measured), "a source"))


@pytest.mark.parametrize(
    ("unit", "comparator", "measured", "limit"),
    [(Unit.SECONDS, Comparator.AT_MOST, 9, 5), (Unit.RATIO, Comparator.AT_LEAST, 0.9, 0.99)],
)
def test_a_miss_on_a_starved_host_proves_nothing(
    unit: Unit, comparator: Comparator, measured: float, limit: float
) -> None:
    """It becomes inconclusive, and says what was measured and why that does not count."""
    after = excused(judged(measured, unit, comparator, limit), 2 * TOLERATED)
    assert after.verdict is Verdict.INCONCLUSIVE
    assert isinstance(after.measurement, Unmeasured)
    assert "the host was too busy" in after.measurement.reason
    assert unit.show(measured) in after.measurement.reason


def test_a_miss_on_a_quiet_host_is_a_miss() -> None:
    """Stalls that every host has excuse nothing."""
    before = judged(9, Unit.SECONDS, Comparator.AT_MOST, 5)
    assert excused(before, TOLERATED) == before


def test_what_was_met_stays_met_and_lost_data_stays_lost() -> None:
    """A slow host makes times worse, never better, and it loses no data."""
    met = judged(1, Unit.SECONDS, Comparator.AT_MOST, 5)
    lost = judged(3, Unit.COUNT, Comparator.EXACTLY, 0)
    assert excused(met, 1.0) == met
    assert excused(lost, 1.0) == lost
