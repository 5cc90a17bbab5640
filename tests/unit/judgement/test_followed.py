"""What a journal tells of a runbook that was followed."""

from __future__ import annotations

from drills.journal.facts import StillOpen
from drills.journal.timeline import Json, Kind
from drills.judgement.conclusion import verdict_of
from drills.judgement.follow_ups import followed_up, left
from drills.judgement.followed import followed
from drills.judgement.record import build
from drills.judgement.verdict import Verdict
from drills.units import Interval
from tests.doubles.observed import Told, interval, measure, unmeasured

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


UNWORKABLE = "unworkable runbook lines"


def test_lines_that_do_not_work_are_counted_and_named() -> None:
    """One that was not followed says nothing."""
    assert unmeasured(UNWORKABLE, Told().fault(10).seen()).reason.startswith("the runbook was not")
    told = tried(tried(Told().fault(10)), line=9, outcome="failed", why="exit 1: no such service")
    assert interval(UNWORKABLE, told.seen()) == Interval.exact(1)
    assert (
        "2 lines that were followed; runbook.md:9: curl http://localhost/x: failed: exit 1: no such"
        in str(measure(UNWORKABLE, told.seen()))
    )


def test_a_line_that_does_not_work_is_left_to_be_mended_until_it_does() -> None:
    """It has one id, whichever line of the file it moves to; the record names it as a finding."""
    (before,) = left(tried(Told(), outcome="failed", why="exit 1").seen())
    assert before.what == "finding"
    assert before.text == "runbook.md:7: curl http://localhost/x: failed: exit 1"
    told = tried(Told(), outcome="failed")
    assert build(told.seen()).findings == ["runbook.md:7: curl http://localhost/x: failed"]
    for outcome, closed in (("failed", False), ("worked", True)):
        later = Told()
        later.tell(
            *(0, StillOpen.kind, before.text),
            id=before.id,
            what="finding",
            since="2026-01-01",
            drill="d0",
        )
        (found,) = followed_up(tried(later, line=30, outcome=outcome).seen())
        assert bool(found.closed) == closed


def test_a_line_that_failed_in_the_incident_alone_may_be_as_it_should() -> None:
    """A question to what is gone is not answered: nothing is to be mended, and nothing closed."""
    assert left(tried(Told(), outcome="failed", disturbed=True).seen()) == []
    (found,) = left(tried(Told(), outcome="dangerous", disturbed=True).seen())
    assert found.text.endswith(": dangerous")


def test_what_people_did_as_the_runbook_says_is_a_resolution_action() -> None:
    """With the line, and what became of it; on a healthy stack nothing was resolved."""
    told = tried(tried(Told()), line=9, disturbed=True)
    tried(told, line=10, disturbed=True, outcome="failed")
    assert build(told.seen()).resolution_actions == [
        "curl http://localhost/x [runbook.md:9]",
        "curl http://localhost/x [runbook.md:10] (failed)",
    ]
    assert build(told.seen()).workarounds == []  # that is the procedure's, which nobody carried out


def test_what_was_due_before_the_drill_began_is_overdue() -> None:
    """The date is that of the drill, so judging it later says the same."""
    told = Told()
    for due in ("2000-01-01", "2999-01-01", ""):
        told.tell(
            *(0, StillOpen.kind, f"due {due}"),
            id="a-3a9c21",
            what="action",
            since="1999-01-01",
            drill="d0",
            due=due,
        )
    assert [one.overdue for one in followed_up(told.seen())] == [True, False, False]
