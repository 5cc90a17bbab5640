"""The score: for trends, with bounds, never above what was observed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drills.judgement.criterion import Comparator, Criterion, Priority, Unit
from drills.judgement.score import (
    DATA_ALTERED,
    DATA_LOST,
    MISSED_MUST_CAP,
    RATINGS,
    ROLLBACK_FAILED,
    Judged,
    Score,
    floor,
    score,
    time_points,
)
from drills.judgement.verdict import Measured, Measurement, Unassessed, Unmeasured, Verdict
from drills.units import Interval

VALUES = st.floats(0, 1e6, allow_nan=False)
INTERVALS = st.tuples(VALUES, VALUES, VALUES).map(sorted).map(lambda v: Interval(v[1], v[0], v[2]))
MEASUREMENTS: st.SearchStrategy[Measurement] = st.one_of(
    INTERVALS.map(lambda interval: Measured(interval, "test")),
    st.builds(Unmeasured, st.just("nothing"), st.none() | VALUES),
    st.just(Unassessed("nobody")),
)
CRITERIA = st.builds(
    Criterion,
    st.just("it"),
    st.just("metric"),
    st.sampled_from(Comparator),
    st.floats(0, 1e4),
    st.just(""),
    st.sampled_from(Priority),
)
JUDGED = st.builds(Judged.of, CRITERIA, st.sampled_from(Unit), MEASUREMENTS)
DRILLS = st.lists(JUDGED, max_size=6)


def counted(verdict: Verdict, priority: Priority = Priority.MUST) -> Judged:
    measurements: dict[Verdict, Measurement] = {
        Verdict.MET: Measured(Interval.exact(0), "test"),
        Verdict.MISSED: Measured(Interval.exact(1), "test"),
        Verdict.INCONCLUSIVE: Unmeasured("nothing"),
        Verdict.NOT_ASSESSED: Unassessed("nobody"),
    }
    criterion = Criterion("it", "lost orders", Comparator.EXACTLY, 0, "", priority)
    return Judged.of(criterion, Unit.COUNT, measurements[verdict])


def scored(judged: list[Judged]) -> Score:
    found = score(judged, data_lost=False, rollback_failed=False)
    assert found is not None
    return found


@pytest.mark.parametrize("limit", [0.5, 2.0, 300.0, 900.0])
def test_a_time_is_scored_on_the_published_curve(limit: float) -> None:
    """100 at once, 90 at the objective (a tenth of the limit), 50 at the limit."""
    assert time_points(0, limit) == 100
    assert time_points(limit / 10, limit) == pytest.approx(90)
    assert time_points(limit, limit) == pytest.approx(50)


@given(VALUES, VALUES, st.floats(0.001, 1e4))
def test_faster_is_never_worth_less(one: float, other: float, limit: float) -> None:
    """The curve only falls, and stays between 0 and 100."""
    fast, slow = sorted((one, other))
    assert 0 <= time_points(slow, limit) <= time_points(fast, limit) <= 100


def test_a_limit_of_nothing_gives_nothing_to_whatever_took_time() -> None:
    """No division by zero: it is met at once or worth nothing."""
    assert (time_points(0, 0), time_points(0.1, 0)) == (100, 0)


@given(DRILLS, st.booleans(), st.booleans())
def test_the_bounds_hold_the_value(judged: list[Judged], lost: bool, failed: bool) -> None:
    """And all of it lies between 0 and 100."""
    found = score(judged, data_lost=lost, rollback_failed=failed)
    assume(found is not None)
    assert found is not None
    interval = found.interval
    assert 0 <= interval.low <= interval.value <= interval.high <= 100 + 1e-9


@given(DRILLS, st.sampled_from(Priority))
def test_a_criterion_that_earns_nothing_never_raises_the_value(
    judged: list[Judged], priority: Priority
) -> None:
    """Failing one thing more is never an improvement."""
    before = score(judged, data_lost=False, rollback_failed=False)
    assume(before is not None)
    assert before is not None
    after = scored([*judged, counted(Verdict.MISSED, priority)])
    assert after.interval.value <= before.interval.value + 1e-9


@given(DRILLS, JUDGED)
def test_a_criterion_never_lifts_the_value_above_its_own_points(
    judged: list[Judged], one: Judged
) -> None:
    """A mean lies between what it had and what is added."""
    before = score(judged, data_lost=False, rollback_failed=False)
    assume(before is not None and one.points is not None)
    assert before is not None
    assert one.points is not None
    after = scored([*judged, one])
    uncapped = 100.0 if before.capped_by else before.interval.value
    assert after.interval.value <= max(uncapped, one.points.value) + 1e-9


@given(DRILLS)
def test_a_missed_must_caps_the_score(judged: list[Judged]) -> None:
    """At 49, value and both bounds, so it is rated as not performed."""
    found = scored([*judged, counted(Verdict.MISSED)])
    assert found.interval.high <= MISSED_MUST_CAP
    assert found.rating == "U"
    assert found.capped_by.startswith("missed: ")


@given(DRILLS, st.booleans())
def test_lost_data_and_a_failed_rollback_are_worth_nothing(
    judged: list[Judged], lost: bool
) -> None:
    """Whatever else went well."""
    found = score([*judged, counted(Verdict.MET)], data_lost=lost, rollback_failed=not lost)
    assert found is not None
    assert found.interval == Interval.exact(0)
    assert found.rating == "U"
    assert found.capped_by


def test_a_missed_should_does_not_cap() -> None:
    """It is a weakness: it costs its weight."""
    found = scored([counted(Verdict.MET), counted(Verdict.MISSED, Priority.SHOULD)])
    assert found.interval == Interval.exact(75)
    assert found.capped_by == ""


@given(DRILLS)
def test_never_p_while_anything_is_inconclusive(judged: list[Judged]) -> None:
    """What was not seen is not praised, however well the rest went."""
    unseen = counted(Verdict.INCONCLUSIVE, Priority.SHOULD)
    almost = scored([*[counted(Verdict.MET)] * 4, unseen])
    assert almost.interval.value > 90
    assert almost.rating == "S"
    assert scored([*judged, counted(Verdict.INCONCLUSIVE)]).rating != "P"


def test_an_inconclusive_criterion_counts_nothing_at_worst_and_all_at_best() -> None:
    """The value takes the worst."""
    found = scored([counted(Verdict.MET), counted(Verdict.INCONCLUSIVE)])
    assert (found.interval.low, found.interval.value, found.interval.high) == (50, 50, 100)


@given(DRILLS)
def test_what_is_not_assessed_does_not_score(judged: list[Judged]) -> None:
    """Adding it changes nothing."""
    more = [*judged, counted(Verdict.NOT_ASSESSED)]
    assert score(more, data_lost=False, rollback_failed=False) == score(
        judged, data_lost=False, rollback_failed=False
    )


@pytest.mark.parametrize("judged", [[], [counted(Verdict.NOT_ASSESSED)]])
def test_without_criteria_there_is_no_score(judged: list[Judged]) -> None:
    """Not 100, and not 0."""
    assert score(judged, data_lost=False, rollback_failed=False) is None


@given(DRILLS)
def test_the_rating_is_the_band_of_the_value(judged: list[Judged]) -> None:
    """After HSEEP: P from 80, S from 66, M from 50, U below."""
    found = score(judged, data_lost=False, rollback_failed=False)
    assume(found is not None)
    assert found is not None
    floor, _ = RATINGS[found.rating]
    assert found.interval.value >= floor


def test_the_formula_can_be_recomputed() -> None:
    """It names every term with its weight, the sum, the result and the cap."""
    found = scored([counted(Verdict.MET), counted(Verdict.MISSED)])
    assert found.formula == "(100.0×3 + 0.0×3) / 6 = 50.00, capped at 49"


def test_a_measured_time_has_points_with_bounds() -> None:
    """The slower end of its interval earns the lower bound."""
    criterion = Criterion("it", "time to detect", Comparator.AT_MOST, 10)
    points = Judged.of(criterion, Unit.SECONDS, Measured(Interval(2, 1, 4), "test")).points
    assert points is not None
    assert (points.low, points.value, points.high) == tuple(
        floor(time_points(seconds, 10)) for seconds in (4, 2, 1)
    )
    assert points.high == 90


@pytest.mark.parametrize(
    ("points", "shown"), [(99.96, 99.9), (90.0, 90.0), (16.1, 16.1), (0.29, 0.2), (8.2, 8.2)]
)
def test_points_are_never_rounded_up(points: float, shown: float) -> None:
    """To a tenth; what is a tenth already stays, whatever floats make of it."""
    assert floor(points) == shown
    assert floor(points - 1e-12) == shown


@pytest.mark.parametrize(
    ("lost", "altered", "failed", "because"),
    [
        (True, True, False, DATA_LOST),
        (False, True, False, DATA_ALTERED),
        (True, False, True, ROLLBACK_FAILED),
        (False, False, False, "missed: it, it"),
    ],
)
def test_what_capped_it_is_told(lost: bool, altered: bool, failed: bool, because: str) -> None:
    """The worst of it first."""
    found = score(
        [counted(Verdict.MISSED), counted(Verdict.MISSED), counted(Verdict.MET)],
        data_lost=lost,
        data_altered=altered,
        rollback_failed=failed,
    )
    assert found is not None
    assert found.capped_by == because


def test_a_formula_without_a_cap_has_none() -> None:
    """A must that is met weighs three times a should that is missed."""
    found = scored([counted(Verdict.MET), counted(Verdict.MISSED, Priority.SHOULD)])
    assert found.formula == "(100.0×3 + 0.0×1) / 4 = 75.00"


@pytest.mark.parametrize(
    ("met", "of", "rating"),
    [(4, 5, "P"), (79, 100, "S"), (66, 100, "S"), (1, 2, "M"), (49, 100, "U")],
)
def test_a_band_begins_at_its_own_limit(met: int, of: int, rating: str) -> None:
    """At 80, 66 and 50 themselves."""
    should = Priority.SHOULD
    judged = [counted(Verdict.MET, should)] * met + [counted(Verdict.MISSED, should)] * (of - met)
    assert scored(judged).rating == rating
