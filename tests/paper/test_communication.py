"""A whole drill that tells people: what arrives, what is written, and what it is judged by."""

from __future__ import annotations

import json
from typing import Any

import pytest

from drills.faults import Stop
from drills.journal.facts import MessageDue, MessageSent, MessageUnsent, Signal
from drills.journal.observed import PAGER
from drills.judgement.criterion import Comparator, Criterion
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
    (due,), (sent,) = events(drill, MessageDue), events(drill, MessageSent)
    (page,) = drill.journal.timeline().all(Signal, detector=PAGER)
    assert page.at_ns == due.at_ns == sent.due_ns <= sent.at_ns
    (row,) = result.criteria
    assert row.verdict == "met"
    assert row.value == pytest.approx((sent.at_ns - page.at_ns) / 1e9, abs=1e-6)
    assert service.asked.count(hook) == 1
    (body,) = [body for body in map(json.loads, filter(None, service.bodies)) if "title" in body]
    assert body["title"] == "DRILL: Read replica down (P2 high), message 1"
    folder = drill.journal.directory
    assert "reached hook" in (folder / "incident.md").read_text("utf-8")
    assert "message 1 reached hook" in (folder / "report.html").read_text("utf-8")
    assert not [path for path in folder.rglob("*.*") if SECRET.encode() in path.read_bytes()]


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
