"""Drills of customers who do more than ask for pages: a command, a connection, a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import SteadyStateNotReached
from drills.faults import Stop
from drills.faults.target import Target
from drills.journal.facts import DrillStarted, LaneStarted
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.judgement.criterion import Comparator, Criterion
from drills.lifecycle.drill import Drill
from drills.lifecycle.plan import Plan
from drills.stack.container import Container
from drills.stack.runtime import DRILL_LABEL, Executed
from tests.doubles.drilled import NOTHING_LOST, events, steady, wound_up
from tests.doubles.world import DSN, World

WORKER: dict[str, Any] = {
    "stack": {"name": "worker", "entry": {"service": "nginx", "port": 80}},
    "blast_radius": {"services": ["app"], "containers_at_once": 2},
    "journeys": {
        "jobs": {"command": ["put", "{id}"], "in": "app", "rate": 5},
        "broker": {
            "connect": {"service": "nginx", "port": 80},
            "send": "GET /health HTTP/1.0\r\n\r\n",
            "expect": {"contains": '"ok"'},
            "always": True,
        },
        "backlog": {"ask": "SELECT id FROM orders", "node": "primary", "always": True, "rate": 20},
    },
    "data": {
        "writes": "jobs",
        "final_read": "SELECT id FROM orders",
        "nodes": {"primary": {"service": "primary", "dsn": DSN, "role": "primary"}},
    },
}
SERVED = Criterion("the broker is there", "availability", Comparator.AT_LEAST, 0.9, "broker")
DONE = Criterion("jobs are taken", "availability", Comparator.AT_LEAST, 0.9, "jobs")


def worker(world: World, directory: Path, within: float = 20.0, **changes: Any) -> Drill:
    manifest = Manifest.of({**WORKER, **changes})
    plan = Plan("d1", manifest, "", "", None, DrillStarted(feature="f"))
    world.runtime.labels[DRILL_LABEL] = "d1"
    world.orders.append("seeded")
    redactor = Redactor(manifest.secrets())
    journal = Journal(directory, world.clock, redactor)
    settings = Settings(hold=0.3, requests=2, patience=10.0, steady_within=within)
    return Drill(plan, world.stack, journal, redactor, settings, world.clock)


def taking(world: World) -> None:
    """Commands that put a job keep it."""

    def put(_: Container, argv: tuple[str, ...]) -> Executed:
        world.orders.append(argv[1])
        return Executed(0, b"taken\n")

    world.runtime.answer("put", with_=put)


def test_a_worker_without_http_is_drilled(world: World, directory: Path) -> None:
    """Jobs fail while nobody takes them; broker and database do not, and no job is lost."""
    taking(world)
    drill = steady(worker(world, directory))
    drill.start_workload({"jobs": 5.0})
    with drill.inject(Stop(), Target("app"), lasting=1.0):
        drill.expect(SERVED)
        drill.expect(DONE)
        drill.expect(NOTHING_LOST)
        result = drill.conclude(None)
    verdicts = {each.name: each.verdict for each in result.criteria}
    assert (verdicts["the broker is there"], verdicts["nothing is lost"]) == ("met", "met")
    assert verdicts["jobs are taken"] != "met"
    jobs = result.availability["jobs"].outcomes
    assert jobs["refused"] > 2
    assert "refused" not in result.availability["broker"].outcomes
    assert result.data.acknowledged == len(world.orders) - 1
    told = {one.lane: one.words() for one in events(drill, LaneStarted)}
    assert told == {
        "broker": "broker: 10 connections a second",
        "backlog": "backlog: 20 questions a second",
        "jobs": "jobs: 5 commands a second",
    }
    wound_up(world, drill, result)


def test_a_job_that_was_acknowledged_and_is_gone_is_lost(world: World, directory: Path) -> None:
    """It ended with 0, and the database has never had it."""
    world.runtime.answer("put", with_=Executed(0, b""))
    drill = steady(worker(world, directory))
    drill.start_workload({"jobs": 5.0})
    with drill.inject(Stop(), Target("app", instance=1)):
        drill.expect(SERVED)
        result = drill.conclude(None)
    assert result.verdict == "missed"
    assert result.data.lost


def test_a_command_that_fails_keeps_the_fault_away(world: World, directory: Path) -> None:
    """With its exit code and what it said last."""
    world.runtime.answer("put", with_=Executed(2, b"usage: put ID\n"))
    drill = worker(world, directory, within=1.0)
    drill.start_workload({"jobs": 5.0})
    with pytest.raises(SteadyStateNotReached, match="jobs error exit code 2: usage: put ID"):
        steady(drill)
    drill.conclude(None)


def test_a_login_that_fails_keeps_the_fault_away(world: World, directory: Path) -> None:
    """With what was answered, and without the password."""
    world.service.on("/login", (403, {"error": "customer-password is wrong"}))
    login = {"path": "/login", "username": "u", "password": "customer-password"}
    drill = worker(world, directory, login=login)
    with pytest.raises(SteadyStateNotReached, match="answered 403: ") as caught:
        steady(drill)
    assert "customer-password" not in str(caught.value)
    drill.conclude(caught.value)


def test_no_file_of_a_drill_shows_by_what_customers_are_known(
    world: World, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cookie, a header of the environment, an answer that has one of them in it."""
    monkeypatch.setenv("SHOP_KEY", "k3y-of-the-shop")
    world.service.on("/inventory", {"items": [], "said": "k3y-of-the-shop"})
    journeys = {
        "home": {"path": "/inventory", "always": True, "expect": {"fields": {"said": "no"}}}
    }
    login = {"headers": {"X-Key": "{env:SHOP_KEY}"}}
    drill = worker(world, directory, 1.0, login=login, journeys=WORKER["journeys"] | journeys)
    taking(world)
    with pytest.raises(SteadyStateNotReached) as caught:
        steady(drill)
    drill.conclude(caught.value)
    # Who asks whether it is ready comes without, and may come last.
    assert {sent["X-Key"] for sent in world.service.headers if "X-Key" in sent} == {
        "k3y-of-the-shop"
    }
    shown = [
        file.name
        for file in directory.rglob("*")
        if file.is_file() and b"k3y-of-the-shop" in file.read_bytes()
    ]
    assert shown == []
