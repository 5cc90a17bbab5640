"""The score as a table that can be added up by hand."""

from __future__ import annotations

import pytest

from drills.reporting.html import render_html
from drills.reporting.score import add_up
from tests.unit.reporting import example
from tests.unit.reporting.markup import Page


def test_points_times_weights_add_up() -> None:
    """The weighted mean and its bounds follow from the rows; what does not score is left out."""
    total = add_up(example.missed().criteria)
    assert total is not None
    assert [share.criterion.name for share in total.shares] == [
        "detected",
        "reads failed over",
        "exports maintained",
        "no acknowledged order is lost",
        "redundancy restored",
    ]
    assert total.weight == 13
    assert total.weighted == pytest.approx(3 * (99.9 + 45.8 + 100 + 100))
    assert total.mean == pytest.approx(total.weighted / 13)
    assert total.low == pytest.approx(3 * (99.9 + 45.4 + 100 + 100) / 13)
    assert total.high == pytest.approx((3 * (99.9 + 46.2 + 100 + 100) + 100) / 13)


def test_a_criterion_without_bounds_is_exact() -> None:
    """Where a result gives points only, they are their own bounds."""
    total = add_up([example.criterion(points=40.0, points_low=None, points_high=None, weight=1)])
    assert total is not None
    assert (total.low, total.mean, total.high) == (40.0, 40.0, 40.0)


def test_nothing_to_score_is_no_sum() -> None:
    """Without a criterion that scores there is no mean of nothing."""
    assert add_up([]) is None
    assert add_up([example.criterion(points=None, points_low=None, points_high=None)]) is None


def test_the_report_shows_the_sum_the_formula_and_the_cap() -> None:
    """Rows, weighted mean, formula and cap stand in the report as they were computed."""
    text = Page(render_html(example.missed())).text
    assert "Weighted mean 79.78 79.68 to 87.56 13 1037.1" in text
    assert example.missed().score.formula in text
    assert "Cap missed: reads failed over." in text
