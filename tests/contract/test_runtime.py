"""What every runtime promises, whether its containers are real or on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from drills.errors import EngineError, UnknownTarget
from drills.stack.runtime import Container, Runtime
from drills.units import NS
from tests.contract.benches import Bench, Listening


class TestContainers:
    def test_are_listed_by_service_and_instance_stopped_ones_too(self, bench: Bench) -> None:
        """All containers of the stack are there, in an order that does not depend on luck."""
        second, first = bench.add("app", 2), bench.add("app", 1)
        replica = bench.add("replica")
        bench.runtime.stop(first, grace=5)
        assert [one.id for one in bench.runtime.containers()] == [first.id, second.id, replica.id]
        assert [one.instance for one in bench.runtime.containers("app")] == [1, 2]
        assert bench.runtime.containers("nginx") == []

    def test_one_that_is_gone_is_an_unknown_target_in_every_call(self, bench: Bench) -> None:
        """A container that somebody removed is named in the error, whatever is asked of it."""
        gone = bench.add("app")
        bench.remove(gone)
        calls: list[Callable[[Runtime, Container], object]] = [
            lambda runtime, one: runtime.state(one),
            lambda runtime, one: runtime.start(one),
            lambda runtime, one: runtime.stop(one, grace=1),
            lambda runtime, one: runtime.kill(one),
            lambda runtime, one: runtime.crash(one),
            lambda runtime, one: runtime.pause(one),
            lambda runtime, one: runtime.unpause(one),
            lambda runtime, one: runtime.restart(one, grace=1),
            lambda runtime, one: runtime.execute(one, ["true"]),
            lambda runtime, one: runtime.spawn(one, ["true"], {}),
            lambda runtime, one: runtime.logs(one, tail=1),
            lambda runtime, one: runtime.stats(one),
        ]
        for call in calls:
            with pytest.raises(UnknownTarget, match=re.escape(gone.name)):
                call(bench.runtime, gone)
        assert bench.runtime.containers() == []


class TestWithin:
    def test_in_time_it_is_the_same_stack(self, bench: Bench) -> None:
        """What one sees and does, the other sees."""
        container = bench.add("app")
        hurried = bench.runtime.within(60)
        hurried.pause(container)
        assert bench.runtime.state(container).paused
        bench.runtime.unpause(container)
        assert not hurried.state(container).paused
        assert hurried.containers() == bench.runtime.containers()

    def test_when_time_is_up_nothing_is_done(self, bench: Bench) -> None:
        """Every call says so at once, and the container is as it was."""
        container = bench.add("app")
        late = bench.runtime.within(0)
        calls: list[Callable[[], object]] = [
            lambda: late.pause(container),
            lambda: late.kill(container),
            lambda: late.crash(container),
            lambda: late.state(container),
            lambda: late.execute(container, ["true"]),
            late.containers,
        ]
        for call in calls:
            with pytest.raises(EngineError, match="no time was left"):
                call()
        state = bench.runtime.state(container)
        assert (state.status, state.paused) == ("running", False)


class TestStop:
    def test_of_a_polite_one_is_an_end_without_a_fault(
        self, bench: Bench, listening: Listening
    ) -> None:
        """A process that heeds the request ends with its own exit code, told by the engine."""
        container = bench.add("app")
        bench.runtime.stop(container, grace=20)
        state = bench.runtime.state(container)
        assert (state.status, state.running, state.exit_code) == ("exited", False, 0)
        assert listening.until("kill").attributes["signal"] == "15"
        assert listening.until("die").attributes["exitCode"] == "0"

    def test_of_a_deaf_one_kills_it_after_the_grace(self, bench: Bench) -> None:
        """A process that ignores the request is given the grace, and then ended."""
        container = bench.add("app", deaf=True)
        begun = bench.clock.monotonic_ns()
        bench.runtime.stop(container, grace=0.5)
        assert bench.clock.monotonic_ns() - begun >= 500_000_000
        assert bench.runtime.state(container).exit_code == 137

    def test_without_a_grace_gives_the_container_s_own(self, bench: Bench) -> None:
        """What compose's ``stop_grace_period`` says, shorter or longer than the engine's ten."""
        container = bench.add("app", deaf=True, grace=1)
        begun = bench.clock.monotonic_ns()
        bench.runtime.stop(container)
        assert 1 <= (bench.clock.monotonic_ns() - begun) / NS < 10
        assert bench.runtime.state(container).exit_code == 137
        bench.runtime.start(container)
        begun = bench.clock.monotonic_ns()
        bench.runtime.restart(container)
        assert 1 <= (bench.clock.monotonic_ns() - begun) / NS < 10

    def test_of_a_stopped_one_is_no_error_and_no_event(
        self, bench: Bench, listening: Listening
    ) -> None:
        """Stopping twice is stopping once."""
        container = bench.add("app")
        bench.runtime.stop(container, grace=20)
        bench.runtime.stop(container, grace=20)
        bench.runtime.start(container)  # whatever the second stop did has been told by now
        listening.until("start", lambda event: event.at_ns > listening.until("die").at_ns)
        assert listening.actions().count("die") == 1

    def test_of_a_frozen_one_thaws_it_first(self, bench: Bench, listening: Listening) -> None:
        """A frozen container can be stopped; it does not stay behind as a frozen corpse."""
        container = bench.add("app")
        bench.runtime.pause(container)
        bench.runtime.stop(container, grace=20)
        state = bench.runtime.state(container)
        assert (state.status, state.paused, state.exit_code) == ("exited", False, 0)
        listening.until("die")
        assert listening.actions().index("unpause") < listening.actions().index("die")


class TestStart:
    def test_brings_a_stopped_one_back(self, bench: Bench, listening: Listening) -> None:
        """After a start it runs again, since a later moment, and the engine says so."""
        container = bench.add("app")
        before = bench.runtime.state(container).started_at
        bench.runtime.stop(container, grace=20)
        bench.runtime.start(container)
        state = bench.runtime.state(container)
        assert (state.status, state.running) == ("running", True)
        assert state.started_at > before
        died = listening.until("die")
        listening.until("start", lambda event: event.at_ns > died.at_ns)

    def test_of_a_running_one_changes_nothing(self, bench: Bench) -> None:
        """Starting twice is starting once."""
        container = bench.add("app")
        before = bench.runtime.state(container)
        bench.runtime.start(container)
        assert bench.runtime.state(container) == before

    def test_of_a_frozen_one_is_refused(self, bench: Bench) -> None:
        """A start is no thaw: who asks for one has mixed something up."""
        container = bench.add("app")
        bench.runtime.pause(container)
        with pytest.raises(EngineError, match=re.escape(container.name)):
            bench.runtime.start(container)
        assert bench.runtime.state(container).paused


class TestKill:
    def test_ends_it_at_once(self, bench: Bench, listening: Listening) -> None:
        """SIGKILL ends it with 137, and the engine tells of the signal and of the death."""
        container = bench.add("app", deaf=True)
        bench.runtime.kill(container)
        died = listening.until("die")
        assert (died.service, died.container_id) == ("app", container.id)
        assert died.attributes["exitCode"] == "137"
        assert listening.until("kill").attributes["signal"] == "9"
        state = bench.runtime.state(container)
        assert (state.status, state.exit_code, state.oom_killed) == ("exited", 137, False)

    def test_sends_other_signals_too(self, bench: Bench, listening: Listening) -> None:
        """A polite process ends at SIGTERM by its own doing."""
        container = bench.add("app")
        bench.runtime.kill(container, "SIGTERM")
        assert listening.until("die").attributes["exitCode"] == "0"

    def test_ends_a_frozen_one(self, bench: Bench, listening: Listening) -> None:
        """Freezing protects nobody from SIGKILL."""
        container = bench.add("app")
        bench.runtime.pause(container)
        bench.runtime.kill(container)
        assert listening.until("die").attributes["exitCode"] == "137"
        assert not bench.runtime.state(container).paused

    def test_of_a_stopped_one_and_by_an_unknown_signal_are_refused(self, bench: Bench) -> None:
        """A signal that reaches nobody is an error, never a success."""
        container = bench.add("app")
        with pytest.raises(EngineError, match="SIGNONE"):
            bench.runtime.kill(container, "SIGNONE")
        assert bench.runtime.state(container).running
        bench.runtime.stop(container, grace=20)
        with pytest.raises(EngineError, match=re.escape(container.name)):
            bench.runtime.kill(container)


class TestFreeze:
    def test_and_thaw_are_idempotent(self, bench: Bench, listening: Listening) -> None:
        """Twice frozen is frozen, twice thawed is thawed, and each is told once."""
        container = bench.add("app")
        for _ in range(2):
            bench.runtime.pause(container)
            state = bench.runtime.state(container)
            assert (state.status, state.running, state.paused) == ("paused", True, True)
        for _ in range(2):
            bench.runtime.unpause(container)
            assert bench.runtime.state(container).status == "running"
        listening.until("unpause")
        assert [word for word in listening.actions() if "pause" in word] == ["pause", "unpause"]

    def test_of_a_stopped_one_is_refused_and_its_thaw_is_not(self, bench: Bench) -> None:
        """What does not run cannot be frozen; nor is it frozen, so thawing it is done."""
        container = bench.add("app")
        bench.runtime.stop(container, grace=20)
        with pytest.raises(EngineError, match=re.escape(container.name)):
            bench.runtime.pause(container)
        bench.runtime.unpause(container)
        assert bench.runtime.state(container).status == "exited"


class TestRestart:
    @pytest.mark.parametrize("before", ["running", "paused", "exited"])
    def test_ends_in_running_whatever_it_was(
        self, bench: Bench, listening: Listening, before: str
    ) -> None:
        """A restart leaves it running since a later moment."""
        container = bench.add("app")
        if before == "paused":
            bench.runtime.pause(container)
        if before == "exited":
            bench.runtime.stop(container, grace=20)
        earlier = bench.runtime.state(container)
        assert earlier.status == before
        bench.runtime.restart(container, grace=20)
        later = bench.runtime.state(container)
        assert later.status == "running"
        assert later.started_at > earlier.started_at
        listening.until("restart")


class TestExecute:
    def test_gives_the_exit_code_and_both_outputs(self, bench: Bench) -> None:
        """Standard output and standard error come together, with the command's own code."""
        container = bench.add("app")
        done = bench.runtime.execute(container, ["sh", "-c", "echo out; echo err >&2; exit 3"])
        assert done.exit_code == 3
        assert sorted(done.output.splitlines()) == [b"err", b"out"]

    def test_of_a_command_that_is_not_there_fails_as_in_a_shell(self, bench: Bench) -> None:
        """126 or 127, and the reason in the output."""
        done = bench.runtime.execute(bench.add("app"), ["no-such-command"])
        assert done.exit_code in {126, 127}
        assert b"not found" in done.output

    @pytest.mark.parametrize("state", ["paused", "exited"])
    def test_where_nothing_can_run_is_refused(self, bench: Bench, state: str) -> None:
        """A command neither hangs in a frozen container nor seems to work in a stopped one."""
        container = bench.add("app")
        if state == "paused":
            bench.runtime.pause(container)
        else:
            bench.runtime.stop(container, grace=20)
        with pytest.raises(EngineError, match=f"run true in {re.escape(container.name)}"):
            bench.runtime.execute(container, ["true"])
        with pytest.raises(EngineError, match=f"spawn true in {re.escape(container.name)}"):
            bench.runtime.spawn(container, ["true"], {})

    def test_by_several_threads_at_once(self, bench: Bench) -> None:
        """Evidence, responder and faults ask at the same time, each gets its own answer."""
        containers = [bench.add("app", instance) for instance in (1, 2, 3)]

        def ask(container: Container) -> tuple[int, str]:
            code = bench.runtime.execute(
                container, ["sh", "-c", "echo out; echo err >&2; exit 3"]
            ).exit_code
            return code, bench.runtime.state(container).status

        with ThreadPoolExecutor(6) as pool:
            assert set(pool.map(ask, containers * 4)) == {(3, "running")}


class TestSpawn:
    def test_returns_an_id_that_the_end_of_the_command_carries(
        self, bench: Bench, listening: Listening
    ) -> None:
        """The command has the environment it was given; its end is told with its exit code."""
        container = bench.add("app")
        spawned = bench.runtime.spawn(container, ["sh", "-c", "exit $CODE"], {"CODE": "5"})
        bench.finish(spawned, 5)
        ended = listening.until("exec_die", lambda event: event.attributes["execID"] == spawned)
        assert ended.attributes["exitCode"] == "5"
        assert ended.service == "app"
        started = [event for event in listening.all() if event.action == "exec_start"]
        assert [event.attributes["execID"] for event in started] == [spawned]

    def test_dies_with_its_container(self, bench: Bench, listening: Listening) -> None:
        """What was spawned does not outlive the container's first process."""
        container = bench.add("app")
        spawned = bench.runtime.spawn(container, ["sleep", "600"], {})
        bench.runtime.kill(container)
        ended = listening.until("exec_die")
        assert ended.attributes["execID"] == spawned
        assert ended.attributes["exitCode"] == "137"


class TestReadings:
    def test_logs_are_the_last_lines_each_with_its_date(self, bench: Bench) -> None:
        """The engine's stamp precedes each line, and no more lines come than were asked for."""
        container = bench.add("app")
        dated = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z "
        assert re.fullmatch(dated + rb"ready\n", bench.runtime.logs(container, tail=1))
        both = bench.runtime.logs(container, tail=10)
        assert re.fullmatch(dated + rb"one\n" + dated + rb"ready\n", both)

    def test_stats_are_whole_numbers_of_a_running_container(self, bench: Bench) -> None:
        """Memory and network in bytes, processor time in ns, processes; also while frozen."""
        container = bench.add("app")
        names = {
            "memory_usage_bytes",
            "memory_limit_bytes",
            "memory_working_set_bytes",
            "cpu_ns",
            "pids",
            "network_received_bytes",
            "network_sent_bytes",
        }
        for _ in range(2):
            stats = bench.runtime.stats(container)
            assert stats.keys() == names
            assert all(isinstance(number, int) and number >= 0 for number in stats.values())
            assert stats["pids"] != 0
            bench.runtime.pause(container)

    def test_stats_of_a_stopped_one_are_empty(self, bench: Bench) -> None:
        """Nothing is measured where nothing runs: no row of zeros."""
        container = bench.add("app")
        bench.runtime.stop(container, grace=20)
        assert bench.runtime.stats(container) == {}

    def test_port_of_an_unknown_service_or_unpublished_is_a_clear_error(self, bench: Bench) -> None:
        """The error names the service and the port that were asked for."""
        bench.add("app")
        with pytest.raises(EngineError, match="port 8080 of app is not published"):
            bench.runtime.port("app", 8080)
        with pytest.raises(UnknownTarget, match="no service 'nginx'"):
            bench.runtime.port("nginx", 8080)


class TestEvents:
    def test_lie_between_the_call_and_its_return(self, bench: Bench, listening: Listening) -> None:
        """The engine's stamps are on our monotonic clock, right to the error they carry."""
        container = bench.add("app")
        for act, action in ((bench.runtime.pause, "pause"), (bench.runtime.unpause, "unpause")):
            begun = bench.clock.monotonic_ns()
            act(container)
            ended = bench.clock.monotonic_ns()
            event = listening.until(action)
            assert event.error_ns >= 0
            assert begun - event.error_ns <= event.at_ns <= ended + event.error_ns

    def test_come_in_order_and_each_position_once(self, bench: Bench, listening: Listening) -> None:
        """Asking from the last position gives what is new, nothing twice, nothing lost."""
        container = bench.add("app")
        bench.runtime.pause(container)
        listening.until("pause")
        first, position = listening.events.since(0)
        bench.runtime.unpause(container)
        listening.until("unpause")
        second, end = listening.events.since(position)
        assert [event.action for event in second] == ["unpause"]
        assert tuple(listening.all()) == (*first, *second)
        assert listening.events.since(end) == ((), end)
        stamps = [event.at_ns for event in listening.all()]
        assert stamps == sorted(stamps)

    def test_begin_with_the_subscription(self, bench: Bench) -> None:
        """What happened before is not told; what happens right after is, to each listener."""
        container = bench.add("app")
        bench.runtime.pause(container)
        one, other = Listening(bench), Listening(bench)
        bench.runtime.unpause(container)
        for listener in (one, other):
            listener.until("unpause")
            assert listener.actions() == ["unpause"]
            listener.events.close()

    def test_are_kept_when_closed(self, bench: Bench) -> None:
        """Closing twice is closing; what has come stays readable, what comes later stays out."""
        container = bench.add("app")
        listening = Listening(bench)
        bench.runtime.pause(container)
        listening.until("pause")
        listening.events.close()
        listening.events.close()
        bench.runtime.unpause(container)
        assert listening.actions() == ["pause"]
