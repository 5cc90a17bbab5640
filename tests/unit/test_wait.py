"""Waiting for a state of the world, on a clock that only the test moves."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, PlanError, SteadyStateNotReached, WaitTimeout
from drills.testing import ManualClock
from drills.units import NS
from drills.wait import until


def test_the_first_truthy_answer_is_returned() -> None:
    """Zero, nothing and "" are no answers yet."""
    answers = iter([None, 0, "", "here"])
    assert until(lambda: next(answers), awaited="it", within=1, clock=ManualClock()) == "here"


def test_a_state_that_is_there_costs_no_time() -> None:
    """The question comes before the first wait."""
    clock = ManualClock()
    begin = clock.monotonic_ns()
    until(lambda: True, awaited="it", within=1, clock=clock)
    assert clock.monotonic_ns() == begin


def test_the_error_says_what_how_long_last_seen_and_a_hint() -> None:
    """Five parts: awaited, within, last seen, hint; the type is the caller's."""
    with pytest.raises(SteadyStateNotReached) as caught:
        until(
            lambda: False,
            awaited="the replica streams",
            within=90,
            last_seen=lambda: "catchup",
            hint="See its log.",
            clock=ManualClock(),
            error=SteadyStateNotReached,
        )
    text = "the replica streams: not within 90 s; last seen: catchup. See its log."
    assert str(caught.value) == text


def test_a_slow_question_is_asked_once_more_after_the_deadline() -> None:
    """Its own time does not cut it short."""
    clock, asked = ManualClock(), []

    def question() -> bool:
        asked.append(clock.monotonic_ns())
        clock.advance(3)
        return len(asked) == 2

    assert until(question, awaited="it", within=1, clock=clock)


def test_it_gives_up_within_one_interval_of_the_deadline() -> None:
    """Nothing waits on and on."""
    clock = ManualClock()
    begin = clock.monotonic_ns()
    with pytest.raises(WaitTimeout):
        until(lambda: None, awaited="it", within=1, interval=0.25, clock=clock)
    assert 1 * NS <= clock.monotonic_ns() - begin <= 1.25 * NS


def test_an_error_in_the_question_is_not_swallowed() -> None:
    """Only a timeout is the wait's own."""
    with pytest.raises(ZeroDivisionError):
        until(lambda: 1 / 0, awaited="it", within=1, clock=ManualClock())


def test_a_question_that_cannot_be_answered_yet_is_asked_again() -> None:
    """What was started a moment ago does not listen yet: that is no answer, and not the last."""
    asked: list[int] = []

    def question() -> bool:
        asked.append(1)
        if len(asked) < 3:
            raise EngineError("connection refused")
        return True

    assert until(question, awaited="it", within=1, clock=ManualClock(), retry=(EngineError,))
    assert len(asked) == 3


def test_what_it_raised_last_is_told_as_last_seen() -> None:
    """And nothing that was seen otherwise."""

    def question() -> bool:
        raise EngineError("connection refused")

    with pytest.raises(WaitTimeout, match="it: not within 1 s; last seen: connection refused"):
        until(question, awaited="it", within=1, clock=ManualClock(), retry=(EngineError,))


def test_every_other_error_ends_it_at_once() -> None:
    """Also where some are expected."""

    def question() -> bool:
        raise PlanError("nobody answers to that name")

    clock = ManualClock()
    begin = clock.monotonic_ns()
    with pytest.raises(PlanError, match="nobody answers"):
        until(question, awaited="it", within=1, clock=clock, retry=(EngineError,))
    assert clock.monotonic_ns() == begin
