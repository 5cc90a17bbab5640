"""What a drill under way has come to: never a verdict, never a score."""

from __future__ import annotations

import pytest

from drills.errors import JournalError
from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.metric import Observations
from drills.judgement.so_far import so_far
from tests.doubles.observed import Told, lane, ns

NOTICED = Criterion("noticed", "time to detect", Comparator.AT_MOST, 5)
LATE = Criterion("noticed at once", "time to detect", Comparator.AT_MOST, 1)
KEPT = Criterion("kept", "lost orders", Comparator.EXACTLY, 0)


def under_way(told: Told, until: float = 30) -> Observations:
    samples = {"reads": lane("reads", 0, until, [(10, 12)])}
    seen = told.seen(until, samples)
    return Observations(seen.timeline, samples, seen.hold, ns(until), under_way=True)


def declared(*criteria: Criterion) -> Told:
    told = Told().fault(10).alert(12)
    for one in criteria:
        told.tell(11, Kind.CRITERION, one.name, one.stated().data())
    return told


@pytest.mark.parametrize("criteria", [(), (NOTICED,), (LATE,), (NOTICED, LATE, KEPT)])
def test_it_has_no_verdict_and_no_score(criteria: tuple[Criterion, ...]) -> None:
    """Whatever was seen: more watching could change it, and the end is not known."""
    result = so_far(under_way(declared(*criteria)))
    assert (result.verdict, result.score.value, result.score.rating) == ("inconclusive", None, None)
    assert result.reason == "it is still running"
    assert result.failed_parts == {}


def test_its_criteria_are_those_of_the_live_view() -> None:
    """What is decided for good says so; what may still turn is open."""
    result = so_far(under_way(declared(NOTICED, LATE, KEPT)))
    found = {one.name: one.verdict for one in result.criteria}
    assert found == {"noticed": "met", "noticed at once": "missed", "kept": "inconclusive"}


def test_it_lasts_until_now() -> None:
    """And what it measured may still change, which is said where it does."""
    result = so_far(under_way(declared()))
    assert result.duration_s == 30
    reason = result.metrics["time to recover"].reason or ""
    assert reason.endswith("so far, which proves nothing: it is still running")


def test_what_is_over_is_not_judged_so() -> None:
    """Nobody takes half a judgement for the whole."""
    with pytest.raises(JournalError, match="expected a drill that is under way"):
        so_far(declared().seen(30))
