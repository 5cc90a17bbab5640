"""When messages are due by a severity's cadence, and what they say."""

from __future__ import annotations

import pytest

from drills.runbook.communication import Owed, dues
from drills.runbook.policy import Policy, Severity, Target
from drills.units import NS

PAGE = 1_000 * NS
HIGH = Severity(word="high", tell=("stakeholders",), every=3600)


@pytest.mark.parametrize(
    ("every", "until", "after"),
    [
        (None, 10_000, [0]),
        (60, 0, [0]),
        (60, 60, [0]),
        (60, 60.5, [0, 60]),
        (60, 200, [0, 60, 120, 180]),
        (0.5, 1.2, [0, 0.5, 1]),
    ],
)
def test_the_first_is_due_at_the_page_and_others_until_recovery(
    every: float | None, until: float, after: list[float]
) -> None:
    """Each so long after the one before was due; one that falls on the recovery is not."""
    until_ns = PAGE + round(until * NS)
    assert dues(PAGE, every, until_ns) == [PAGE + round(each * NS) for each in after]


def test_a_service_that_was_back_before_the_page_is_told_of_once() -> None:
    """Those who are to be told are told of what called, too."""
    assert dues(PAGE, 60, PAGE - 5 * NS) == [PAGE]


def test_a_message_cannot_be_taken_for_one_of_a_real_incident() -> None:
    """Title, first and last line say so; it says what, how bad, by what sign, and what follows."""
    owed = Owed(level="P2", severity=HIGH, incident="Replica down", drill="d1")
    message = owed.message(2, "alert ReplicaDown")
    assert message.title == "DRILL: Replica down (P2 high), message 2"
    first, told, last = message.body.splitlines()
    assert first.startswith("DRILL. This is an exercise and no real incident")
    assert "To stakeholders: Replica down, P2 high, by alert ReplicaDown." in told
    assert "another follows 1 h after" in told
    assert last == "DRILL d1, message 2."


def test_whoever_no_severity_tells_is_owed_nothing() -> None:
    """A sentence alone is for people; a cadence without names tells the team."""
    assert Severity(communication="sprint planning").told == ()
    assert Severity(every=60).told == ("the team",)
    assert Owed().to == ()


def test_a_target_gets_what_is_for_those_whom_it_reaches() -> None:
    """One that names nobody gets everything; without anybody to tell none gets anything."""
    policy = Policy(
        severities={"P2": HIGH, "P4": Severity()},
        notify={
            "all": Target(url="json://a"),
            "chat": Target(url="json://b", tell=("stakeholders", "board")),
            "board": Target(url="json://c", tell=("board",)),
        },
    )
    assert policy.targets("P2") == ("all", "chat")
    assert (policy.targets("P4"), policy.targets("")) == ((), ())
    assert "json" not in repr(policy)
