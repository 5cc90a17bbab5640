"""Answers that are far smaller than in steady state."""

from __future__ import annotations

import pytest

from drills.observers.prober.usual import ENOUGH, LATELY, TINY, UsualSize


def learned(share: float | None, *sizes: int) -> UsualSize:
    usual = UsualSize(share)
    assert [usual.flaw(size) for size in sizes] == [""] * len(sizes)
    usual.fix()
    return usual


def test_less_than_half_of_the_smallest_is_too_small() -> None:
    """In steady state anything was right; answers that grow are right for ever."""
    usual = learned(None, 5000, 4000, 6000)
    assert usual.flaw(2000) == ""
    assert usual.flaw(100_000) == ""
    assert usual.flaw(1999) == "1999 bytes, in steady state at least 4000"


def test_too_few_answers_say_nothing() -> None:
    """A drill whose fault comes at once must not judge by one answer."""
    usual = learned(None, *[5000] * (ENOUGH - 1))
    assert not usual.fix()
    assert usual.flaw(0) == ""
    assert UsualSize(None).fix() is False
    assert learned(0.9, 100).flaw(89) != ""


@pytest.mark.parametrize(
    ("share", "size", "right"),
    [(None, 0, True), (0.0, 0, True), (0.9, 90, True), (0.9, 89, False), (1.0, 99, False)],
)
def test_tiny_answers_are_held_to_a_share_only_where_the_journey_says_so(
    share: float | None, size: int, *, right: bool
) -> None:
    """A state's name is no export: half of it may be right."""
    assert (learned(share, *[100] * ENOUGH).flaw(size) == "") is right
    assert TINY > 100


def test_any_size_is_right_where_the_journey_says_so() -> None:
    """A list of what is still to be done may well be empty."""
    assert learned(0.0, *[5000] * ENOUGH).flaw(0) == ""


def test_what_was_odd_while_the_system_warmed_up_ages_out() -> None:
    """Else one empty answer at its start would excuse every one that follows."""
    usual = learned(None, 0, *[5000] * LATELY)
    assert usual.flaw(0) != ""
    assert learned(None, 0, *[5000] * ENOUGH).flaw(0) == ""


def test_steady_state_ends_once() -> None:
    """What was answered with a fault in effect is never taken for usual."""
    usual = learned(None, *[5000] * ENOUGH)
    usual.flaw(10)
    assert usual.fix()
    assert usual.flaw(10) != ""
