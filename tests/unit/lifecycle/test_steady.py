"""When a lane counts as steady: good for the hold window, up to its newest answer."""

from __future__ import annotations

import pytest

from drills.journal.sample import Outcome, Sample
from drills.lifecycle.steady import unsteady
from drills.units import NS

HOLD = 2.0


def lane(
    *,
    rate: float = 10,
    seconds: float = 10,
    took: float = 0.01,
    failed: tuple[int, ...] = (),
) -> list[Sample]:
    """Requests due at a steady rate from 0 s on, each answered after ``took`` seconds."""
    samples = []
    for seq in range(int(seconds * rate) + 1):
        due = int(seq / rate * NS)
        outcome = Outcome.ERROR if seq in failed else Outcome.OK
        status, detail = (503, "no database") if seq in failed else (200, "")
        end = due + int(took * NS)
        samples.append(Sample("x", seq, due, due, end, outcome, status, detail=detail))
    return samples


def flaw(samples: list[Sample], *, now: float, since: float = 0) -> str:
    return unsteady(samples, since_ns=int(since * NS), now_ns=int(now * NS), hold=HOLD)


def test_a_lane_that_was_good_for_the_window_is_steady() -> None:
    """Whatever it did before."""
    assert flaw(lane(failed=(79,)), now=10.05) == ""


def test_one_failure_in_the_window_is_told_with_its_age() -> None:
    """With what was answered."""
    assert flaw(lane(failed=(90,)), now=10.05) == "error 503 no database in 10 ms, 1.05 s ago"


def test_what_was_due_before_the_lane_had_to_be_held_does_not_count() -> None:
    """Neither what was good nor what was not."""
    assert flaw(lane(failed=(90,)), now=10.05, since=9.5) == "good for 500 ms only"
    assert flaw(lane(), now=12, since=11) == "not answered yet"
    assert flaw([], now=1) == "not answered yet"


@pytest.mark.parametrize("took", [0.01, 0.9, 5.0])
def test_slow_answers_are_steady_where_they_are_as_slow_as_ever(took: float) -> None:
    """An export that takes seconds was never answered in the last half second."""
    assert flaw(lane(took=took), now=10.05 + took) == ""


@pytest.mark.parametrize("rate", [0.35, 0.05])
def test_a_journey_that_is_made_rarely_can_be_steady(rate: float) -> None:
    """No matter how its requests fall into the window: at every moment after its first two."""
    samples = lane(rate=rate, seconds=60)
    nows = [each.ended_ns / NS + later / rate for each in samples[-3:-1] for later in (0, 0.5, 0.9)]
    for now in nows:
        answered = [each for each in samples if each.ended_ns <= now * NS]
        assert flaw(answered, now=now) == ""


def test_answers_that_stay_away_are_told_before_they_time_out() -> None:
    """What hangs is not steady, though nothing of it has failed yet."""
    assert flaw(lane(), now=10.5) == ""
    assert flaw(lane(), now=11) == "no answer to what was due since 1 s ago"
