"""Student's t distribution."""

from __future__ import annotations

import pytest

from drills.history.student import above, quantile

# As SciPy 1.17 has them: scipy.stats.t.sf and .ppf.
TAILS = (
    *((1.0, 1, 0.25), (2.0, 1, 0.1475836176504333), (2.5, 2, 0.0648058601107554)),
    *((1.2, 3, 0.1581310573490525), (2.015, 5, 0.0500030861631640), (3.0, 7, 0.0099710630659963)),
    *((1.812, 10, 0.0500376310329236), (1.697, 30, 0.0500249246030807)),
    (5.0, 33, 9.223485841256264e-06),
)


@pytest.mark.parametrize(("t", "freedom", "tail"), TAILS)
def test_the_tail_is_what_others_compute(t: float, freedom: int, tail: float) -> None:
    """Of an odd and an even number of degrees of freedom; below nought it is the rest."""
    assert above(t, freedom) == pytest.approx(tail, rel=1e-9)
    assert above(-t, freedom) == pytest.approx(1 - tail)


def test_half_of_it_lies_above_nought() -> None:
    """Whatever the degrees of freedom."""
    assert [above(0, freedom) for freedom in (1, 2, 9)] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("freedom", "value"), [(1, 12.7062047362), (5, 2.5705818356), (30, 2.0422724563)]
)
def test_the_quantile_is_where_the_tail_is_that(freedom: int, value: float) -> None:
    """As SciPy has it."""
    assert quantile(0.975, freedom) == pytest.approx(value, rel=1e-7)


def test_what_is_far_out_is_never_less_than_impossible() -> None:
    """Rounding makes no negative probability."""
    assert 0 <= above(1e9, 4) < 1e-12
