"""The faults of a whole container: what each does, and how it is undone."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import ExitWithCode, Freeze, Hang, Kill, MemoryLeak, Restart, Stop, SuddenDeath
from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.faults.undo import Place
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended
from drills.stack.abilities import Ability
from drills.units import NS
from tests.doubles.bench import Bench, intended

ALL: list[Fault] = [
    Stop(),
    SuddenDeath(),
    ExitWithCode(3),
    Kill(),
    Freeze(),
    Hang(),
    Restart(),
    MemoryLeak(),
]


class TestLifecycle:
    @pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
    def test_what_it_does_its_undo_takes_back(self, bench: Bench, fault: Fault) -> None:
        """After the rollback the container is as it was, and nothing of the fault is left."""
        app = bench.runtime.find("app")
        bench.injector().inject(fault, Target("app", 1), "d")
        (done,) = bench.rollbacks.unwind(budget=5)
        assert done.problem == ""
        state = bench.runtime.state(app)
        assert state.running
        assert not state.paused

    @pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.kind)
    def test_its_undo_is_one_that_can_be_carried_out(self, bench: Bench, fault: Fault) -> None:
        """On the very container, and only with text, so that it survives in a journal."""
        undo = fault.undo(Place(bench.runtime.find("app")), "d-1")
        bench.rollbacks.arm(undo, intended("d-1"))
        assert undo.container == bench.runtime.find("app")

    def test_a_stop_is_orderly_and_a_kill_is_not(self, bench: Bench) -> None:
        """The first leaves exit code 0, the second 137."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        Stop(grace=1).apply(bench.runtime, Place(app), "d-1")
        Kill().apply(bench.runtime, Place(replica), "d-2")
        assert bench.runtime.state(app).exit_code == 0
        assert bench.runtime.state(replica).exit_code == 137

    def test_what_restarts_a_dead_service_does_so_after_a_sudden_death_only(
        self, bench: Bench
    ) -> None:
        """A kill by the engine is a stop by hand to it, so that nothing is to be seen of a policy.

        The undo leaves one that came back by itself alone.
        """
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        for container in (app, replica):
            bench.runtime.restarts(container, after=1)
        injector = bench.injector(at_once=2)
        injector.inject(SuddenDeath(), Target("app", 1), "d")
        injector.inject(Kill(), Target("replica"), "d")
        bench.clock.advance(1)
        began = bench.runtime.state(app)
        assert (began.running, began.restarts) == (True, 1)
        assert not bench.runtime.state(replica).running
        assert [one.problem for one in bench.rollbacks.unwind(budget=5)] == ["", ""]
        assert bench.runtime.state(app) == began

    def test_an_orderly_end_gives_the_grace_that_the_service_declares(self, bench: Bench) -> None:
        """Sixty seconds of compose's are sixty, and a drill's own word outdoes them."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        for container in (app, replica):
            bench.runtime.deaf(container)
            bench.runtime.declare_grace(container, 60)
        for fault, container, grace in ((Stop(), app, 60), (Stop(grace=2), replica, 2)):
            began = bench.clock.monotonic_ns()
            fault.apply(bench.runtime, Place(container), "d-1")
            taken = (bench.clock.monotonic_ns() - began) / NS
            assert grace <= taken <= grace + bench.runtime.latency

    def test_a_freeze_pauses_and_a_restart_comes_back(self, bench: Bench) -> None:
        """A frozen one still runs; a restarted one runs again by itself."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        Freeze().apply(bench.runtime, Place(app), "d-1")
        Restart().apply(bench.runtime, Place(replica), "d-2")
        assert bench.runtime.state(app).paused
        assert bench.runtime.state(replica).running


class TestExitWithCode:
    def test_a_policy_sees_the_code_and_the_engine_did_nothing(self, bench: Bench) -> None:
        """Its effect is the end that the engine tells of, within what it took to bring it about."""
        app = bench.runtime.find("app")
        bench.runtime.restarts(app, after=1)
        bench.injector().inject(ExitWithCode(78), Target("app", 1), "d")
        assert bench.runtime.state(app).exit_code == 78
        called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
        assert called.at_ns <= effective.low_ns <= effective.at_ns <= effective.high_ns
        assert "a call on paper" in called.text
        bench.clock.advance(1)
        began = bench.runtime.state(app)
        assert (began.running, began.restarts) == (True, 1)
        (done,) = bench.rollbacks.unwind(budget=5)
        assert done.problem == ""
        assert bench.runtime.state(app) == began

    @pytest.mark.parametrize("how", ["", "start", "stop", "kill"])
    def test_it_runs_again_whatever_became_of_it(self, bench: Bench, how: str) -> None:
        """Somebody started it, and stopped it, meanwhile; and its undo is the same twice."""
        app = bench.runtime.find("app")
        bench.injector().inject(ExitWithCode(), Target("app", 1), "d")
        (intended,) = bench.on_disk(FaultIntended)
        if how:
            bench.runtime.start(app)
            getattr(bench.runtime, how)(app)
        for _ in range(2):
            (done,) = bench.rollbacks.unwind(budget=5)
            assert done.problem == ""
            assert bench.runtime.state(app).running
            bench.rollbacks.arm(done.undo, intended)

    def test_a_code_that_no_kernel_tells_is_refused(self, bench: Bench) -> None:
        """As soon as the feature is read, and before anything is done."""
        with pytest.raises(PlanError, match="expected one from 0 to 255, got 256"):
            ExitWithCode(256).foresee("app", {})
        with pytest.raises(PlanError, match="got 256"):
            bench.injector().inject(ExitWithCode(256), Target("app", 1), "d")
        assert bench.on_disk(FaultIntended) == []

    def test_where_none_can_be_traced_nothing_is_injected(self, bench: Bench) -> None:
        """The reason is the machine's own."""
        bench.runtime.lacking[Ability.EXITS] = "Operation not permitted"
        with pytest.raises(InjectionFailed, match=r"exit code of choice, but Operation not perm"):
            bench.injector().inject(ExitWithCode(), Target("app", 1), "d")
        assert bench.on_disk(FaultIntended) == []


class TestHang:
    def test_the_container_runs_and_its_main_process_does_not(self, bench: Bench) -> None:
        """Nor does it end when it is asked to: a stop takes the whole grace, and is a kill."""
        app = bench.runtime.find("app")
        bench.runtime.declare_grace(app, 7)
        bench.injector().inject(Hang(), Target("app", 1), "d")
        assert bench.runtime.processes.suspended(app)
        assert bench.runtime.state(app).status == "running"
        called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
        assert called.at_ns <= effective.low_ns <= effective.high_ns
        began = bench.clock.monotonic_ns()
        bench.runtime.stop(app)
        assert (bench.clock.monotonic_ns() - began) / NS >= 7
        assert bench.runtime.state(app).exit_code == 137

    @pytest.mark.parametrize("how", ["", "stop", "restart", "kill", "pause", "crash"])
    def test_it_goes_on_whatever_became_of_it(self, bench: Bench, how: str) -> None:
        """One that ended is started, one that was started anew is sent nothing; twice is once."""
        app = bench.runtime.find("app")
        bench.injector().inject(Hang(), Target("app", 1), "d")
        (intended,) = bench.on_disk(FaultIntended)
        if how:
            getattr(bench.runtime, how)(app)
        for _ in range(2):
            (done,) = bench.rollbacks.unwind(budget=5)
            assert done.problem == ""
            assert bench.runtime.state(app).status == "running"
            assert not bench.runtime.processes.suspended(app)
            bench.rollbacks.arm(done.undo, intended)
        assert bench.runtime.processes.sent.count((app.name, "SIGCONT")) == (how in ("", "pause"))

    def test_a_container_that_is_gone_hangs_no_more(self, bench: Bench) -> None:
        """Its undo is proven by that."""
        bench.injector().inject(Hang(), Target("app", 1), "d")
        bench.runtime.vanish(bench.runtime.find("app"))
        (done,) = bench.rollbacks.unwind(budget=5)
        assert done.problem == ""

    def test_one_that_hangs_already_is_refused(self, bench: Bench) -> None:
        """It would prove nothing."""
        bench.runtime.processes.send(bench.runtime.find("app"), "SIGSTOP")
        with pytest.raises(InjectionFailed, match="main process is stopped, but it is so already"):
            bench.injector().inject(Hang(), Target("app", 1), "d")
        assert bench.on_disk(FaultIntended) == []

    def test_a_signal_without_effect_is_a_failed_injection(self, bench: Bench) -> None:
        """Nobody's word is taken for it, and neither is it for the undo."""
        bench.runtime.processes.deaf = True
        with pytest.raises(InjectionFailed, match="read back that its main process is stopped"):
            bench.injector().inject(Hang(), Target("app", 1), "d")
        bench.runtime.processes.deaf = False
        bench.injector(at_once=2).inject(Hang(), Target("app", 2), "d")
        bench.runtime.processes.deaf = True
        done, _ = bench.rollbacks.unwind(budget=1)
        assert "By hand: kill -CONT $(docker top fake-app-2 -o pid" in done.problem

    def test_a_machine_that_sends_no_signal_is_told_by_name(self, bench: Bench) -> None:
        """Found out beforehand: nothing is armed."""
        bench.runtime.lacking[Ability.PROCESSES] = "its list is not understood"
        with pytest.raises(InjectionFailed, match="listed and signalled, but its list is not"):
            bench.injector().inject(Hang(), Target("app", 1), "d")
        assert bench.on_disk(FaultIntended) == []
