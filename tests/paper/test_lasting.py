"""A dry run says for how long each fault lasts, and where that could prove nothing."""

from __future__ import annotations

import pytest

from drills.faults import Stop
from drills.faults.target import Target
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.briefing import brief
from tests.paper.test_dry_run import DETECTED, planned, problems, waits


def test_a_fault_lasts_as_its_sentence_says_or_long_enough() -> None:
    """In the plan, with the time that it adds."""
    drill = planned()
    with drill.inject(Stop(), Target("replica"), lasting=30):
        drill.expect(DETECTED)
        drill.roll_back()
    with drill.inject(Stop(), Target("replica")):
        drill.roll_back()
    assert problems(drill) == []
    assert [seconds for awaited, seconds in waits(drill) if awaited == "the fault lasts"] == [30, 2]
    text = brief(drill.outline)
    assert "   lasts 30 s\n" in text
    assert "lasts until something was decided about it, and at least 2 s" in brief(drill.outline)


@pytest.mark.parametrize(
    ("lasting", "rate", "problem"),
    [
        (1, 20, "a fault for 1 s: expected at least the hold window of 2 s"),
        (3, 2, "that takes 10.5 s at the scenario's rates, and it lasts 3 s"),
        (None, 0.1, "that takes 3 min 30 s at the scenario's rates, and it lasts 60 s"),
    ],
)
def test_a_fault_that_could_prove_nothing(lasting: float | None, rate: float, problem: str) -> None:
    """Shorter than the hold window, or with too few requests of a judged journey."""
    drill = planned()
    drill.start_workload({"orders": rate})
    with drill.inject(Stop(), Target("replica"), lasting):
        drill.expect(Criterion("x", "availability", Comparator.AT_LEAST, 1, "orders"))
        (found,) = problems(drill)
    assert problem in found
