"""What moved between earlier and later values, and how likely that is chance."""

from __future__ import annotations

import pytest

from drills.history.shift import discoveries, shift, since

STEADY = (9.0, 10.0, 11.0, 10.0, 9.5, 10.5)


def test_a_time_that_doubled_is_told_as_a_share_with_its_interval() -> None:
    """The middle of times is that of their logarithms."""
    found = shift(STEADY, [20.0], "seconds")
    assert found.effect is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.effect < found.high
    assert found.effect == pytest.approx(1.005, abs=0.01)
    assert found.before == pytest.approx(9.98, abs=0.01)
    assert found.after == pytest.approx(20)
    assert found.more < 0.001
    assert found.less == pytest.approx(1 - found.more)
    assert found.worth
    assert not found.alike


def test_it_is_students_test_of_logarithms() -> None:
    """As SciPy has it: ttest_ind of the logarithms, one-sided."""
    found = shift([8.0, 12.0, 10.0, 9.0], [11.0, 13.0, 12.0], "seconds")
    assert found.more == pytest.approx(0.05243910754913633, rel=1e-6)


def test_no_history_is_taken_to_be_steadier_than_the_floor() -> None:
    """Five equal values do not make a sixth that differs by a hair a change."""
    hair = shift([10.0] * 5, [10.2], "seconds")
    assert hair.more > 0.1
    assert not hair.worth
    assert shift([10.0] * 5, [13.0], "seconds").more < 0.01


def test_steady_times_are_alike_and_scattered_ones_are_not_known_to_be() -> None:
    """The whole interval has to count as the same."""
    assert shift([10.0, 10.1] * 5, [10.0], "seconds").alike
    assert not shift([4.0, 22.0, 10.0, 15.0, 7.0], [10.0], "seconds").alike


def test_counts_scatter_at_least_as_chance_has_it() -> None:
    """One lost write after five drills without is no proof; eight are."""
    assert shift([0.0] * 5, [1.0], "count").more > 0.05
    found = shift([0.0] * 5, [8.0], "count")
    assert found.more < 0.01
    assert found.effect == pytest.approx(8)


def test_a_ratio_is_told_in_its_own_unit() -> None:
    """Half of all requests failing is a difference of a half."""
    found = shift([1.0] * 6, [0.5], "ratio")
    assert found.effect == pytest.approx(-0.5)
    assert found.less < 0.001


class TestOfTimesWithNoughts:
    def test_it_is_asked_how_often_there_was_anything(self) -> None:
        """Fisher's exact test: one of 21 is as likely as one in 21."""
        found = shift([0.0] * 20, [1.2], "seconds")
        assert found.more == pytest.approx(1 / 21)
        assert found.less == 1
        assert found.effect is None
        assert found.worth

    def test_again_and_again_it_is_no_chance(self) -> None:
        """Three of three after twenty without."""
        assert shift([0.0] * 20, [1.2, 0.8, 1.0], "seconds").more == pytest.approx(1 / 1771)

    def test_what_is_gone_went_to_the_other_side(self) -> None:
        """Two of two are nought after twenty that were not."""
        assert shift([1.0] * 20, [0.0, 0.0], "seconds").less == pytest.approx(1 / 231)

    def test_nothing_and_nothing_is_alike(self) -> None:
        """And not worth a word."""
        found = shift([0.0] * 8, [0.0], "seconds")
        assert found.alike
        assert not found.worth
        assert (found.more, found.less) == (1, 1)


class TestDiscoveries:
    def test_one_test_has_the_rate(self) -> None:
        """No correction for what was not asked."""
        assert discoveries([0.04], 0.05) == [True]
        assert discoveries([0.06], 0.05) == [False]

    def test_many_share_it(self) -> None:
        """One of four needs a quarter of it; four of four need no more than the rate."""
        assert discoveries([0.02, 0.5, 0.6, 0.7], 0.05) == [False] * 4
        assert discoveries([0.012, 0.5, 0.6, 0.7], 0.05) == [True, False, False, False]
        assert discoveries([0.05, 0.04, 0.03, 0.049], 0.05) == [True] * 4

    def test_no_test_tells_nothing(self) -> None:
        """Of nothing."""
        assert discoveries([], 0.05) == []


class TestSince:
    def test_a_step_is_found_where_it_is(self) -> None:
        """The index is that of the first value after it."""
        assert since([*STEADY, *STEADY, *(20 + x for x in STEADY)], "seconds", 5, 0.01) == 12

    def test_without_one_there_is_none(self) -> None:
        """Nor where too little lies on a side."""
        assert since([*STEADY, *STEADY], "seconds", 5, 0.01) is None
        assert since([*STEADY, 30.0, 31.0], "seconds", 5, 0.01) is None
        assert since(STEADY, "seconds", 5, 0.01) is None
