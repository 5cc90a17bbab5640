"""Whether procedures worked, as their steps in the journal tell."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Json, Kind
from drills.units import Interval
from tests.doubles.observed import Told, interval, measure, unmeasured

NAME = "procedure findings"


def step(told: Told, number: int, *, works: bool = True) -> None:
    """A step of a procedure."""
    reason = "" if works else "no"
    told.tell(
        *(12 + number, Kind.RESPONSE_STEP, "Look"),
        procedure="P",
        number=number,
        works=works,
        reason=reason,
    )


def test_every_step_that_did_not_work_is_a_finding() -> None:
    """Each is named with its reason."""
    told = Told().fault(10)
    step(told, 1)
    step(told, 2, works=False)
    told.tell(15, Kind.RESPONSE_ENDED)
    assert interval(NAME, told.seen()) == Interval.exact(1)
    assert "step 2 of P (Look) does not work: no" in str(measure(NAME, told.seen()))


def test_without_a_procedure_that_ended_nothing_is_known() -> None:
    """What was not carried out did not work either."""
    told = Told().fault(10)
    assert unmeasured(NAME, told.seen()).reason == "no procedure was carried out"
    step(told, 1)
    assert unmeasured(NAME, told.seen()).reason == "no procedure was carried out"
    told.tell(15, Kind.RESPONSE_FAILED)
    assert interval(NAME, told.seen()) == Interval.exact(0)
    for _ in range(2):
        told.tell(11, Kind.RESPONSE_STARTED, alert="ReplicaDown")
    assert unmeasured(NAME, told.seen()).reason == "a procedure did not come to its end"


RESPOND = "time to respond"


def test_a_response_is_timed_from_the_page() -> None:
    """To the first action after it: a procedure that begins, or somebody who says so meanwhile."""
    told = Told().fault(10).alert(13)
    told.tell(13.5, Kind.RESPONSE_STARTED, alert="ReplicaDown")
    assert interval(RESPOND, told.seen()).value == 0.5
    told = Told().fault(10).alert(13)
    told.tell(14, Kind.ATTESTED, subject="Incident commander", by="Ann")
    assert interval(RESPOND, told.seen()).value == 1


def test_who_follows_the_runbook_responds() -> None:
    """From when the first of its lines was begun, not ended; one on a healthy stack is none."""
    told = Told().fault(10).alert(13)
    line: dict[str, Json] = {"file": "r.md", "line": 1, "last_line": 1, "section": "S"}
    line |= {"command": "x", "outcome": "worked", "seconds": 0.75}
    told.tell(14, Kind.COMMAND_TRIED, "", line)
    told.tell(16, Kind.COMMAND_TRIED, "", line, disturbed=True)
    assert interval(RESPOND, told.seen()).value == pytest.approx(2.25)


def test_what_people_say_after_the_drill_was_watched_is_no_response() -> None:
    """When they did it nobody saw; and what was done before the page was none to it."""
    told = Told().fault(10)
    told.tell(11, Kind.RESPONSE_STARTED, alert="Other")
    told.alert(13)
    told.tell(70, Kind.ATTESTED, subject="Incident commander", by="Ann")
    found = unmeasured(RESPOND, told.seen(60))
    assert (found.reason, found.at_least) == ("nobody responded to the page", 47)


def test_without_a_page_nobody_is_called() -> None:
    """So nobody is late."""
    found = unmeasured(RESPOND, Told().fault(10).seen(60))
    assert found.reason.startswith("nobody was called: no alert ")
    assert found.at_least is None
