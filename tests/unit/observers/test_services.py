"""What is well of services by the engine's word, and what of it is no good news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.journal.sample import Outcome, Sample
from drills.journal.samples import read_samples
from drills.observers.services import ServicesWatch
from drills.stack.runtime import Container
from drills.testing import FakeRuntime, ManualClock


class Looked:
    """A watch that looks when it is told to."""

    def __init__(self, folder: Path, services: Mapping[str, int]) -> None:
        self.clock = ManualClock()
        self.runtime = FakeRuntime(self.clock, services)
        self.folder = folder
        self.watch = ServicesWatch(self.runtime, services, folder / "states.jsonl", self.clock)

    def look(self) -> Sample:
        self.clock.advance(0.25)
        self.watch._look()
        return read_samples(self.folder)["states"][-1]

    def health(self, one: Container, said: str) -> None:
        container = self.runtime._one(one)
        container.state = replace(container.state, health=said)


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    return Looked(tmp_path, {"web": 2, "worker": 1})


def test_what_runs_and_is_healthy_is_well(looked: Looked) -> None:
    """Who has no health check need not be healthy; who is starting is not yet."""
    assert looked.look().outcome is Outcome.OK
    web = looked.runtime.find("web", 2)
    for said in ("starting", "unhealthy"):
        looked.health(web, said)
        seen = looked.look()
        assert (seen.outcome, seen.route) == (Outcome.ERROR, "web")
        assert seen.detail == f"fake-web-2 is {said}"
    looked.health(web, "healthy")
    assert looked.look().outcome is Outcome.OK


def test_what_died_or_is_frozen_is_not_well(looked: Looked) -> None:
    """Each is named, with its service; what is well beside it is not."""
    worker, web = looked.runtime.find("worker"), looked.runtime.find("web")
    looked.look()
    looked.runtime.die(worker, 3)
    looked.runtime.pause(web)
    seen = looked.look()
    assert seen.route.split(" ") == ["web", "worker"]
    assert seen.detail == "fake-web-1 is frozen, fake-worker-1 is exited (3)"


def test_what_came_back_between_two_looks_was_away(looked: Looked) -> None:
    """And since some time after the look before: a restart policy is faster than we look."""
    worker = looked.runtime.find("worker")
    before = looked.look()
    looked.runtime.kill(worker)
    looked.runtime.start(worker)
    seen = looked.look()
    assert (seen.route, seen.detail) == ("worker", "fake-worker-1 was started again")
    assert seen.sent_ns == before.intended_ns < seen.intended_ns
    assert looked.look().outcome is Outcome.OK


def test_a_job_may_end_well_before_the_fault(looked: Looked) -> None:
    """It is taken for one by then; what runs when the fault comes has to go on running."""
    worker, web = looked.runtime.find("worker"), looked.runtime.find("web")
    looked.look()
    looked.runtime.die(worker, 0)
    assert looked.look().outcome is Outcome.OK
    assert looked.watch.end_steady_state() == {"fake-worker-1"}
    assert looked.look().outcome is Outcome.OK
    looked.runtime.die(web, 0)
    assert looked.look().detail == "fake-web-1 is exited (0)"


@pytest.mark.parametrize("policy", ["always", "unless-stopped"])
def test_what_would_be_started_again_is_no_job(looked: Looked, policy: str) -> None:
    """A worker that ends with 0 again and again is not well."""
    worker = looked.runtime.find("worker")
    looked.runtime.limits.restart_by(worker, policy)
    looked.runtime.starts(worker, lambda: 0)  # whenever it is started it is over at once
    looked.look()
    looked.runtime.die(worker, 0)
    assert {looked.look().route for _ in range(4)} == {"worker"}


def test_a_job_that_failed_is_not_well(looked: Looked) -> None:
    """Also before any fault: steady state is not reached then."""
    looked.runtime.die(looked.runtime.find("worker"), 1)
    assert looked.look().detail == "fake-worker-1 is exited (1)"


def test_who_is_not_there_is_missed(looked: Looked) -> None:
    """By the number that compose says, and by name where one was there before."""
    looked.look()
    looked.watch.end_steady_state()
    looked.runtime.vanish(looked.runtime.find("web", 2))
    assert looked.look().detail == "web has 1 of 2 containers"


def test_who_vanished_is_missed_where_nobody_knows_how_many_there_are(tmp_path: Path) -> None:
    """A stack that a conftest brings says nothing of its services."""
    looked = Looked(tmp_path, {"web": 2})
    looked.watch = ServicesWatch(looked.runtime, {}, tmp_path / "others.jsonl", looked.clock)
    looked.watch._look()
    looked.watch.end_steady_state()
    looked.runtime.vanish(looked.runtime.find("web", 2))
    looked.watch._look()
    assert read_samples(tmp_path)["others"][-1].detail == "fake-web-2 is gone"


def test_an_engine_that_cannot_be_asked_is_no_good_news(
    looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look failed, so nothing is known of anybody; the next one tells more."""

    def silent(_: str = "") -> list[Container]:
        raise EngineError("no answer")

    monkeypatch.setattr(looked.runtime, "containers", silent)
    assert looked.look().outcome is Outcome.DROPPED
    monkeypatch.undo()
    assert looked.look().outcome is Outcome.OK
