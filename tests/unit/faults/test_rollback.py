"""Undos: armed on disk before anything happens, and carried out whatever else fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from drills.errors import EngineError, JournalError, PlanError
from drills.faults import Stop
from drills.faults.catalogue import OPERATIONS
from drills.faults.resource.lent import MARK, marked_processes
from drills.faults.rollback import LAST_LOOK, RollbackStack
from drills.faults.target import Target
from drills.faults.undo import Place, Undo
from drills.journal.facts import FaultIntended, UndoFailed, UndoVerified
from drills.journal.folder import JOURNAL
from drills.journal.journal import read_timeline
from drills.stack.runtime import Container, Executed
from drills.testing import Call
from drills.units import NS
from tests.doubles.bench import Bench, intended

BUDGET = 5.0

CRASHES_IN_APPLY = """
    import os, sys
    from pathlib import Path
    from drills.faults import Kill
    from drills.faults.target import Target
    from tests.doubles.bench import Bench, intended

    bench = Bench(Path(sys.argv[1]))
    bench.runtime.kill = lambda *_: os._exit(9)
    bench.injector().inject(Kill(), Target("replica"), "d")
"""


def arm(bench: Bench, injection: str, undo: Undo) -> None:
    bench.rollbacks.arm(undo, intended(injection))


def stopped(bench: Bench, service: str, instance: int = 1) -> Container:
    container = bench.runtime.find(service, instance)
    bench.runtime.stop(container, 0)
    return container


class TestArming:
    @pytest.mark.thorough
    def test_a_drill_that_dies_in_the_fault_leaves_its_undo_on_disk(self, tmp_path: Path) -> None:
        """Whoever reads the journal of a process that was killed knows what to undo."""
        directory = tmp_path / "drill"
        program = [sys.executable, "-c", dedent(CRASHES_IN_APPLY), str(directory)]
        root = Path(__file__).parents[3]
        ended = subprocess.run(program, cwd=root, timeout=60, check=False)
        assert ended.returncode == 9
        (intended,) = read_timeline(directory).all(FaultIntended)
        assert intended.undo == {
            "operation": "start",
            "container_id": "id-of-fake-replica-1",
            "container": "fake-replica-1",
            "service": "replica",
            "arguments": {},
            "before": {"status": "running", "paused": "false"},
        }

    def test_arming_syncs_the_journal_to_the_disk(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A power cut right after it does not lose the undo."""
        synced: list[bytes] = []
        path = bench.journal.directory / JOURNAL
        monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.read_bytes()))
        arm(bench, "d-1", Undo("start", Place(bench.runtime.find("app"))))
        assert len(synced) == 1
        assert b'"fault.intended"' in synced[0]
        assert len(bench.rollbacks) == 1

    def test_what_cannot_be_written_is_not_armed(self, bench: Bench) -> None:
        """No journal line, no undo, so no fault."""
        bench.journal.close()
        with pytest.raises(JournalError):
            arm(bench, "d-1", Undo("start", Place(bench.runtime.find("app"))))
        assert len(bench.rollbacks) == 0

    def test_an_interrupt_right_after_the_line_leaves_it_armed(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the journal holds as intended is undone, or proven to be, by this process too."""
        fsync = os.fsync

        def interrupted(file: int) -> None:
            fsync(file)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", interrupted)
            with pytest.raises(KeyboardInterrupt):
                arm(bench, "d-1", Undo("start", Place(bench.runtime.find("app"))))
        assert [one.injection for one in bench.rollbacks.unwind(budget=BUDGET)] == ["d-1"]
        assert [one.injection for one in bench.on_disk(UndoVerified)] == ["d-1"]

    def test_an_unknown_operation_is_refused(self, bench: Bench) -> None:
        """Only the closed list can be carried out, so nothing else is ever written."""
        with pytest.raises(PlanError, match="rm -rf"):
            arm(bench, "d-1", Undo("rm -rf", Place(bench.runtime.find("app"))))
        assert bench.on_disk(FaultIntended) == []

    def test_an_operation_that_the_watchdog_has_not_loaded_is_refused(self, bench: Bench) -> None:
        """Nothing is written and nothing is done: were the drill killed, the fault would stay."""
        bench.rollbacks = RollbackStack(
            bench.runtime, bench.journal, bench.clock, lambda operation: operation == "unpause"
        )
        with pytest.raises(
            PlanError, match=r"the watchdog over this drill has loaded, got 'start'"
        ):
            bench.injector().inject(Stop(1.0), Target("replica"), "d")
        arm(bench, "d-1", Undo("unpause", Place(bench.runtime.find("app"))))
        with pytest.raises(PlanError) as refused:
            arm(bench, "d-2", Undo("start", Place(bench.runtime.find("app"))))
        assert str(refused.value) == (
            "expected an undo that the watchdog over this drill has loaded, got 'start': were the "
            "drill killed, nobody would undo the fault; nothing was done. Hint: the watchdog loads "
            "drills.faults anew, without a conftest"
        )
        assert [one.injection for one in bench.on_disk(FaultIntended)] == ["d-1"]
        assert bench.runtime.state(bench.runtime.find("replica")).running


class TestUnwinding:
    def test_last_in_first_out(self, bench: Bench) -> None:
        """The order of the undos is the reverse of the order of arming."""
        for number, (service, instance) in enumerate([("app", 1), ("replica", 1), ("app", 2)]):
            arm(bench, f"d-{number}", Undo("start", Place(stopped(bench, service, instance))))
        bench.runtime.calls.clear()
        done = bench.rollbacks.unwind(budget=BUDGET)
        assert [one.injection for one in done] == ["d-2", "d-1", "d-0"]
        starts = [call.container for call in bench.runtime.calls if call.method == "start"]
        assert starts == ["fake-app-2", "fake-replica-1", "fake-app-1"]

    @pytest.mark.parametrize("error", [EngineError("the engine is gone"), RuntimeError("a bug")])
    def test_one_that_fails_does_not_stop_the_next(self, bench: Bench, error: Exception) -> None:
        """Whatever it raises, and it stays armed while the other is done."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        arm(bench, "d-2", Undo("start", Place(stopped(bench, "replica"))))
        bench.runtime.fail_next("start", error)  # type: ignore[arg-type]
        failed, fine = bench.rollbacks.unwind(budget=BUDGET)
        assert str(error) in failed.problem
        assert fine.problem == ""
        assert bench.runtime.state(bench.runtime.find("app")).running
        assert len(bench.rollbacks) == 1

    def test_a_failed_one_is_written_with_what_to_do_by_hand(self, bench: Bench) -> None:
        """The person who reads it can paste the command."""
        arm(bench, "d-1", Undo("unpause", Place(bench.runtime.find("app"))))
        bench.runtime.fail_next("unpause", EngineError("the engine is gone"))
        bench.rollbacks.unwind(budget=BUDGET)
        (failed,) = bench.on_disk(UndoFailed)
        assert failed.text == (
            "unpause of fake-app-1 failed: the engine is gone. By hand: docker unpause fake-app-1"
        )

    def test_a_start_without_effect_is_a_failed_undo(self, bench: Bench) -> None:
        """Undone means that the state was read back, not that the engine said yes."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        bench.runtime.ignore_next("start")
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert "fake-app-1 is running and not paused: not within 5 s" in done.problem
        assert bench.on_disk(UndoVerified) == []

    def test_each_has_a_budget_of_its_own(self, bench: Bench) -> None:
        """One that uses up its time leaves the next one all of its own."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        arm(bench, "d-2", Undo("start", Place(stopped(bench, "replica"))))
        bench.runtime.ignore_next("start", times=2)
        began = bench.clock.monotonic_ns()
        done = bench.rollbacks.unwind(budget=BUDGET)
        assert ["not within 5 s" in one.problem for one in done] == [True, True]
        assert bench.clock.monotonic_ns() - began >= 2 * BUDGET * NS

    def test_an_undo_that_takes_effect_late_is_waited_for(self, bench: Bench) -> None:
        """Within its budget the state is read again and again."""
        container = stopped(bench, "app")
        arm(bench, "d-1", Undo("start", Place(container)))
        bench.runtime.ignore_next("start")
        bench.clock.after(BUDGET / 2, lambda: bench.runtime.start(container))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""

    def test_what_does_not_answer_yet_is_asked_again(self, bench: Bench) -> None:
        """What an undo has just started may not listen when its state is first read."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        bench.runtime.fail_next("state", EngineError("connection refused"))
        bench.runtime.fail_next("state", EngineError("connection refused"))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        assert len(bench.on_disk(UndoVerified)) == 1

    def test_a_container_that_is_gone_is_undone_and_said_to_be(self, bench: Bench) -> None:
        """The fault went with it."""
        arm(bench, "d-1", Undo("start", Place(bench.runtime.find("app"))))
        bench.runtime.vanish(bench.runtime.find("app"))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        (verified,) = bench.on_disk(UndoVerified)
        assert verified.proof == "the container is gone, and the fault with it"
        assert len(bench.rollbacks) == 0

    def test_twice_is_once(self, bench: Bench) -> None:
        """What is undone is not undone again."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        assert len(bench.rollbacks.unwind(budget=BUDGET)) == 1
        calls = len(bench.runtime.calls)
        assert bench.rollbacks.unwind(budget=BUDGET) == []
        assert len(bench.runtime.calls) == calls

    def test_a_failed_one_may_be_tried_again(self, bench: Bench) -> None:
        """It stays armed, and the second try is as good as the first."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        bench.runtime.fail_next("start", EngineError("busy"))
        bench.rollbacks.unwind(budget=BUDGET)
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""

    def test_one_injection_may_be_undone_alone(self, bench: Bench) -> None:
        """The others stay armed."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        arm(bench, "d-2", Undo("start", Place(stopped(bench, "replica"))))
        (done,) = bench.rollbacks.unwind(budget=BUDGET, only="d-1")
        assert done.injection == "d-1"
        assert not bench.runtime.state(bench.runtime.find("replica")).running

    def test_a_full_disk_keeps_nothing_from_being_undone(self, bench: Bench) -> None:
        """Putting the system right comes before writing about it."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        bench.journal.close()
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        assert bench.runtime.state(bench.runtime.find("app")).running


class TestOperations:
    def test_start_thaws_what_was_frozen_meanwhile(self, bench: Bench) -> None:
        """A frozen container cannot be started, and running is not enough."""
        container = bench.runtime.find("app")
        bench.runtime.pause(container)
        arm(bench, "d-1", Undo("start", Place(container)))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        assert not bench.runtime.state(container).paused

    def test_running_but_frozen_is_not_undone(self, bench: Bench) -> None:
        """It would answer nobody."""
        container = bench.runtime.find("app")
        bench.runtime.pause(container)
        arm(bench, "d-1", Undo("start", Place(container)))
        for method in ("unpause", "start"):
            bench.runtime.ignore_next(method)
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert "is running and not paused: not within" in done.problem

    def test_ending_processes_is_proven_by_listing_them_again(self, bench: Bench) -> None:
        """While one that carries the mark is still listed, it is not undone."""
        container = bench.runtime.find("app")
        bench.runtime.answer("sh", with_=Executed(0, b"4711\n"))
        arm(bench, "d-1", Undo("end-processes", Place(container), {"mark": "d-1"}))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert "no process of the injection is left" in done.problem
        assert "docker restart fake-app-1" in done.problem
        bench.runtime.answer("sh", with_=Executed(0, b""))
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        kill, *_ = [call for call in bench.runtime.calls if call.method == "execute"]
        assert kill.argument == tuple(marked_processes("d-1", kill=True))

    def test_a_list_that_cannot_be_made_proves_nothing(self, bench: Bench) -> None:
        """An empty answer of a command that failed is no proof."""
        bench.runtime.answer("sh", with_=Executed(127, b""))
        undo = Undo("end-processes", Place(bench.runtime.find("app")), {"mark": "d-1"})
        arm(bench, "d-1", undo)
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem

    def test_a_stopped_container_has_no_processes_left(self, bench: Bench) -> None:
        """Nothing is executed in it."""
        undo = Undo("end-processes", Place(stopped(bench, "app")), {"mark": "d-1"})
        arm(bench, "d-1", undo)
        (done,) = bench.rollbacks.unwind(budget=BUDGET)
        assert done.problem == ""
        assert "execute" not in [call.method for call in bench.runtime.calls]

    @pytest.mark.thorough
    def test_the_mark_finds_its_processes_and_no_others(self) -> None:
        """On a real /proc: one with the mark is listed and killed, one with a longer mark lives."""
        mark = f"test-{os.getpid()}"
        sleep = ["sleep", "60"]
        with (
            subprocess.Popen(sleep, env={**os.environ, MARK: mark}) as marked,
            subprocess.Popen(sleep, env={**os.environ, MARK: f"{mark}0"}) as other,
        ):
            try:
                listed = subprocess.check_output(marked_processes(mark, kill=False)).split()
                killed = subprocess.check_output(marked_processes(mark, kill=True)).split()
                assert listed == killed == [str(marked.pid).encode()]
                assert marked.wait(30) == -9
                assert other.poll() is None
            finally:
                marked.kill()
                other.kill()

    def test_without_its_tools_it_proves_nothing(self, tmp_path: Path) -> None:
        """A container that has no grep must not look like one that has no such process."""
        for tool in ("sh", "tr"):
            (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
        listing = ["/bin/sh", *marked_processes("d-1", kill=False)[1:]]
        done = subprocess.run(listing, env={"PATH": str(tmp_path)}, check=False)
        assert done.returncode == 127
        (tmp_path / "grep").symlink_to("/usr/bin/grep")
        done = subprocess.run(listing, env={"PATH": str(tmp_path)}, check=False)
        assert done.returncode == 0

    def test_every_operation_says_what_a_person_would_type(self, bench: Bench) -> None:
        """With the container's name in it, or the volume's, which may outlive it."""
        for name, operation in OPERATIONS.items():
            undo = Undo(name, Place(bench.runtime.find("app"), volume="fake_data"))
            said = operation.line(undo)
            assert "fake-app-1" in said or "fake_data" in said


class TestAnEngineThatHangs:
    def test_holds_an_undo_no_longer_than_its_budget(self, bench: Bench) -> None:
        """It is written down as failed in time, and the next one is undone."""
        arm(bench, "d-1", Undo("start", Place(stopped(bench, "app"))))
        arm(bench, "d-2", Undo("start", Place(stopped(bench, "replica"))))
        bench.runtime.hang_next("start")
        began = bench.clock.monotonic_ns()
        hung, fine = bench.rollbacks.unwind(budget=30.0, together=BUDGET)
        assert "did not answer" in hung.problem
        assert "docker start fake-replica-1" in hung.problem
        assert fine.problem == ""
        assert bench.clock.monotonic_ns() - began <= (BUDGET + LAST_LOOK) * NS

    @pytest.mark.parametrize("method", ["unpause", "start", "state", "execute"])
    def test_in_whatever_it_is_asked(self, bench: Bench, method: str) -> None:
        """Acting, reading the state back, and looking for processes: all of it together."""
        before = {"status": "running"}
        mark = {"mark": "d-1"}
        arm(bench, "d-1", Undo("end-processes", Place(stopped(bench, "app")), mark, before))
        bench.runtime.hang_next(method, times=9)
        began = bench.clock.monotonic_ns()
        (hung,) = bench.rollbacks.unwind(budget=BUDGET)
        assert "did not answer" in hung.problem
        assert bench.clock.monotonic_ns() - began <= (BUDGET + LAST_LOOK) * NS


def test_the_fake_notes_what_the_undo_did(bench: Bench) -> None:
    """The calls that these tests count are the runtime's own."""
    arm(bench, "d-1", Undo("unpause", Place(bench.runtime.find("app"))))
    bench.rollbacks.unwind(budget=BUDGET)
    assert bench.runtime.calls == [Call("unpause", "fake-app-1")]
