"""An engine that takes questions and never answers holds nobody up for longer than is bearable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drills.clock import SystemClock
from drills.errors import EngineError
from drills.faults.rollback import RollbackStack
from drills.faults.undo import Place, Undo
from drills.journal.facts import UndoFailed
from drills.journal.journal import Journal
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import ACT_SECONDS
from drills.stack.runtime import Container, Runtime
from tests.doubles.bench import intended
from tests.doubles.hung_engine import HungEngine, hung_engine

ONE = Container("id-1", "drill-app-1", "app")
SOON = ACT_SECONDS / 2  # whatever ends within it was not left to the ordinary time-out


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HungEngine]:
    """The engine that the docker command would talk to."""
    with hung_engine(tmp_path) as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.address)
        yield engine


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        (lambda runtime: runtime.state(ONE), "GET /containers/id-1/json"),
        (lambda runtime: runtime.start(ONE), "POST /containers/id-1/start"),
        (lambda runtime: runtime.execute(ONE, ["true"]), "POST /exec/run-1/start"),
    ],
)
def test_a_call_in_a_hurry_ends_in_time(
    engine: HungEngine, call: Callable[[Runtime], object], asked: str
) -> None:
    """Also the reading of a command's output, which the SDK by itself waits for without end."""
    engine.answers["/containers/id-1/exec"] = {"Id": "run-1"}
    runtime = DockerRuntime("p", SystemClock()).within(0.2)
    began = time.monotonic()
    with pytest.raises(EngineError, match="did not answer"):
        call(runtime)
    assert time.monotonic() - began < SOON
    assert engine.asked == [asked]


def test_not_even_the_first_question_takes_longer(engine: HungEngine) -> None:
    """Which version of the interface is spoken is asked before everything else."""
    engine.answers.clear()
    began = time.monotonic()
    with pytest.raises(EngineError, match=r"did not answer|no container engine answers"):
        DockerRuntime("p", SystemClock()).within(0.2).state(ONE)
    assert time.monotonic() - began < SOON


def test_nothing_is_asked_when_no_time_is_left(engine: HungEngine) -> None:
    """A hurried one of a hurried one has no more time than that."""
    runtime = DockerRuntime("p", SystemClock()).within(0).within(60)
    with pytest.raises(EngineError, match="start drill-app-1: not asked, for no time was left"):
        runtime.start(ONE)
    assert engine.asked == []


def test_an_undo_is_over_in_time_and_says_what_to_do_by_hand(
    engine: HungEngine, tmp_path: Path
) -> None:
    """With the real client: the time-out of its calls is what is left of the budget."""
    clock = SystemClock()
    journal = Journal(tmp_path / "drill", clock)
    rollbacks = RollbackStack(DockerRuntime("p", clock), journal, clock)
    rollbacks.arm(Undo("unpause", Place(ONE)), intended("d-1", "freeze: app"))
    began = time.monotonic()
    (undone,) = rollbacks.unwind(budget=0.2)
    assert time.monotonic() - began < SOON
    assert "did not answer" in undone.problem
    assert "By hand: docker unpause drill-app-1" in undone.problem
    assert journal.timeline().all(UndoFailed)
