"""The faults: what each does, how it is undone, and the leak as a real process."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from drills.errors import EngineError, InjectionFailed
from drills.faults import Freeze, Hang, Kill, MemoryLeak, Restart, Stop, SuddenDeath
from drills.faults.fault import Fault
from drills.faults.resource import BY_SHELL, MARK, NEEDED, marked_processes
from drills.faults.target import Target
from drills.faults.undo import Place
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended
from drills.stack.abilities import Ability
from drills.stack.runtime import Executed
from drills.units import MIB, NS
from drills.wait import until
from tests.doubles.bench import Bench, intended

ALL: list[Fault] = [
    Stop(),
    SuddenDeath(),
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


class TestMemoryLeak:
    def test_its_process_carries_the_injection_s_mark(self, bench: Bench) -> None:
        """In its environment and as its argument, so that the undo finds it, and only it."""
        app = bench.runtime.find("app")
        applied = MemoryLeak().apply(bench.runtime, Place(app), "d-1")
        (spawned,) = bench.runtime.spawned
        assert (spawned.id, applied.way) == (applied.command, "a program lent to it")
        assert spawned.environment == {MARK: "d-1"}
        assert spawned.argv == ("memory-leak", "d-1")
        assert MemoryLeak().undo(Place(app), "d-1").arguments == {"mark": "d-1"}

    def test_where_nothing_can_be_lent_the_container_s_own_shell_leaks(self, bench: Bench) -> None:
        """By the tools that it has, which it is asked for; the journal says so."""
        bench.runtime.fail_next("lend", EngineError("no program for a machine of kind 's390x'"))
        leak = MemoryLeak(rate=2 * MIB, bound=64 * MIB, time_to_live=29.5)
        bench.injector().inject(leak, Target("app", 1), "d")
        (spawned,) = bench.runtime.spawned
        assert spawned.environment == {MARK: "d-1"}
        assert spawned.argv[3:] == ("sh", "d-1", "2097152", "67108864", "30")
        assert bench.event(FaultCalled).way == "its own shell"
        (done,) = bench.rollbacks.unwind(budget=1)
        assert "no process of the injection is left" in done.problem
        bench.runtime.finish(spawned.id, 137)
        (done,) = bench.rollbacks.unwind(budget=1)
        assert done.problem == ""

    def test_where_no_way_works_each_says_why(self, bench: Bench) -> None:
        """What is missing is in the error, and nothing was started."""
        bench.runtime.fail_next("lend", EngineError("no program for a machine of kind 's390x'"))
        bench.runtime.answer("sh", with_=Executed(127, b"no tail\n"))
        with pytest.raises(InjectionFailed, match=r"kind 's390x'; its own shell: no tail$"):
            bench.injector().inject(MemoryLeak(), Target("app", 1), "d")
        assert bench.runtime.spawned == []

    def test_its_parameters_have_units_that_people_read(self) -> None:
        """MiB a second, MiB, seconds."""
        parameters = MemoryLeak(rate=10 * MIB, bound=512 * MIB, time_to_live=60).parameters()
        assert parameters == {"rate_mib_per_s": 10, "bound_mib": 512, "time_to_live_s": 60}


@pytest.mark.thorough
class TestLeakByShell:
    def test_needs_no_more_than_it_asks_for(self, tmp_path: Path) -> None:
        """With these tools alone it grows to its bound and ends at its time to live."""
        tools = ("sh", "head", "tail", "sleep", "tr", "grep")
        for tool in tools:
            (tmp_path / tool).symlink_to(str(shutil.which(tool)))
        lines = [["/bin/sh", "-c", NEEDED], leak_by_shell(rate=64 * MIB, bound=MIB, ttl=1)]
        for line in lines:
            ended = subprocess.run(line, env={"PATH": str(tmp_path)}, check=False, timeout=60)
            assert ended.returncode == 0
        for tool in tools[1:]:
            (tmp_path / tool).unlink()
            asked = subprocess.run(
                lines[0], env={"PATH": str(tmp_path)}, check=False, stdout=subprocess.PIPE
            )
            assert (asked.returncode, asked.stdout) == (127, f"no {tool}\n".encode())
            (tmp_path / tool).symlink_to(str(shutil.which(tool)))

    def test_holds_what_it_took_until_it_is_killed(self) -> None:
        """The process that keeps it is found by its mark, and with the mark all of it ends."""
        mark = f"test-{os.getpid()}"
        line = leak_by_shell(rate=256 * MIB, bound=32 * MIB, ttl=60, mark=mark)
        with subprocess.Popen(line, env={**os.environ, MARK: mark}) as leak:
            try:
                until(
                    lambda: max(map(resident, pids_of(mark)), default=0) >= 32 * MIB,
                    awaited="it holds its bound",
                    within=50,
                )
                subprocess.run(marked_processes(mark, kill=True), check=True, timeout=60)
                leak.wait(30)
                until(lambda: not pids_of(mark), awaited="all of it ended", within=30)
            finally:
                leak.kill()


def leak_by_shell(*, rate: int, bound: int, ttl: int, mark: str = "d-1") -> list[str]:
    return ["/bin/sh", "-c", BY_SHELL, "sh", mark, str(rate), str(bound), str(ttl)]


def pids_of(mark: str) -> list[int]:
    listed = subprocess.run(
        marked_processes(mark, kill=False), check=True, stdout=subprocess.PIPE, timeout=60
    )
    return [int(pid) for pid in listed.stdout.split()]


def resident(pid: int) -> int:
    """Bytes; none of a process that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0
