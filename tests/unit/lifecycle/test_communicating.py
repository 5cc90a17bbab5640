"""Messages are due as the policy has it, sent once each, and never in a drill's way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.clock import SystemClock
from drills.errors import JournalError
from drills.journal.facts import (
    DrillStarted,
    FaultEffective,
    MessageDue,
    MessageSent,
    MessageUnsent,
    Signal,
)
from drills.journal.journal import Journal
from drills.journal.observed import PAGER
from drills.journal.timeline import F
from drills.judgement.metric import Observations
from drills.lifecycle import communicating
from drills.lifecycle.communicating import Communicator, unsendable_at
from drills.runbook.communication import Owed
from drills.runbook.policy import Policy, Severity, Target
from drills.units import NS
from drills.wait import until
from tests.doubles.observed import lane, ns
from tests.doubles.scripted import Query, Service

STAKEHOLDERS = Severity(word="high", tell=("stakeholders",))


class Incident:
    """A drill's journal in which a replica stops, as far as it has come."""

    def __init__(self, directory: Path) -> None:
        self.clock = SystemClock()
        self.journal = Journal(directory, self.clock)
        self.journal.write(DrillStarted(id="d1", alerts=("ReplicaDown",)))
        self.communicators: list[Communicator] = []

    def page(self, ago: float = 0) -> int:
        """The fault takes effect and the pager is told, so many seconds ago. Returns when."""
        at_ns = self.clock.monotonic_ns() - round(ago * NS)
        fault = FaultEffective(injection="i", low_ns=at_ns - 2, high_ns=at_ns - 1)
        self.journal.write(fault, at_ns=at_ns - 1)
        signal = Signal("alert", detector=PAGER, name="ReplicaDown", state="firing", error_ns=0)
        self.journal.write(signal, at_ns=at_ns)
        return at_ns

    def telling(self, severity: Severity = STAKEHOLDERS, **targets: str) -> Communicator:
        owed = Owed(
            level="P2",
            severity=severity,
            incident="Replica down",
            drill="d1",
            targets={name: Target(url=url) for name, url in targets.items()},
        )
        communicator = Communicator(owed, self.journal, self.clock)
        self.communicators.append(communicator)
        communicator.start()
        return communicator

    def all(self, fact: type[F]) -> list[F]:
        return self.journal.timeline().all(fact)

    def comes(self, fact: type[F], number: int = 1) -> list[F]:
        until(lambda: len(self.all(fact)) >= number, awaited=fact.__name__, within=20)
        return self.all(fact)


@pytest.fixture
def incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Incident]:
    monkeypatch.setattr(communicating, "PAUSE", 0.001)
    made = Incident(tmp_path / "d1")
    yield made
    for each in made.communicators:
        each.stop(0)
    made.journal.close()


def url(service: Service, path: str) -> str:
    return f"json://127.0.0.1:{service.server_port}/{path}/"


def test_a_page_is_told_to_a_target_once(incident: Incident, service: Service) -> None:
    """Due when the page came; that it arrived is a fact with both instants."""
    service.on("/chat/", {})
    communicator = incident.telling(chat=url(service, "chat"))
    assert incident.all(MessageDue) == []
    page_ns = incident.page()
    (sent,) = incident.comes(MessageSent)
    communicator.stop(20)
    (due,) = incident.all(MessageDue)
    assert (due.at_ns, due.to, due.targets) == (page_ns, ("stakeholders",), ("chat",))
    assert (sent.due_ns, sent.number, sent.target, sent.attempts) == (page_ns, 1, "chat", 1)
    assert sent.at_ns >= page_ns
    (body,) = map(json.loads, service.bodies)
    assert body["title"].startswith("DRILL: Replica down (P2 high)")
    assert "by alert ReplicaDown" in body["message"]


def test_without_a_target_it_is_due_all_the_same(incident: Incident) -> None:
    """People see to it."""
    page_ns = incident.page()
    incident.telling().stop(0)
    (due,) = incident.all(MessageDue)
    assert (due.at_ns, due.targets) == (page_ns, ())
    assert due.text == "message 1 to stakeholders is due, by people: no target named"


def test_where_nobody_must_be_told_nothing_is_due(incident: Incident) -> None:
    """A severity may say so."""
    incident.page()
    communicator = incident.telling(Severity(communication="sprint planning"))
    communicator.stop(0)
    assert incident.all(MessageDue) == []


def test_others_follow_at_the_cadence_from_the_page(incident: Incident, service: Service) -> None:
    """Each when it was due, whenever that was seen to."""
    service.on("/chat/", {})
    page_ns = incident.page(ago=150)
    every = Severity(tell=("stakeholders",), every=60)
    communicator = incident.telling(every, chat=url(service, "chat"))
    incident.comes(MessageSent, 3)
    communicator.stop(20)
    after = [(each.number, each.at_ns - page_ns) for each in incident.all(MessageDue)]
    assert after == [(1, 0), (2, 60 * NS), (3, 120 * NS)]
    assert len(service.bodies) == 3


def test_none_follows_once_service_is_restored(incident: Incident) -> None:
    """As far as that is known; until then they go on."""
    incident.journal.write(
        FaultEffective(injection="i", low_ns=ns(10), high_ns=ns(10)), at_ns=ns(10)
    )
    signal = Signal("alert", detector=PAGER, name="ReplicaDown", state="firing", error_ns=0)
    incident.journal.write(signal, at_ns=ns(13))
    every = Severity(tell=("stakeholders",), every=20)
    owed = Owed(level="P2", severity=every, incident="It", drill="d1")
    now = [ns(14)]

    class Clock(SystemClock):
        def monotonic_ns(self) -> int:
            return now[0]

    communicator = Communicator(owed, incident.journal, Clock())
    communicator._look()
    reads = lane("reads", 0, 60, bad=[(11, 30)])
    for second in (40, 60):
        now[0] = ns(second)
        seen = Observations(incident.journal.timeline(), {"reads": reads}, 2.0, now[0])
        communicator.heed(seen)
        communicator._look()
    assert [each.at_ns for each in incident.all(MessageDue)] == [ns(13)]


def test_a_target_that_does_not_take_it_is_asked_again(
    incident: Incident, service: Service
) -> None:
    """A bounded number of times; what came of it is written once."""
    answers = iter([(503, "no"), (200, "yes")])
    service.on("/chat/", lambda _: next(answers))
    service.on("/down/", (503, "no"))
    incident.page()
    communicator = incident.telling(chat=url(service, "chat"), down=url(service, "down"))
    (sent,) = incident.comes(MessageSent)
    (unsent,) = incident.comes(MessageUnsent)
    communicator.stop(20)
    assert (sent.target, sent.attempts) == ("chat", 2)
    assert sent.text == "message 1 reached chat at attempt 2"
    assert (unsent.target, unsent.attempts) == ("down", communicating.ATTEMPTS)
    assert "503" in unsent.text


def test_a_target_that_hangs_holds_up_nobody(incident: Incident, service: Service) -> None:
    """Neither another target nor the drill's end; what is open then stands as such, for good."""
    let_go = threading.Event()

    def hang(_: Query) -> tuple[int, str]:
        let_go.wait(20)
        return 200, ""

    service.on("/hung/", hang)
    service.on("/chat/", {})
    try:
        incident.page()
        communicator = incident.telling(hung=url(service, "hung"), chat=url(service, "chat"))
        (sent,) = incident.comes(MessageSent)
        assert sent.target == "chat"
        until(lambda: "/hung/" in service.asked, awaited="it is asked", within=20)
        communicator.stop(0)
        (unsent,) = incident.all(MessageUnsent)
        assert unsent.target == "hung"
        assert unsent.reason == "the drill ended before the target had answered"
    finally:
        let_go.set()
    for line in communicator._lines.values():
        line._thread.join(20)
    assert len(incident.all(MessageSent)) == 1


def test_a_disk_that_takes_nothing_ends_no_thread(
    incident: Incident, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever else writes tells of it; what was due is due once it takes something again."""
    service.on("/chat/", {})
    incident.page()
    write, refused = incident.journal.write, threading.Event()

    def full(*_: object, **__: object) -> None:
        refused.set()
        raise JournalError("no space left on device")

    monkeypatch.setattr(incident.journal, "write", full)
    communicator = incident.telling(chat=url(service, "chat"))
    assert refused.wait(20)
    monkeypatch.setattr(incident.journal, "write", write)
    (due,) = incident.comes(MessageDue)
    assert due.number == 1
    incident.comes(MessageSent)
    monkeypatch.setattr(incident.journal, "write", full)
    communicator.stop(20)
    monkeypatch.setattr(incident.journal, "write", write)


def test_what_the_environment_lacks_ends_no_drill(incident: Incident) -> None:
    """Nothing was tried, and it says what is missing."""
    incident.page()
    incident.telling(chat="{env:NO_SUCH_VARIABLE}", none="nothing").stop(20)
    unsent = {each.target: each for each in incident.all(MessageUnsent)}
    assert unsent["chat"].reason == "expected NO_SUCH_VARIABLE in the environment, found nothing"
    assert unsent["none"].reason.startswith("expected an address that apprise knows")
    assert {each.attempts for each in unsent.values()} == {0}


def test_a_plan_says_where_nothing_could_be_sent(service: Service) -> None:
    """And sends nothing."""
    targets = {"chat": url(service, "chat"), "mail": "{env:NO_SUCH_VARIABLE}"}
    policy = Policy(
        severities={"P2": STAKEHOLDERS},
        notify={name: Target(url=address) for name, address in targets.items()},
    )
    (told,) = unsendable_at(policy, "P2")
    assert told == (
        "mail (runbook.notify.mail.url): expected NO_SUCH_VARIABLE in the environment, found "
        "nothing"
    )
    assert service.asked == []
