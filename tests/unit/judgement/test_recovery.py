"""How long the service was away: never our own waiting, never before the fault did anything."""

from __future__ import annotations

import pytest

from drills.journal.sample import Outcome
from drills.journal.timeline import Kind
from drills.judgement.verdict import Measured
from drills.units import Interval
from tests.doubles.observed import Told, interval, lane, measure, sample, unmeasured

NAME = "time to recover"
AFTER = "time to recover after undo"


def source(name: str, told: Told, until: float = 40, **bad: list[tuple[float, float]]) -> str:
    samples = {journey: lane(journey, 0, until, spans) for journey, spans in bad.items()}
    found = measure(name, told.seen(until, samples))
    assert isinstance(found, Measured), found
    return found.source


def test_recovery_counts_from_the_fault_to_the_good_window() -> None:
    """Not to the undo, for which only the drill waited."""
    seen = Told().fault(10).undone(20).seen(40, {"reads": lane("reads", 0, 40, [(10, 11)])})
    found = interval(NAME, seen)
    assert (found.low, found.high) == pytest.approx((0.9, 1.01))


def test_a_quiet_spell_between_two_failures_of_one_fault_is_no_recovery() -> None:
    """However long it was, with or without a response."""
    told = Told().fault(10).tell(20, Kind.RESPONSE_STEP, acts=True)
    told.tell(21, Kind.RESPONSE_STEP, acts=False).tell(21, Kind.RESPONSE_ENDED)
    samples = {"reads": lane("reads", 0, 40, [(10, 11), (20, 22)])}
    for seen in (told.seen(40, samples), Told().fault(10).undone(30).seen(40, samples)):
        found = interval(NAME, seen)
        assert (found.low, found.high) == pytest.approx((11.9, 12.01))


def test_a_service_that_was_never_away_took_no_time_to_return() -> None:
    """The source says so; a single failure is enough to have suffered."""
    told = Told().fault(10).undone(20)
    seen = told.seen(40, {"reads": lane("reads", 0, 40)})
    assert interval(NAME, seen) == Interval.exact(0)
    assert "no journey suffered" in source(NAME, told, reads=[])
    assert interval(NAME, told.seen(40, {"reads": lane("reads", 0, 40, [(15, 15.05)])})).value > 4


def test_while_nobody_acted_a_service_that_did_not_suffer_yet_may_still_do_so() -> None:
    """A leak hurts late; a response that failed is no act."""
    told = Told().fault(10).tell(20, Kind.RESPONSE_STEP, acts=True).tell(21, Kind.RESPONSE_FAILED)
    found = unmeasured(NAME, told.seen(40, {"reads": lane("reads", 0, 40)}))
    assert (found.reason, found.at_least) == (
        "no journey has suffered yet, and nobody has acted",
        None,
    )


def test_what_came_back_only_with_the_undo_says_so() -> None:
    """Customers were without it for that long, and the time is the drill's own waiting."""
    told = Told().fault(10).undone(20)
    assert "1.96 s after the fault was undone" in source(NAME, told, reads=[(10, 22)])
    assert "undone" not in source(NAME, told, reads=[(10, 12)])


def test_a_relapse_after_the_undo_moves_the_recovery() -> None:
    """Two failures in a row; a single one long afterwards is a failure and no relapse."""
    told = Told().fault(10).undone(20)
    for relapse, expected in (((25, 26), 16), ((25, 25.05), 1)):
        seen = told.seen(40, {"reads": lane("reads", 0, 40, [(10, 11), relapse])})
        assert interval(NAME, seen).value == pytest.approx(expected, abs=0.1)


def test_a_failure_when_the_workload_has_ended_moves_nothing() -> None:
    """Nobody can tell any more whether all journeys are good."""
    told = Told().fault(10).undone(20)
    samples = {
        "orders": lane("orders", 0, 30, [(10, 11)]),
        "reads": lane("reads", 0, 40, [(35, 36)]),
    }
    assert interval(NAME, told.seen(40, samples)).value == pytest.approx(1, abs=0.1)


def test_recovery_needs_every_journey() -> None:
    """One that stays down is enough, unless another one is asked about."""
    told = Told().fault(10).undone(20)
    samples = {"reads": lane("reads", 0, 40), "orders": lane("orders", 0, 40, [(10, 99)])}
    assert unmeasured(NAME, told.seen(40, samples)).at_least == 30
    assert interval(NAME, told.seen(40, samples), "reads").value == 0


def test_slow_answers_are_suffering() -> None:
    """A service that answers late has not recovered."""
    slow = [sample("reads", 10.5, Outcome.SLOW), *lane("reads", 11, 40)]
    assert interval(NAME, Told().fault(10).undone(20).seen(40, {"reads": slow})).value > 0.5


# --- after the undo ------------------------------------------------------------------------


def test_recovery_after_the_undo_counts_from_the_undo() -> None:
    """From its call to its proof it took effect; what came before it is not in the time."""
    told = Told().fault(10).undone(20, took=0.5)
    found = interval(AFTER, told.seen(40, {"reads": lane("reads", 0, 40, [(10, 22)])}))
    assert (found.low, found.high) == pytest.approx((1.9, 2.51))


def test_a_service_that_was_back_before_the_undo_took_none() -> None:
    """Nor one that never suffered; the source tells them apart."""
    told = Told().fault(10).undone(20)
    back = interval(AFTER, told.seen(40, {"reads": lane("reads", 0, 40, [(10, 12)])}))
    assert back == Interval.exact(0)
    assert "no journey suffered" in source(AFTER, told, reads=[])
    assert "counted from the undo" in source(AFTER, told, reads=[(10, 12)])


def test_without_an_undo_nothing_came_after_it() -> None:
    """Nor while one of two faults is still in effect."""
    samples = {"reads": lane("reads", 0, 40, [(10, 12)])}
    assert unmeasured(AFTER, Told().fault(10).seen(40, samples)).at_least is None
    two = Told().fault(10).fault(12, injection="i2").undone(20)
    assert unmeasured(AFTER, two.seen(40, samples)).reason == "the fault was not undone"


def test_what_never_came_back_exceeds_the_time_since_the_undo() -> None:
    """And so is missed once its limit has passed."""
    told = Told().fault(10).undone(20)
    seen = told.seen(40, {"reads": lane("reads", 0, 40, [(10, 99)])})
    assert unmeasured(AFTER, seen).at_least == 20


# --- by whom --------------------------------------------------------------------------------


def test_a_recovery_that_only_the_end_of_the_fault_brought_says_so() -> None:
    """A request that hung until the drill took its fault back was due before that, and answered."""
    told = Told().fault(10).undone(20, took=0.02)
    hung = sample("reads", 19.8, took=0.3)
    samples = {"reads": [*lane("reads", 0, 19.7, [(10, 19.75)]), hung, *lane("reads", 19.9, 40)]}
    found = measure(NAME, told.seen(40, samples))
    assert isinstance(found, Measured)
    assert found.interval.value < 10
    assert found.source.endswith(
        "; the drill ended the fault itself after 9.98 s, and nobody responded"
    )


def test_what_came_back_before_that_or_by_a_response_does_not() -> None:
    """Nor what never suffered; reading logs brings nothing back."""
    alone = Told().fault(10).undone(20)
    assert "the drill ended" not in source(NAME, alone, reads=[(10, 12)])
    assert "the drill ended" not in source(NAME, alone, reads=[])
    for acts in (True, False):
        told = Told().fault(10).tell(15, Kind.RESPONSE_STARTED)
        told.tell(16, Kind.RESPONSE_STEP, acts=acts).tell(17, Kind.RESPONSE_ENDED).undone(20)
        said = source(NAME, told, reads=[(10, 21)])
        assert said.endswith("after 10 s, and no step of the response acted") == (not acts)
