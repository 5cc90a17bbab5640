"""Three verdicts: when in doubt, inconclusive, never met."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.verdict import Measured, Unassessed, Unmeasured, Verdict, judge, worst
from drills.units import Interval

LIMITS = st.integers(0, 10)
VERDICTS = st.lists(st.sampled_from(Verdict))
COMPARATORS = st.sampled_from(Comparator)


def criterion(comparator: Comparator, limit: float) -> Criterion:
    return Criterion("it", "metric", comparator, limit)


def holds(comparator: Comparator, value: float, limit: float) -> bool:
    return {
        Comparator.AT_MOST: value <= limit,
        Comparator.AT_LEAST: value >= limit,
        Comparator.EXACTLY: value == limit,
    }[comparator]


@given(COMPARATORS, LIMITS, st.tuples(LIMITS, LIMITS, LIMITS).map(sorted))
def test_met_and_missed_need_the_whole_interval(
    comparator: Comparator, limit: int, bounds: list[int]
) -> None:
    """Every value in it holds: met. None does: missed. A limit inside it: inconclusive."""
    low, value, high = bounds
    verdict = judge(criterion(comparator, limit), Measured(Interval(value, low, high), "test"))
    inside = [holds(comparator, low + step / 2, limit) for step in range(2 * (high - low) + 1)]
    if all(inside):
        assert verdict is Verdict.MET
    elif any(inside):
        assert verdict is Verdict.INCONCLUSIVE
    else:
        assert verdict is Verdict.MISSED


@given(COMPARATORS, LIMITS, st.none() | LIMITS | st.just(float("inf")))
def test_no_data_is_never_met(comparator: Comparator, limit: int, floor: float | None) -> None:
    """It is missed where what was seen already exceeds an upper limit, else inconclusive."""
    verdict = judge(criterion(comparator, limit), Unmeasured("nothing", floor))
    beyond = floor is not None and floor > limit and comparator is not Comparator.AT_LEAST
    assert verdict is (Verdict.MISSED if beyond else Verdict.INCONCLUSIVE)


@given(COMPARATORS, LIMITS)
def test_what_only_people_know_is_not_assessed(comparator: Comparator, limit: int) -> None:
    """Whatever the criterion."""
    verdict = judge(criterion(comparator, limit), Unassessed("nobody was there"))
    assert verdict is Verdict.NOT_ASSESSED


@given(VERDICTS, st.randoms())
def test_order_never_matters(verdicts: list[Verdict], random: st.DataObject) -> None:
    """The drill's verdict is a property of the set of its criteria."""
    shuffled = sorted(verdicts, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert worst(shuffled) is worst(verdicts) is worst(set(verdicts))


@given(VERDICTS)
def test_the_worst_wins(verdicts: list[Verdict]) -> None:
    """One miss is a miss; else one doubt is a doubt; else met, if anything was assessed."""
    expected = Verdict.INCONCLUSIVE
    for candidate in (Verdict.MET, Verdict.INCONCLUSIVE, Verdict.MISSED):
        expected = candidate if candidate in verdicts else expected
    assert worst(verdicts) is expected


@given(VERDICTS)
def test_what_is_not_assessed_never_gates(verdicts: list[Verdict]) -> None:
    """Adding it changes nothing; alone it is no success either."""
    assert worst([*verdicts, Verdict.NOT_ASSESSED]) is worst(verdicts)
    assert worst([Verdict.NOT_ASSESSED]) is Verdict.INCONCLUSIVE


def test_what_exceeds_just_the_limit_is_not_known_to_be_beyond_it() -> None:
    """It may be the limit itself, and so still be met."""
    at_most = criterion(Comparator.AT_MOST, 5)
    assert judge(at_most, Unmeasured("nothing", 5)) is Verdict.INCONCLUSIVE
    assert judge(at_most, Unmeasured("nothing", 5.001)) is Verdict.MISSED
