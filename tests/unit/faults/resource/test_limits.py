"""Limits that are drawn tighter: read before, read back, and put back as they were."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import CpuQuota, FilesExhausted, ProcessesExhausted
from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.faults.undo import Undo
from drills.journal.facts import FaultEffective, FaultIntended
from drills.stack.abilities import Ability
from drills.stack.runtime import Container
from drills.testing import FakeRuntime
from tests.doubles.bench import Bench

APP = Target("app", 1)
ALL: list[Fault] = [CpuQuota(0.02), ProcessesExhausted(), FilesExhausted()]
READ: dict[str, Callable[[FakeRuntime, Container], float]] = {
    "CPU quota": lambda runtime, app: runtime.limits.processors(app),
    "process limit": lambda runtime, app: runtime.limits.processes(app),
    "file descriptor limit": lambda runtime, app: runtime.processes.files(app).soft,
}
TIGHT = {"CPU quota": 0.02, "process limit": 3, "file descriptor limit": 17}


@pytest.fixture
def app(bench: Bench) -> Container:
    """It has three processes, of which the main one has 17 files open."""
    app = bench.runtime.find("app")
    bench.runtime.use(app, pids=3)
    return app


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
@pytest.mark.parametrize("limited", [False, True], ids=["no limit", "a limit"])
def test_it_is_what_it_was_before(
    bench: Bench, app: Container, fault: Fault, *, limited: bool
) -> None:
    """Whether there was a limit or none; and the other instance is left alone."""
    if limited:
        bench.runtime.limits.limit_processors(app, 1.5)
        bench.runtime.limits.limit_processes(app, 100)
    read = READ[fault.kind]
    other = bench.runtime.find("app", 2)
    before, of_other = read(bench.runtime, app), read(bench.runtime, other)
    bench.injector().inject(fault, APP, "d")
    assert read(bench.runtime, app) == TIGHT[fault.kind]
    assert read(bench.runtime, other) == of_other
    effective = bench.event(FaultEffective)
    assert effective.low_ns <= effective.high_ns
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert read(bench.runtime, app) == before


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
@pytest.mark.parametrize("how", ["stop", "restart", "kill", "pause", "crash", "vanish"])
def test_it_is_put_back_whatever_became_of_the_container(
    bench: Bench, app: Container, fault: Fault, how: str
) -> None:
    """By another process too, that has the undo from the journal; and twice is once."""
    before = READ[fault.kind](bench.runtime, app)
    bench.injector().inject(fault, APP, "d")
    (intended,) = bench.on_disk(FaultIntended)
    getattr(bench.runtime, how)(app)
    for _ in range(2):
        bench.rollbacks.unwind(budget=5)
        bench.rollbacks.arm(Undo.from_data(intended.undo), intended)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    if how != "vanish":
        assert bench.runtime.state(app).status == "running"
        assert READ[fault.kind](bench.runtime, app) == before


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
def test_nobody_s_word_is_taken_for_it(bench: Bench, app: Container, fault: Fault) -> None:
    """A limit without effect is a failed injection; one that stays, a failed undo."""
    bench.runtime.limits.deaf = bench.runtime.processes.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that it"):
        bench.injector().inject(fault, APP, "d")
    bench.runtime.limits.deaf = bench.runtime.processes.deaf = False
    bench.rollbacks.unwind(budget=5)
    bench.injector().inject(fault, APP, "d")
    bench.runtime.limits.deaf = bench.runtime.processes.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "By hand: " in done.problem
    assert app.name in done.problem


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
def test_what_is_no_tighter_is_refused(bench: Bench, app: Container, fault: Fault) -> None:
    """Before anything is armed: it would prove nothing, or allow more."""
    bench.runtime.limits.limit_processors(app, 0.02)
    bench.runtime.limits.limit_processes(app, 3)
    bench.runtime.processes.soft = 17
    with pytest.raises(PlanError, match=r"expected that it (is allowed|may open) more than"):
        bench.injector().inject(fault, APP, "d")
    assert bench.on_disk(FaultIntended) == []


def test_a_spare_is_left(bench: Bench, app: Container) -> None:
    """So many more than there are."""
    bench.injector().inject(ProcessesExhausted(spare=2), APP, "d")
    bench.injector("app", "replica", at_once=2).inject(FilesExhausted(spare=4), APP, "d")
    assert bench.runtime.limits.processes(app) == 5
    assert bench.runtime.processes.files(app).soft == 21


def test_less_than_an_engine_takes_is_told_beforehand() -> None:
    """By the plan alone."""
    with pytest.raises(PlanError, match=r"expected at least 1% of a processor, got 0.50%"):
        CpuQuota(0.005).foresee("app", {})


def test_an_engine_that_counts_no_processes_is_told(bench: Bench, app: Container) -> None:
    """Nobody knows then how many there are."""
    bench.runtime.use(app, pids=0)
    with pytest.raises(PlanError, match="expected a number of processes, got none"):
        bench.injector().inject(ProcessesExhausted(), APP, "d")


def test_a_machine_that_shows_no_processes_is_told_by_name(bench: Bench, app: Container) -> None:
    """Found out beforehand."""
    bench.runtime.lacking[Ability.PROCESSES] = "its list is not understood"
    with pytest.raises(InjectionFailed, match="listed and signalled, but its list is not"):
        bench.injector().inject(FilesExhausted(), APP, "d")


def test_the_undo_s_line_puts_back_what_was_read(bench: Bench, app: Container) -> None:
    """Also where there was no limit, which the engine has a word of its own for."""
    bench.injector().inject(CpuQuota(), APP, "d")
    bench.runtime.limits.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert f"docker update --cpu-quota -1 {app.name}" in done.problem
