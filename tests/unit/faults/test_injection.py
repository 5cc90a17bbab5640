"""Injecting: checked first, armed next, applied then, and only true when seen to take effect."""

from __future__ import annotations

import pytest

from drills.errors import BlastRadiusExceeded, EngineError, InjectionFailed, UnknownTarget
from drills.faults import Freeze, Hang, Kill, MemoryLeak, Restart, Stop, SuddenDeath
from drills.faults.injection import EFFECT_WITHIN
from drills.faults.target import Target, resolve
from drills.journal.facts import EngineTold, FaultCalled, FaultEffective, FaultFailed, FaultIntended
from drills.journal.timeline import Kind
from drills.stack.runtime import Container
from drills.testing import FakeRuntime
from drills.units import NS
from tests.doubles.bench import Bench

DRILL = "d"


def no_effect_called(bench: Bench) -> bool:
    return not bench.runtime.calls and not bench.on_disk(FaultIntended)


class TestTargets:
    def test_a_service_is_all_its_instances(self, bench: Bench) -> None:
        """And a numbered one only that one."""
        containers = bench.runtime.containers()
        assert [one.name for one in resolve(Target("app"), containers)] == [
            "fake-app-1",
            "fake-app-2",
        ]
        assert [one.name for one in resolve(Target("app", 2), containers)] == ["fake-app-2"]

    @pytest.mark.parametrize(
        ("target", "said"),
        [
            (Target("cache"), r"service of the stack \(app, replica\), got cache"),
            (Target("app", 3), r"instance of app that there is \(1, 2\), got app #3"),
        ],
    )
    def test_nobody_there_is_an_error_that_names_who_is(
        self, bench: Bench, target: Target, said: str
    ) -> None:
        """No target matched is no success."""
        with pytest.raises(UnknownTarget, match=said):
            bench.injector("app", "cache").inject(Kill(), target, DRILL)
        assert no_effect_called(bench)


class TestBlastRadius:
    def test_a_service_outside_is_refused(self, bench: Bench) -> None:
        """Before anything happens, with what may be touched."""
        with pytest.raises(BlastRadiusExceeded, match="may touch replica"):
            bench.injector("replica").inject(Kill(), Target("app", 1), DRILL)
        assert no_effect_called(bench)

    def test_more_containers_than_allowed_are_refused(self, bench: Bench) -> None:
        """All or none: not one of them is hit."""
        with pytest.raises(BlastRadiusExceeded, match="2 containers at once"):
            bench.injector().inject(Kill(), Target("app"), DRILL)
        assert no_effect_called(bench)

    def test_what_is_hit_already_counts(self, bench: Bench) -> None:
        """Two faults of one container each are two containers at once."""
        injector = bench.injector()
        injector.inject(Kill(), Target("app", 1), DRILL)
        with pytest.raises(BlastRadiusExceeded, match="the blast radius allows 1"):
            injector.inject(Kill(), Target("replica"), DRILL)
        assert bench.runtime.state(bench.runtime.find("replica")).running

    def test_what_was_undone_does_not_count(self, bench: Bench) -> None:
        """After a rollback the next container may be hit."""
        injector = bench.injector()
        injector.inject(Kill(), Target("app", 1), DRILL)
        bench.rollbacks.unwind(budget=1)
        injector.inject(Kill(), Target("replica"), DRILL)
        assert not bench.runtime.state(bench.runtime.find("replica")).running

    def test_all_instances_within_the_radius_are_hit(self, bench: Bench) -> None:
        """Each is an injection of its own with an undo of its own."""
        ids = bench.injector(at_once=2).inject(Kill(), Target("app"), DRILL)
        assert ids == ["d-1", "d-2"]
        assert len(bench.rollbacks) == 2
        assert not any(bench.runtime.state(one).running for one in bench.runtime.containers("app"))


class TestEffect:
    def test_intended_called_and_effective_are_three_events_in_order(self, bench: Bench) -> None:
        """Intended is written first, and carries what the report needs."""
        bench.injector().inject(Stop(grace=3), Target("replica"), DRILL)
        kinds = [kind for kind in bench.kinds() if kind.startswith("fault")]
        assert kinds == [Kind.FAULT_INTENDED, Kind.FAULT_CALLED, Kind.FAULT_EFFECTIVE]
        intended = bench.event(FaultIntended)
        assert intended.fault == "stop"
        assert intended.container == "fake-replica-1"
        assert intended.parameters == {"grace_s": 3}

    def test_it_took_effect_between_the_last_signal_and_death(self, bench: Bench) -> None:
        """A service that ignores the request lived all the while until the signal that killed it.

        The engine's own stamps bound it, widened by their error.
        """
        replica = bench.runtime.find("replica")
        bench.runtime.deaf(replica)
        bench.runtime.declare_grace(replica, 60)
        began = bench.clock.monotonic_ns()
        bench.injector().inject(Stop(), Target("replica"), DRILL)
        effective = bench.event(FaultEffective)
        killed = began + int(bench.runtime.latency / 2 * NS) + 60 * NS
        error = bench.runtime.event_error_ns
        assert effective.at_ns == killed
        assert effective.low_ns == killed - error
        assert effective.high_ns == effective.at_ns + error

    def test_a_death_that_the_engine_did_not_bring_about_began_with_its_own_way(
        self, bench: Bench
    ) -> None:
        """It is not older than what we did, and the journal says what that was."""
        bench.injector().inject(SuddenDeath(), Target("replica"), DRILL)
        called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
        assert called.way == "a signal on paper"
        assert called.text.endswith("requested, by a signal on paper")
        assert called.at_ns <= effective.low_ns < effective.at_ns
        assert [event.action for event in bench.on_disk(EngineTold)] == ["die"]

    def test_where_no_way_to_die_works_nothing_else_is_done_in_its_stead(
        self, bench: Bench
    ) -> None:
        """A kill by the engine would show no restart policy at work, so it is not that."""
        bench.runtime.fail_next("crash", EngineError("no way: a signal from here: not permitted"))
        with pytest.raises(InjectionFailed, match=r"sudden death of fake-replica-1: no way: .*not"):
            bench.injector().inject(SuddenDeath(), Target("replica"), DRILL)
        assert bench.runtime.state(bench.runtime.find("replica")).running
        assert [call.method for call in bench.runtime.calls] == ["crash"]

    def test_it_never_took_effect_before_it_was_asked_for(self, bench: Bench) -> None:
        """However wide the stamp's error is."""
        bench.runtime.event_error_ns = 10 * NS
        bench.injector().inject(Freeze(), Target("replica"), DRILL)
        called = bench.event(FaultCalled)
        assert bench.event(FaultEffective).low_ns == called.at_ns

    def test_an_older_death_of_the_container_proves_nothing(self, bench: Bench) -> None:
        """Only what the engine saw after the request counts."""
        replica = bench.runtime.find("replica")
        bench.runtime.restart(replica, 0)
        bench.clock.advance(1)
        bench.runtime.ignore_next("kill")
        with pytest.raises(InjectionFailed):
            bench.injector().inject(Kill(), Target("replica"), DRILL)

    def test_the_death_of_another_container_proves_nothing(self, bench: Bench) -> None:
        """Each injection is confirmed by its own container's event."""
        bench.runtime.ignore_next("kill")
        other = bench.runtime.find("app")
        bench.clock.after(1, lambda: bench.runtime.die(other))
        with pytest.raises(InjectionFailed, match="fake-replica-1"):
            bench.injector().inject(Kill(), Target("replica"), DRILL)

    def test_a_command_is_matched_by_its_id(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A health check that starts in the same container at the same time is not the leak."""
        spawn = FakeRuntime.spawn

        def late(runtime: FakeRuntime, container: Container, argv: object, env: object) -> str:
            spawn(runtime, container, ["http-ok"], {})  # a health check
            runtime.clock.advance(1)
            return spawn(runtime, container, argv, env)  # type: ignore[arg-type]

        monkeypatch.setattr(FakeRuntime, "spawn", late)
        bench.injector().inject(MemoryLeak(), Target("app", 1), DRILL)
        check, leak = bench.runtime.spawned
        assert check.id != leak.id
        assert bench.event(FaultCalled).command == leak.id
        called = bench.event(FaultCalled)
        assert bench.event(FaultEffective).at_ns >= called.at_ns + NS


class TestFailure:
    def test_a_stopped_target_is_refused(self, bench: Bench) -> None:
        """Killing what is dead would prove nothing, and undoing it would start it."""
        bench.runtime.stop(bench.runtime.find("replica"), 0)
        bench.runtime.calls.clear()
        with pytest.raises(InjectionFailed, match="expected it to run, it is exited"):
            bench.injector().inject(Kill(), Target("replica"), DRILL)
        assert no_effect_called(bench)
        assert len(bench.rollbacks) == 0

    def test_a_state_that_cannot_be_read_yet_is_read_again(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An answer that is not there for a moment is neither yes nor no."""
        processes = bench.runtime.processes
        read, answers = processes.suspended, iter([EngineError("not now"), EngineError("not now")])

        def suspended(container: Container) -> bool:
            if bench.on_disk(FaultCalled) and (refused := next(answers, None)):
                raise refused
            return read(container)

        monkeypatch.setattr(processes, "suspended", suspended)
        bench.injector().inject(Hang(), Target("replica"), DRILL)
        effective = bench.event(FaultEffective)
        assert effective.high_ns >= bench.event(FaultCalled).at_ns + 2 * NS // 20

    def test_an_effect_that_is_not_seen_is_a_failed_injection_that_stays_armed(
        self, bench: Bench
    ) -> None:
        """It may have happened all the same, so it is undone all the same."""
        bench.runtime.ignore_next("pause")
        began = bench.clock.monotonic_ns()
        with pytest.raises(InjectionFailed, match="the engine reports pause of fake-replica-1"):
            bench.injector().inject(Freeze(), Target("replica"), DRILL)
        assert bench.clock.monotonic_ns() - began >= EFFECT_WITHIN * NS
        assert len(bench.on_disk(FaultFailed)) == 1
        assert bench.on_disk(FaultEffective) == []
        assert len(bench.rollbacks) == 1

    def test_an_engine_that_refuses_is_a_failed_injection_that_stays_armed(
        self, bench: Bench
    ) -> None:
        """The engine's words are in the error and in the journal."""
        bench.runtime.fail_next("restart", EngineError("no space left"))
        with pytest.raises(InjectionFailed, match="restart of fake-replica-1: no space left"):
            bench.injector().inject(Restart(), Target("replica"), DRILL)
        assert bench.event(FaultFailed).text == "no space left"
        assert len(bench.rollbacks) == 1

    def test_events_that_break_off_end_the_wait_at_once(self, bench: Bench) -> None:
        """Nobody waits half a minute for an engine that says no more."""
        injector = bench.injector()
        bench.runtime.break_events("the stream ended")
        began = bench.clock.monotonic_ns()
        with pytest.raises(InjectionFailed, match="the stream ended"):
            injector.inject(Kill(), Target("replica"), DRILL)
        assert bench.clock.monotonic_ns() - began < NS
        assert len(bench.rollbacks) == 1

    def test_of_several_those_before_the_failed_one_stay_armed(self, bench: Bench) -> None:
        """And the ones after it are not touched."""
        bench.runtime.add("app", 3)
        second = bench.runtime.find("app", 2)
        bench.clock.after(bench.runtime.latency, lambda: bench.runtime.stop(second, 0))
        with pytest.raises(InjectionFailed, match="fake-app-2"):
            bench.injector(at_once=3).inject(Kill(), Target("app"), DRILL)
        assert len(bench.rollbacks) == 1
        assert bench.runtime.state(bench.runtime.find("app", 3)).running

    def test_of_several_none_is_touched_where_one_is_not_fit(self, bench: Bench) -> None:
        """What can be known beforehand is looked at before anything is done."""
        bench.runtime.stop(bench.runtime.find("app", 2), 0)
        bench.runtime.calls.clear()
        with pytest.raises(InjectionFailed, match="fake-app-2: expected it to run"):
            bench.injector(at_once=2).inject(Kill(), Target("app"), DRILL)
        assert no_effect_called(bench)
