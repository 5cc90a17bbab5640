"""What a journal tells of a runbook that was followed."""

from __future__ import annotations

from drills.journal.timeline import Json, Kind
from drills.judgement.conclusion import verdict_of
from drills.judgement.followed import followed
from drills.judgement.verdict import Verdict
from tests.doubles.observed import Told

LINE: dict[str, Json] = {
    "file": "runbook.md",
    "line": 7,
    "last_line": 7,
    "section": "Database",
    "command": "curl http://localhost/x",
    "outcome": "worked",
    "exit_code": 0,
}


def tried(told: Told, **changes: Json) -> Told:
    return told.tell(1, Kind.COMMAND_TRIED, "", {**LINE, **changes})


def test_a_line_that_was_tried_twice_is_one() -> None:
    """On a healthy stack and in the incident, where it cannot fail."""
    told = tried(tried(Told()), outcome="cannot fail", why="answered 502", disturbed=True)
    (line,) = followed(told.seen())
    assert (line.healthy, line.in_incident, line.outcome) == (
        "worked",
        "cannot fail",
        "cannot fail",
    )
    assert line.why == "answered 502"


def test_lines_are_in_the_order_of_the_file() -> None:
    """Whatever the order in which they were carried out."""
    told = tried(tried(Told(), line=20), line=3)
    assert [line.line for line in followed(told.seen())] == [3, 20]


def test_an_outcome_that_nobody_knows_is_a_failure() -> None:
    """A journal may hold anything; nothing is green by mistake."""
    (line,) = followed(tried(Told(), outcome="splendid").seen())
    assert line.outcome == "failed"


def test_a_drill_that_only_follows_the_runbook_is_not_assessed() -> None:
    """It has no criterion; without the runbook that is inconclusive."""
    assert verdict_of(tried(Told()).tell(2, Kind.DRILL_ENDED, status="completed").seen(), [])[
        0
    ] is (Verdict.NOT_ASSESSED)
    ended = Told().tell(2, Kind.DRILL_ENDED, status="completed").seen()
    assert verdict_of(ended, [])[0] is Verdict.INCONCLUSIVE
