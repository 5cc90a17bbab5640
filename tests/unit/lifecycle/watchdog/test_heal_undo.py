"""What an undo has to come to: the state of before, in the time there is, on what is ours."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from drills.errors import BlastRadiusExceeded, InjectionFailed
from drills.faults import Freeze, Kill
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.faults.undo import Place, Undo
from drills.journal.facts import FaultIntended, UndoFailed
from drills.stack.runtime import DRILL_LABEL
from drills.units import NS
from tests.doubles.bench import Bench, intended

RUNNING = {"status": "running", "paused": "false"}


class TestBefore:
    def test_the_state_before_the_fault_is_on_disk_with_the_undo(self, bench: Bench) -> None:
        """Whoever undoes it knows what to come back to."""
        bench.injector().inject(Kill(), Target("replica"), "d")
        (intended,) = bench.on_disk(FaultIntended)
        undo = Undo.from_data(intended.undo)
        assert undo.before == RUNNING
        assert (undo.operation, undo.container.name) == ("start", "fake-replica-1")

    def test_not_frozen_is_not_undone_where_it_ran_before(self, bench: Bench) -> None:
        """It died while it was frozen: thawed, and still not as it was."""
        bench.injector().inject(Freeze(), Target("replica"), "d")
        bench.runtime.kill(bench.runtime.find("replica"))
        (done,) = bench.rollbacks.unwind(budget=1)
        assert "as it was before (status running, paused false)" in done.problem

    def test_a_leak_that_took_its_container_along_has_it_started_again(self, bench: Bench) -> None:
        """No process of the leak is left, but neither is the service."""
        container = bench.runtime.find("app")
        undo = Undo("end-processes", Place(container), {"mark": "d-1"}, RUNNING)
        bench.rollbacks.arm(undo, intended("d-1", "a leak"))
        bench.runtime.die(container, oom=True)
        (done,) = bench.rollbacks.unwind(budget=1)
        assert done.problem == ""
        assert bench.runtime.state(container).running

    def test_what_was_frozen_before_is_no_target(self, bench: Bench) -> None:
        """Thawing it would not be the state of before."""
        bench.runtime.pause(bench.runtime.find("replica"))
        with pytest.raises(InjectionFailed, match="expected it to run, it is paused"):
            bench.injector().inject(Freeze(), Target("replica"), "d")
        assert bench.on_disk(FaultIntended) == []


class TestTogether:
    def test_all_undos_share_the_time_there_is(self, bench: Bench) -> None:
        """None of them works, and each still gets an equal part of what is left."""
        for number, (service, instance) in enumerate([("app", 1), ("app", 2), ("replica", 1)]):
            container = bench.runtime.find(service, instance)
            bench.runtime.stop(container, 0)
            bench.rollbacks.arm(Undo("start", Place(container)), intended(f"d-{number}"))
        bench.runtime.ignore_next("start", times=3)
        began = bench.clock.monotonic_ns()
        done = bench.rollbacks.unwind(budget=30, together=5)
        assert all(one.problem for one in done)
        assert len(done) == 3
        ends = [began, *(event.at_ns for event in bench.on_disk(UndoFailed))]
        assert all(1.6 <= (end - begin) / NS < 1.9 for begin, end in itertools.pairwise(ends))

    def test_what_one_does_not_use_is_the_others(self, bench: Bench) -> None:
        """The first is done at once, so the other one may take more than its half."""
        app, replica = bench.runtime.find("app"), bench.runtime.find("replica")
        bench.runtime.stop(app, 0)
        bench.rollbacks.arm(Undo("start", Place(app)), intended("d-1"))
        bench.rollbacks.arm(Undo("unpause", Place(replica)), intended("d-2"))
        bench.runtime.ignore_next("start")
        bench.clock.after(4.0, lambda: bench.runtime.start(app))
        done = bench.rollbacks.unwind(budget=30, together=5)
        assert [one.problem for one in done] == ["", ""]

    def test_no_time_at_all_is_one_try_each(self, bench: Bench) -> None:
        """Nothing is left out because the one before it took everything."""
        container = bench.runtime.find("app")
        bench.runtime.stop(container, 0)
        bench.rollbacks.arm(Undo("start", Place(container)), intended("d-1"))
        (done,) = bench.rollbacks.unwind(budget=30, together=0)
        assert done.problem == ""


def test_another_process_takes_over_what_was_armed_and_not_undone(bench: Bench) -> None:
    """From the journal alone, in the order of arming."""
    for number, service in enumerate(("app", "replica")):
        container = bench.runtime.find(service)
        bench.rollbacks.arm(Undo("unpause", Place(container)), intended(f"d-{number}"))
    bench.rollbacks.unwind(budget=1, only="d-1")
    other = RollbackStack(bench.runtime, bench.journal, bench.clock)
    other.rearm(bench.journal.timeline())
    (done,) = other.unwind(budget=1)
    assert (done.injection, done.undo.container.name) == ("d-0", "fake-app-1")


@pytest.mark.parametrize("data", [None, 5, "start", [], {}, {"operation": {"a": 1}, "before": 7}])
def test_an_undo_that_makes_no_sense_fails_loudly(bench: Bench, data: object) -> None:
    """It is never taken for one that there was nothing to do for."""
    undo = Undo.from_data(data)  # type: ignore[arg-type]
    journal = bench.journal
    journal.write(replace(intended("d-1"), undo=undo.data()))
    bench.rollbacks.rearm(journal.timeline())
    (done,) = bench.rollbacks.unwind(budget=1)
    assert "nobody knows the operation" in done.problem
    assert len(bench.on_disk(UndoFailed)) == 1


class TestOwner:
    @pytest.mark.parametrize("labels", [{}, {DRILL_LABEL: "another"}, {DRILL_LABEL: "none"}])
    def test_what_does_not_carry_the_drills_label_is_no_target(
        self, bench: Bench, labels: dict[str, str]
    ) -> None:
        """Before anything happens, with the way to allow it, which is the same in the next run."""
        bench.runtime.labels.clear()
        bench.runtime.labels.update(labels)
        with pytest.raises(BlastRadiusExceeded, match=r"--drill-allow-unlabelled replica$"):
            bench.injector().inject(Kill(), Target("replica"), "d")
        assert bench.runtime.calls == []
        assert bench.on_disk(FaultIntended) == []

    @pytest.mark.parametrize("name", ["replica", "fake-replica-1"])
    def test_what_the_user_named_is(self, bench: Bench, name: str) -> None:
        """By its service or its own name."""
        stranger = replace(bench.runtime.find("replica"), labels={})
        BlastRadius(("replica",), 1, (name,)).check_owner([stranger], "d")
        with pytest.raises(BlastRadiusExceeded):
            BlastRadius(("replica",), 1, ("app",)).check_owner([stranger], "d")
