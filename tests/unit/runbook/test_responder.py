"""Whoever is on call: which procedure an alert chooses, and when it is carried out."""

from __future__ import annotations

import threading

import pytest

from drills.errors import EngineError
from drills.journal.facts import (
    FaultEffective,
    Note,
    ResponseAborted,
    ResponseEnded,
    ResponseStarted,
    Signal,
)
from drills.journal.observed import CONTAINER, PAGER
from drills.journal.timeline import Kind
from drills.judgement.detection import calls_in
from drills.runbook.action import Action
from drills.runbook.bench import Bench as Workplace
from drills.runbook.incident import Call, Incident
from drills.runbook.responder import RunbookResponder, settled
from drills.stack.runtime import Executed
from tests.doubles.bench import Bench
from tests.doubles.scripted import Service
from tests.doubles.working import SOON, action, restart

LOOK = action("people")


def incident(title: str, *procedure: Action, **announced: tuple[str, ...]) -> Incident:
    return Incident(title=title, procedure=procedure or (LOOK,), **announced)  # type: ignore[arg-type]


REPLICA = incident("Read replica down", alerts=("ReplicaDown",))


def on_call(bench: Bench, work: Workplace, *incidents: Incident) -> RunbookResponder:
    def calls() -> list[Call]:
        return calls_in(bench.journal.timeline(), bench.clock.monotonic_ns())

    return RunbookResponder(work, incidents, calls)


def fault(bench: Bench) -> None:
    at_ns = bench.clock.monotonic_ns()
    bench.journal.write(FaultEffective(injection="i1", low_ns=at_ns, high_ns=at_ns))


def alert(bench: Bench, name: str, state: str = "firing", detector: str = PAGER) -> None:
    bench.clock.advance(1)
    signal = Signal(name, detector=detector, name=name, state=state, error_ns=0, container_id="1")
    bench.journal.write(signal)


def begun(bench: Bench) -> list[str]:
    return [str(each.text) for each in bench.journal.timeline().all(ResponseStarted)]


def test_an_alert_is_answered_once(bench: Bench, service: Service, work: Workplace) -> None:
    """On its own thread, the moment it is written; a second page changes nothing."""
    ended = threading.Event()
    bench.journal.listen(lambda e: ended.set() if e.kind is Kind.RESPONSE_ENDED else None)
    responder = on_call(bench, work, REPLICA)
    responder.start()
    fault(bench)
    alert(bench, "ReplicaDown")
    assert ended.wait(SOON)
    alert(bench, "ReplicaDown")
    responder._ask()
    responder.stop(SOON)
    kinds = [kind for kind in bench.kinds() if kind.startswith("response")]
    assert kinds == [Kind.RESPONSE_STARTED, Kind.RESPONSE_STEP, Kind.RESPONSE_ENDED]
    assert bench.event(ResponseStarted).alert == "ReplicaDown"


@pytest.mark.parametrize(
    ("name", "state", "before"),
    [
        ("Other", "firing", False),
        ("ReplicaDown", "resolved", False),
        ("ReplicaDown", "firing", True),
    ],
    ids=["another alert", "resolved", "before the fault"],
)
def test_nothing_else_is_answered(
    bench: Bench, work: Workplace, name: str, state: str, *, before: bool
) -> None:
    """An alert of no incident, one that is over, or one from before the fault is none of its."""
    if before:
        alert(bench, name, state)
        bench.clock.advance(1)
    fault(bench)
    if not before:
        alert(bench, name, state)
    on_call(bench, work, REPLICA)._ask()
    assert begun(bench) == []


def test_the_alert_chooses_the_procedure(bench: Bench, work: Workplace) -> None:
    """Whatever the scenario is about: whoever is on call knows the alert, and not the fault."""
    fault(bench)
    alert(bench, "DatabaseDown")
    database = incident("Database down", alerts=("DatabaseDown",))
    on_call(bench, work, REPLICA, database)._ask()
    assert begun(bench) == ["DatabaseDown: runbook, Database down"]


def test_of_two_that_share_an_alert_the_first_is_meant(bench: Bench, work: Workplace) -> None:
    """The scenario's own is the first one."""
    fault(bench)
    alert(bench, "ReplicaDown")
    responder = on_call(bench, work, REPLICA, incident("Another", alerts=("ReplicaDown",)))
    responder._ask()
    responder._ask()
    assert begun(bench) == ["ReplicaDown: runbook, Read replica down"]


class TestToldApart:
    """Two incidents that share an alert, of which the first step of one tells which it is."""

    ASTRAY = incident(
        "Sent astray",
        action("run", service="app", command=("getent", "hosts", "app"), tells=True),
        alerts=("CustomersCutOff",),
    )
    LOST = incident("Not found", alerts=("CustomersCutOff",))

    def answers(self, bench: Bench, code: int) -> None:
        bench.runtime.answer("getent", with_=Executed(code, b"said so"))
        fault(bench)
        alert(bench, "CustomersCutOff")

    @pytest.mark.parametrize(
        ("code", "title", "said"),
        [
            (0, "Sent astray", "yes, it is"),
            (2, "Not found", "no, another (getent ended with 2, it said: said so)"),
        ],
    )
    def test_what_the_step_finds_decides(
        self, bench: Bench, work: Workplace, code: int, title: str, said: str
    ) -> None:
        """It is written down, and asked once."""
        self.answers(bench, code)
        responder = on_call(bench, work, self.ASTRAY, self.LOST)
        for _ in range(3):
            responder._ask()
        assert begun(bench) == [f"CustomersCutOff: runbook, {title}"]
        (note,) = bench.journal.timeline().all(Note)
        assert note.text == (f"CustomersCutOff: Sent astray, or another incident? To run: {said}")

    def test_one_that_cannot_tell_itself_is_meant_only_where_none_can(
        self, bench: Bench, work: Workplace
    ) -> None:
        """Whichever comes first in the manifest."""
        self.answers(bench, 0)
        on_call(bench, work, self.LOST, self.ASTRAY)._ask()
        assert begun(bench) == ["CustomersCutOff: runbook, Sent astray"]

    def test_where_none_is_meant_nobody_acts(self, bench: Bench, work: Workplace) -> None:
        """A procedure for another incident could make it worse."""
        self.answers(bench, 2)
        responder = on_call(bench, work, self.ASTRAY)
        responder._ask()
        responder._ask()
        assert begun(bench) == []
        assert len(bench.journal.timeline().all(Note)) == 1


@pytest.mark.parametrize(("over", "answered"), [(False, 2), (True, 1)])
def test_what_came_up_meanwhile_is_answered_afterwards_if_it_lasts(
    bench: Bench, work: Workplace, *, over: bool, answered: int
) -> None:
    """What a procedure itself stirred up, and is over, is nobody's incident."""
    fault(bench)
    alert(bench, "ReplicaDown")
    responder = on_call(bench, work, REPLICA, incident("App down", alerts=("InstanceDown",)))
    responder._ask()
    alert(bench, "InstanceDown")
    if over:
        alert(bench, "InstanceDown", "resolved")
    responder._ask()
    responder._ask()
    assert len(begun(bench)) == answered


def test_a_first_alert_that_is_over_is_answered_all_the_same(bench: Bench, work: Workplace) -> None:
    """It was paged."""
    fault(bench)
    alert(bench, "ReplicaDown")
    alert(bench, "ReplicaDown", "resolved")
    on_call(bench, work, REPLICA)._ask()
    assert len(begun(bench)) == 1


def test_a_service_that_is_unhealthy_calls_as_an_alert_does(bench: Bench, work: Workplace) -> None:
    """An alert of the service's name is not the same."""
    fault(bench)
    alert(bench, "app")
    responder = on_call(bench, work, incident("App sick", unhealthy=("app",)))
    responder._ask()
    assert begun(bench) == []
    alert(bench, "app", "unhealthy", CONTAINER)
    responder._ask()
    assert begun(bench) == ["app: runbook, App sick"]


@pytest.mark.parametrize("error", [EngineError("busy"), RuntimeError("a bug")])
def test_a_procedure_that_breaks_is_told(bench: Bench, work: Workplace, error: Exception) -> None:
    """Whatever broke it: a response that began without an end would be waited for."""
    bench.runtime.fail_next("restart", error)  # type: ignore[arg-type]
    fault(bench)
    alert(bench, "ReplicaDown")
    on_call(bench, work, incident("Read replica down", restart(), alerts=("ReplicaDown",)))._ask()
    assert str(error) in bench.event(ResponseAborted).text
    assert Kind.RESPONSE_ENDED not in bench.kinds()
    assert settled(bench.journal.timeline())


def test_a_second_procedure_under_way_is_waited_for(bench: Bench) -> None:
    """Each that began has to end."""
    journal = bench.journal
    assert settled(journal.timeline())
    for alert_name, ends in (("A", True), ("B", False)):
        journal.write(ResponseStarted(alert_name, alert=alert_name))
        assert not settled(journal.timeline())
        if ends:
            journal.write(ResponseEnded())
            assert settled(journal.timeline())
