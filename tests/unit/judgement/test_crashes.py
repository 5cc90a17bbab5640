"""What counts as a crash, and that nothing comes before a detection that never came."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.verdict import Verdict, judge
from drills.units import Interval
from tests.doubles.observed import Told, interval, measure, unmeasured

NAME = "crashes before detection"
NONE = Criterion("it is detected first", NAME, Comparator.EXACTLY, 0)


def dead(told: Told, at: float, code: str = "1", container: str = "c") -> Told:
    return told.tell(
        at, Kind.ENGINE, "c-1: die", action="die", exit_code=code, container_id=container
    )


def told_of(told: Told, at: float, action: str, container: str = "c", **data: str) -> Told:
    return told.tell(at, Kind.ENGINE, "", data, action=action, container_id=container)


def crashed(told: Told) -> int:
    """How many crashes before the alert at 15."""
    return round(interval(NAME, told.alert(15).seen()).value)


def test_crashes_count_between_fault_and_alert() -> None:
    """Not the fault's own, nor those before it, nor what comes after the alert."""
    told = dead(dead(dead(Told(), 1).fault(10), 10), 11)
    assert interval(NAME, dead(told.alert(12), 13).seen()) == Interval.exact(1)


def test_nothing_comes_before_a_detection_that_never_came() -> None:
    """Open while nothing crashed; never met, however long nothing does."""
    found = unmeasured(NAME, Told().fault(10).seen(60))
    assert (found.reason, found.at_least) == ("no alert ReplicaDown reached the pager", None)
    assert judge(NONE, found) is Verdict.INCONCLUSIVE


def test_a_crash_without_a_detection_misses_what_allows_none() -> None:
    """Whatever is detected later comes after it."""
    found = unmeasured(NAME, dead(Told().fault(10), 11).seen(60))
    assert found.reason.endswith("reached the pager; 1 crashed so far: c-1: die")
    assert judge(NONE, found) is Verdict.MISSED


@pytest.mark.parametrize("changes", [{"alerts": []}, {}])
def test_an_alert_that_cannot_count_is_no_detection(changes: dict[str, list[str]]) -> None:
    """None is expected, or it was firing already before the fault."""
    told = Told(**changes).alert(5).fault(10).alert(15)
    assert judge(NONE, measure(NAME, told.seen())) is Verdict.INCONCLUSIVE


def test_what_follows_the_undo_is_not_counted() -> None:
    """What we end ourselves is no crash, alert or not."""
    assert unmeasured(NAME, dead(Told().fault(10).undone(20), 21).seen()).at_least is None


@pytest.mark.parametrize(("code", "number"), [("0", 0), ("1", 1), ("137", 1), ("143", 1), ("", 1)])
def test_only_what_died_crashed(code: str, number: int) -> None:
    """A job that ends with 0 has done its work; an unknown code is no such proof."""
    assert crashed(dead(Told().fault(10), 11, code)) == number


@pytest.mark.parametrize(("signal", "number"), [("15", 0), ("9", 0), ("2", 0), ("1", 1), ("10", 1)])
def test_what_the_engine_was_asked_to_end_did_not_crash(signal: str, number: int) -> None:
    """By a person, the runbook or the drill; a signal that ends nothing excuses nothing."""
    told = told_of(Told().fault(10), 11, "kill", signal=signal)
    assert crashed(dead(told, 11.1, "143")) == number


def test_a_stop_by_another_signal_is_known_by_its_end() -> None:
    """An image may be stopped with any signal; the engine tells afterwards that it was a stop."""
    told = told_of(Told().fault(10), 11, "kill", signal="28")
    told = told_of(dead(told, 11.1, "1"), 11.2, "stop")
    assert crashed(told) == 0


def test_a_start_forgets_what_was_asked_before() -> None:
    """A service that was restarted by the runbook and then dies has crashed; a loop does often."""
    told = told_of(Told().fault(10), 10.5, "kill", signal="15")
    told = told_of(dead(told, 10.6, "0"), 10.7, "start")
    for at in (11.0, 12.0, 13.0):
        told = told_of(dead(told, at), at + 0.5, "start")
    assert crashed(told_of(told, 13.6, "restart")) == 3


def test_another_container_s_stop_excuses_nobody() -> None:
    """Each has its own life."""
    told = told_of(Told().fault(10), 11, "kill", container="other", signal="15")
    assert crashed(dead(told, 11.1)) == 1


def test_one_death_for_want_of_memory_is_one_crash() -> None:
    """The kernel's kill and the death that follows from it."""
    told = told_of(Told().fault(10, command="exec-1"), 11, "oom")
    told = told_of(told, 11, "exec_die", command="exec-1", exit_code="137")
    assert crashed(dead(told, 11.1, "137")) == 1


def test_a_leaking_command_that_was_killed_is_a_crash() -> None:
    """One that ended by itself is none, nor are other commands, health checks for one."""
    told = Told().fault(10, command="exec-1")
    for command, code in (("exec-1", "137"), ("exec-1", "1"), ("exec-2", "137")):
        told = told_of(told, 11, "exec_die", command=command, exit_code=code)
    assert crashed(told) == 1


def test_the_second_fault_s_own_death_is_no_crash() -> None:
    """It is what the drill does."""
    told = dead(Told().fault(10), 10).fault(12, injection="i2")
    assert crashed(dead(told, 12)) == 0
