"""A whole drill that tells people: what arrives, what is written, and what it is judged by."""

from __future__ import annotations

import json
from typing import Any

import pytest

from drills.faults import Stop
from drills.journal.facts import MessageDue, MessageSent, MessageUnsent, Signal
from drills.journal.observed import PAGER
from drills.judgement.criterion import Comparator, Criterion
from drills.reporting.verify import verify
from tests.doubles.drilled import REPLICA, events, steady, wound_up
from tests.doubles.scripted import Service
from tests.doubles.world import World

TOLD = Criterion("the team is notified", "time to notify", Comparator.AT_MOST, 20)
SECRET = "token-of-the-hook"


@pytest.fixture
def hook(world: World, service: Service, monkeypatch: pytest.MonkeyPatch) -> str:
    """A target on the loopback, whose address the environment has."""
    monkeypatch.setenv("HOOK", f"json://127.0.0.1:{service.server_port}/{SECRET}/")
    world.policy = {"notify": {"hook": {"url": "{env:HOOK}"}}}
    return f"/{SECRET}/"


def test_the_team_is_notified_of_a_drill(
    world: World, service: Service, drills: Any, hook: str
) -> None:
    """Once, and measured from the page to the arrival; the address stands nowhere."""
    service.on(hook, {})
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        drill.expect(TOLD)
    result = drill.conclude(None)
    wound_up(world, drill, result)
    due, sent = events(drill, MessageDue)[0], events(drill, MessageSent)[0]
    (page,) = drill.journal.timeline().all(Signal, detector=PAGER)
    assert page.at_ns == due.at_ns == sent.due_ns <= sent.at_ns
    (row,) = result.criteria
    assert row.verdict == "met"
    assert row.value == pytest.approx((sent.at_ns - page.at_ns) / 1e9, abs=1e-6)
    assert said(service) == [
        "DRILL: Read replica down (P2 high), message 1",
        "DRILL over: Read replica down (P2 high): met",
    ]
    folder = drill.journal.directory
    assert "reached hook" in (folder / "incident.md").read_text("utf-8")
    assert "message 1 reached hook" in (folder / "report.html").read_text("utf-8")
    assert not [path for path in folder.rglob("*.*") if SECRET.encode() in path.read_bytes()]


def said(service: Service) -> list[str]:
    """The titles of all that arrived."""
    bodies = [json.loads(body) for body in service.bodies if body]
    return [body["title"] for body in bodies if "title" in body]


def test_whoever_was_told_is_told_that_it_is_over(
    world: World, service: Service, drills: Any, hook: str
) -> None:
    """Once, with what came of it; the journal has it, and the record."""
    service.on(hook, {})
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        drill.expect(TOLD)
    wound_up(world, drill, drill.conclude(KeyboardInterrupt()))
    assert said(service)[-1] == "DRILL over: Read replica down (P2 high): inconclusive"
    first, last = events(drill, MessageDue)
    assert (first.over, last.over, last.number) == (False, True, 2)
    record = (drill.journal.directory / "incident.md").read_text("utf-8")
    assert "2. that the drill is over to stakeholders" in record
    assert verify(drill.journal.directory) == []


def test_a_drill_that_told_nobody_sends_no_last_word(
    world: World, service: Service, drills: Any, hook: str
) -> None:
    """Nothing was due: nobody waits for an end."""
    service.on(hook, {})
    world.alerting = False
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        pass
    wound_up(world, drill, drill.conclude(None))
    assert said(service) == []


def test_messages_may_be_switched_off(
    world: World, service: Service, drills: Any, hook: str
) -> None:
    """Nothing leaves, what was due is told; how soon it arrived is not known."""
    service.on(hook, {})
    drill = steady(drills(notify=False))
    with drill.inject(Stop(), REPLICA):
        drill.expect(TOLD)
    result = drill.conclude(None)
    wound_up(world, drill, result)
    assert said(service) == []
    (unsent,) = events(drill, MessageUnsent)
    assert unsent.attempts == 0
    (row,) = result.criteria
    assert row.verdict == "inconclusive"
    assert "sending is switched off (--drill-notify off, or DRILL_NOTIFY)" in row.reason


def test_a_service_of_the_stack_may_be_told(world: World, service: Service, drills: Any) -> None:
    """Also where messages are switched off: nobody outside hears of it. It is gone at the end."""
    service.on("/messages", {})
    world.policy = {
        "notify": {"chat": {"at": {"service": "pager", "port": 8080, "path": "/messages"}}}
    }
    drill = steady(drills(notify=False))
    with drill.inject(Stop(), REPLICA):
        drill.expect(TOLD)
    result = drill.conclude(None)
    wound_up(world, drill, result)
    assert said(service) == ["DRILL: Read replica down (P2 high), message 1"]
    assert [row.verdict for row in result.criteria] == ["met"]


def test_a_target_that_takes_nothing_misses_the_criterion_and_nothing_else(
    world: World, service: Service, drills: Any, hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drill goes on to its end; it says what the target answered."""
    monkeypatch.setattr("drills.lifecycle.communicating.PAUSE", 0.001)
    service.on(hook, (503, "no"))
    drill = steady(drills(patience=2.0))
    with drill.inject(Stop(), REPLICA):
        drill.expect(Criterion("the team is notified", "time to notify", Comparator.AT_MOST, 0.5))
    result = drill.conclude(None)
    wound_up(world, drill, result)
    (unsent,) = events(drill, MessageUnsent)
    assert "error=503" in unsent.reason
    (row,) = result.criteria
    assert row.verdict == "missed"
    assert "did not reach hook" in row.reason
