"""Two drills side by side: a difference within the errors of both is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drills.history.comparison import Change, Pair, compare
from drills.history.row import Figure
from tests.doubles.finished import row


def timed(value: float | None, error: float = 0.0) -> Figure:
    low, high = (None, None) if value is None else (value - error, value + error)
    name = "time to detect"
    return Figure(kind="metric", name=name, unit="seconds", value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("first", "second", "change"),
    [
        (timed(5.0), timed(3.0), Change.BETTER),
        (timed(3.0), timed(5.0), Change.WORSE),
        (timed(3.0), timed(3.0), Change.SAME),
        (timed(3.0, 1.5), timed(5.0, 1.5), Change.UNTOLD),
        (timed(3.0, 0.9), timed(5.0, 0.9), Change.WORSE),
        (timed(3.0), timed(None), Change.UNTOLD),
        (timed(3.0), None, Change.UNTOLD),
    ],
)
def test_a_change_is_told_as_far_as_it_can_be(
    first: Figure | None, second: Figure | None, change: Change
) -> None:
    """Less is better of a time; where the intervals overlap nobody can tell."""
    assert Pair(first=first, second=second).change is change


def test_the_limit_says_which_direction_is_better() -> None:
    """Of an availability more is; of a count that is to be met exactly neither."""
    one = Figure(kind="criterion", name="x", metric="availability", unit="ratio", value=0.9)
    other = replace(one, value=0.95)
    pair = Pair(
        first=replace(one, comparator="at least"), second=replace(other, comparator="at least")
    )
    assert pair.change is Change.BETTER
    assert pair.difference == pytest.approx(0.05)


def test_figures_of_another_unit_have_no_difference() -> None:
    """A metric that changed its unit is another one."""
    pair = Pair(first=timed(1.0), second=replace(timed(2.0), unit="count"))
    assert (pair.difference, pair.change) == (None, Change.UNTOLD)


def test_every_criterion_and_metric_of_both_is_there() -> None:
    """Criteria first; what only one of them has is null in the other."""
    before, after = row(1), row(0)
    after = replace(after, figures=tuple(f for f in after.figures if f.metric != "time to detect"))
    pairs = compare(before, after)
    kinds = [pair.figure.kind for pair in pairs]
    assert kinds == sorted(kinds, key=lambda kind: kind != "criterion")
    (lost,) = (pair for pair in pairs if pair.figure.metric == "time to detect")
    assert lost.second is None
    told = lost.data()
    assert told["second"] is None
    assert told["first"] == {
        "value": lost.figure.value,
        "low": lost.figure.low,
        "high": lost.figure.high,
        "comparator": "at most",
        "limit": 300.0,
        "verdict": "met",
    }
    assert told["change"] == "cannot tell"
