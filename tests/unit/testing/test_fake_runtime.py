"""What the public fakes add to the contract: scripted trouble, and time that passes when told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drills.errors import EngineError, StackError, UnknownTarget, WaitTimeout
from drills.stack.runtime import Container, Executed
from drills.testing import Call, FakeRuntime, FakeStack, ManualClock
from drills.units import NS
from drills.wait import until


@pytest.fixture
def runtime() -> FakeRuntime:
    """Two instances of an application and one replica."""
    return FakeRuntime(ManualClock(), {"app": 2, "replica": 1})


class TestManualClock:
    def test_does_what_is_planned_each_at_its_instant(self) -> None:
        """In the order of the instants, and of the planning where two are the same."""
        clock, seen = ManualClock(0), list[tuple[str, int]]()

        def note(name: str) -> None:
            seen.append((name, clock.monotonic_ns()))

        clock.after(2, lambda: note("late"))
        clock.after(1, lambda: note("first"))
        clock.after(1, lambda: note("second"))
        clock.after(1, lambda: clock.after(0.5, lambda: note("planned inside")))
        clock.sleep(1.75)
        expected = [("first", NS), ("second", NS), ("planned inside", 3 * NS // 2)]
        assert seen == expected
        assert clock.monotonic_ns() == 7 * NS // 4
        clock.advance(1)
        assert seen == [*expected, ("late", 2 * NS)]

    def test_does_what_was_planned_for_the_past_at_its_next_move(self) -> None:
        """The clock never goes back for it."""
        clock, seen = ManualClock(5 * NS), list[int]()
        clock.at(NS, lambda: seen.append(clock.monotonic_ns()))
        clock.advance(1)
        assert seen == [5 * NS]
        assert clock.monotonic_ns() == 6 * NS

    def test_makes_waiting_take_no_time(self) -> None:
        """A wait of an hour ends at once, in success or in the usual error."""
        clock, state = ManualClock(), list[str]()
        clock.after(1800, lambda: state.append("ready"))
        assert until(lambda: state, awaited="ready", within=3600, clock=clock) == ["ready"]
        with pytest.raises(WaitTimeout):
            until(lambda: None, awaited="never", within=3600, clock=clock)

    def test_keeps_spans_when_the_wall_clock_is_set(self) -> None:
        """Dates jump, spans do not."""
        clock = ManualClock()
        before = clock.anchor()
        clock.step_wall(3600)
        assert before.drift_ns(clock.anchor()) == 3600 * NS
        assert clock.monotonic_ns() == before.monotonic_ns


class TestFakeRuntime:
    def test_fails_where_it_is_told_and_only_then(self, runtime: FakeRuntime) -> None:
        """The failed call does nothing; the next one works."""
        replica = runtime.find("replica")
        runtime.fail_next("stop", EngineError("the engine is busy"))
        with pytest.raises(EngineError, match="busy"):
            runtime.stop(replica, grace=1)
        assert runtime.state(replica).running
        runtime.stop(replica, grace=1)
        assert not runtime.state(replica).running
        assert runtime.calls == [Call("stop", replica.name, 1)] * 2

    @pytest.mark.parametrize(
        "method", ["containers", "state", "logs", "stats", "port", "events", "execute", "spawn"]
    )
    def test_can_fail_in_every_question(self, runtime: FakeRuntime, method: str) -> None:
        """Reading can go wrong as well as acting."""
        app = runtime.find("app")
        arguments: dict[str, tuple[object, ...]] = {
            "containers": (),
            "events": (),
            "logs": (app, 1),
            "port": ("app", 80),
            "execute": (app, ["true"]),
            "spawn": (app, ["true"], {}),
        }
        runtime.fail_next(method, EngineError("scripted"))
        with pytest.raises(EngineError, match="scripted"):
            getattr(runtime, method)(*arguments.get(method, (app,)))

    def test_can_accept_a_call_that_has_no_effect(self, runtime: FakeRuntime) -> None:
        """The stop that never happens: no error, no event, still running."""
        replica, events = runtime.find("replica"), runtime.events()
        runtime.ignore_next("stop")
        runtime.stop(replica, grace=1)
        assert runtime.state(replica).running
        assert events.since(0)[0] == ()
        runtime.stop(replica, grace=1)
        assert not runtime.state(replica).running

    def test_knows_no_other_methods(self, runtime: FakeRuntime) -> None:
        """A misspelt script is an error of the test, not a test that proves nothing."""
        with pytest.raises(ValueError, match="'stopp'"):
            runtime.fail_next("stopp", EngineError("x"))
        with pytest.raises(ValueError, match="'_act'"):
            runtime.ignore_next("_act")
        with pytest.raises(ValueError, match="memory"):
            runtime.use(runtime.find("app"), memory=1)

    def test_tells_of_a_death_by_want_of_memory(self, runtime: FakeRuntime) -> None:
        """As the engine: first the kernel's kill, then the death."""
        app, events = runtime.find("app"), runtime.events()
        runtime.die(app, oom=True)
        assert [event.action for event in events.since(0)[0]] == ["oom", "die"]
        state = runtime.state(app)
        assert (state.exit_code, state.oom_killed) == (137, True)
        runtime.start(app)
        assert not runtime.state(app).oom_killed

    def test_tells_of_a_container_that_vanishes(self, runtime: FakeRuntime) -> None:
        """It dies, it is destroyed, nobody finds it any more."""
        app, events = runtime.find("app", 2), runtime.events()
        runtime.vanish(app)
        assert [event.action for event in events.since(0)[0]] == ["die", "destroy"]
        with pytest.raises(UnknownTarget):
            runtime.find("app", 2)
        assert [one.instance for one in runtime.containers("app")] == [1]

    def test_answers_commands_as_scripted(self, runtime: FakeRuntime) -> None:
        """By how the line begins, the newest script first, or by a function of it."""
        app = runtime.find("app")

        def echo(container: Container, argv: tuple[str, ...]) -> Executed:
            return Executed(0, f"{container.service} {argv[-1]}".encode())

        runtime.answer("cat", with_=Executed(1, b"no such file"))
        runtime.answer("cat", "/app/.env", with_=echo)
        assert runtime.execute(app, ["cat", "/app/.env"]).output == b"app /app/.env"
        assert runtime.execute(app, ["cat", "/etc/passwd"]).exit_code == 1
        assert runtime.execute(app, ["true"]) == Executed(0, b"")
        assert [call.argument for call in runtime.calls][-1] == ("true",)

    def test_notes_what_was_spawned(self, runtime: FakeRuntime) -> None:
        """With its environment; a command that the engine refused is not among them."""
        app, events = runtime.find("app"), runtime.events()
        spawned = runtime.spawn(app, ["leak", "8"], {"RATE": "8"})
        runtime.finish(spawned, 9)
        runtime.stop(app, grace=1)
        with pytest.raises(EngineError):
            runtime.spawn(app, ["leak"], {})
        (noted,) = runtime.spawned
        assert (noted.id, noted.argv, noted.environment) == (spawned, ("leak", "8"), {"RATE": "8"})
        ended = [event for event in events.since(0)[0] if event.action == "exec_die"]
        assert [event.attributes["exitCode"] for event in ended] == ["9"]

    def test_reads_what_was_set(self, runtime: FakeRuntime) -> None:
        """Stats, health and ports are the test's own."""
        app = runtime.find("app")
        runtime.use(app, memory_usage_bytes=7)
        runtime.set_health(app, "unhealthy")
        runtime.ports["app", 8000] = ("127.0.0.1", 40001)
        assert runtime.stats(app)["memory_usage_bytes"] == 7
        assert runtime.state(app).health == "unhealthy"
        assert runtime.port("app", 8000) == ("127.0.0.1", 40001)
        for instance in (1, 2):
            runtime.stop(runtime.find("app", instance), grace=1)
        with pytest.raises(EngineError, match="not published"):
            runtime.port("app", 8000)

    def test_can_lose_its_events(self, runtime: FakeRuntime) -> None:
        """A broken stream is told after the last event that came."""
        events = runtime.events()
        runtime.stop(runtime.find("replica"), grace=1)
        runtime.break_events("gone")
        runtime.start(runtime.find("replica"))
        seen, position = events.since(0)
        assert "start" not in [event.action for event in seen]
        with pytest.raises(EngineError, match="gone"):
            events.since(position)


def test_fake_stack_fails_half_done_and_notes_its_calls(tmp_path: Path) -> None:
    """An up that failed leaves something to take down; a down that failed leaves it up."""
    stack = FakeStack(FakeRuntime(ManualClock(), {"app": 1}), tmp_path)
    stack.fail_next("up", StackError("no image"))
    stack.fail_next("down", StackError("stuck"))
    with pytest.raises(StackError, match="no image"):
        stack.up()
    states = [stack.is_up]
    with pytest.raises(StackError, match="stuck"):
        stack.down()
    states.append(stack.is_up)
    stack.down()
    assert [*states, stack.is_up] == [True, True, False]
    assert stack.calls == ["up", "down", "down"]


@pytest.mark.thorough
def test_fakes_import_no_docker() -> None:
    """Users test their drills where no SDK is installed."""
    program = (
        "import sys, drills.testing; "
        "print(sorted({'docker', 'testcontainers', 'requests'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
