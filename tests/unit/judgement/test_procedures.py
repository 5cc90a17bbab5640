"""Whether procedures worked, as their steps in the journal tell."""

from __future__ import annotations

from drills.journal.timeline import Kind
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
