"""A step that only people can do: asked for, waited for, and said to be done, or not."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from drills.errors import PlanError
from drills.journal.facts import (
    Attested,
    DrillEnded,
    DrillStarted,
    Note,
    PeopleAwaited,
    ResponseStep,
)
from drills.journal.journal import breaks
from drills.runbook.attestation import attest
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.runbook.responder import RunbookResponder
from tests.doubles.bench import Bench
from tests.doubles.working import TITLE, action

STEP = action("people")
NEXT = action("people")
COMMANDER = "Incident commander"


def carried_out(bench: Bench, work: Workplace, *steps: object) -> list[ResponseStep]:
    carry_out(work, TITLE, steps)  # type: ignore[arg-type]
    return list(bench.journal.timeline().all(ResponseStep))


def asked(bench: Bench) -> list[str]:
    return [each.id for each in bench.journal.timeline().all(PeopleAwaited)]


@pytest.fixture
def waiting(bench: Bench, work: Workplace) -> Workplace:
    """People are waited for; as time passes nobody says anything."""
    bench.journal.write(DrillStarted("d", id="d"))
    return replace(work, people=60.0, clock=bench.clock)


def says(bench: Bench, name: str, note: str = "") -> None:
    attest(bench.journal.directory, name, "Ann Lee", note)


def test_nobody_is_waited_for_unless_somebody_wants_that(bench: Bench, work: Workplace) -> None:
    """The step is not done, which its record says, and it is no finding on the runbook."""
    (step,) = carried_out(bench, work, STEP)
    assert (step.works, step.detail) == (True, {"done": False})
    assert asked(bench) == []


def test_it_works_once_somebody_says_that_they_did_it(bench: Bench, waiting: Workplace) -> None:
    """Whoever says so by the id that they were told, from another process; with their name."""
    bench.clock.after(7, lambda: says(bench, "step-1", "the vendor was called"))
    (step,) = carried_out(bench, waiting, STEP)
    assert step.works
    assert step.detail == {
        "done": True,
        "id": "step-1",
        "by": "Ann Lee",
        "note": "the vendor was called",
    }
    (awaited,) = bench.journal.timeline().all(PeopleAwaited)
    assert awaited.within == 60
    assert f"`drills attest step-1 --by NAME --drill {bench.journal.directory}`" in awaited.text
    assert breaks((bench.journal.directory / "journal.jsonl").read_bytes()) == []


def test_what_nobody_said_to_be_done_is_a_finding(bench: Bench, waiting: Workplace) -> None:
    """After its time; the next step is done all the same, and has an id of its own."""
    bench.clock.after(100, lambda: says(bench, "step-2"))
    first, second = carried_out(bench, waiting, STEP, NEXT)
    assert not first.works
    assert "step 1 of The app is slow (To people) does not work" in first.finding
    assert "somebody says that they did it (drills attest step-1): not within 60 s" in first.reason
    assert (second.works, second.detail["id"]) == (True, "step-2")
    assert asked(bench) == ["step-1", "step-2"]


def test_the_end_of_the_drill_waits_for_nobody(bench: Bench, waiting: Workplace) -> None:
    """It is not done, and says so."""
    responder = RunbookResponder(waiting, [], list)
    responder.stop(0)
    (step,) = carried_out(bench, responder._bench, STEP)
    assert not step.works
    assert step.reason == "the drill ended before anybody said that they did it"


def test_only_what_is_waited_for_can_be_said_to_be_done(bench: Bench, waiting: Workplace) -> None:
    """No step before it is asked for, nor twice, nor after the drill; with those there are."""
    with pytest.raises(PlanError, match=r"expected one of .*, got 'step-1'"):
        says(bench, "step-1")
    bench.clock.after(1, lambda: says(bench, "step-1"))
    carried_out(bench, waiting, STEP)
    with pytest.raises(PlanError, match="got 'step-1'"):
        says(bench, "step-1")
    carried_out(bench, waiting, NEXT)
    with pytest.raises(PlanError, match=r"expected one of step-2, .*, got 'step-3'"):
        says(bench, "step-3")
    bench.journal.write(DrillEnded("d", status="completed"))
    with pytest.raises(PlanError, match="got 'step-2'"):
        says(bench, "step-2")


def test_a_drill_goes_on_to_write_after_what_was_said(bench: Bench, waiting: Workplace) -> None:
    """In one chain of lines, whoever wrote each of them."""
    bench.clock.after(1, lambda: says(bench, "step-1"))
    carried_out(bench, waiting, STEP)
    lines = (bench.journal.directory / "journal.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert breaks("".join(f"{line}\n" for line in lines).encode()) == []
    assert kinds[-3:] == ["people.awaited", "attested", "response.step"]


def test_who_attests_while_the_drill_writes_waits_for_it(bench: Bench, waiting: Workplace) -> None:
    """So that the chain of lines is whole, also where both began at the same line."""
    directory, begun = bench.journal.directory, list[threading.Thread]()

    def attested(text: str) -> str:
        if not begun:
            begun.append(threading.Thread(target=attest, args=(directory, COMMANDER, "Ann Lee")))
            begun[0].start()
            begun[0].join(0.5)  # it would have come to its end, if it had not to wait
        return text

    bench.journal.redact = attested
    bench.journal.write(Note("at the same time"))
    begun[0].join()
    bench.journal.write(Note("afterwards"))
    assert breaks((directory / "journal.jsonl").read_bytes()) == []
    assert [each.by for each in bench.journal.heard().all(Attested)] == ["Ann Lee"]
