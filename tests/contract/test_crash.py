"""A sudden death: what dies as of itself, so that whatever is to restart it does so."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.errors import EngineError
from drills.stack.engines.crash import Crash
from drills.stack.engines.signals import Impossible
from tests.contract.benches import Bench, DockerBench, FakeBench, Listening

FROM_HERE, INSIDE, BESIDE = "_from_here", "_through_init", "_from_beside"


class TestCrash:
    @pytest.mark.parametrize("init", [False, True], ids=["no init", "init"])
    def test_is_a_death_after_which_its_restart_policy_acts(
        self, bench: Bench, listening: Listening, *, init: bool
    ) -> None:
        """The engine tells of no signal of its own, only of the end, and starts it again."""
        container = bench.add("app", restarts=True, init=init)
        before = bench.runtime.state(container)
        _, begun_ns = bench.runtime.crash(container)
        died = listening.until("die")
        assert died.attributes["exitCode"] == "137"
        assert died.at_ns + died.error_ns >= begun_ns
        _pass_time(bench)
        listening.until("start", lambda event: event.at_ns >= died.at_ns)
        assert "kill" not in listening.actions()
        after = bench.runtime.state(container)
        assert (after.running, after.restarts) == (True, before.restarts + 1)
        assert after.started_at > before.started_at

    def test_of_one_instance_leaves_the_other_alone(
        self, bench: Bench, listening: Listening
    ) -> None:
        """And without a policy it stays dead."""
        first, second = bench.add("app", 1), bench.add("app", 2)
        bench.runtime.crash(first)
        assert listening.until("die").container_id == first.id
        state = bench.runtime.state(first)
        assert (state.status, state.exit_code) == ("exited", 137)
        assert bench.runtime.state(second).running

    def test_is_what_a_kill_by_the_engine_is_not(self, bench: Bench, listening: Listening) -> None:
        """To the engine its own kill is a stop by hand, after which no policy acts."""
        killed, crashed = bench.add("app", 1, restarts=True), bench.add("app", 2, restarts=True)
        bench.runtime.kill(killed)
        bench.runtime.crash(crashed)
        _pass_time(bench)
        listening.until("start", lambda event: event.container_id == crashed.id)
        assert bench.runtime.state(killed).status == "exited"

    def test_of_a_stopped_one_is_refused(self, bench: Bench) -> None:
        """Nobody is there to die."""
        container = bench.add("app")
        bench.runtime.stop(container, grace=20)
        with pytest.raises(EngineError, match=re.escape(container.name)):
            bench.runtime.crash(container)


def _pass_time(bench: Bench) -> None:
    """Where time only passes when told, let a second pass."""
    if isinstance(bench, FakeBench):
        bench.clock.advance(1)


@pytest.fixture
def docker() -> Iterator[DockerBench]:
    """Real containers, all removed afterwards."""
    bench = DockerBench()
    try:
        yield bench
    finally:
        bench.close()


def only(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Close every other way."""

    def closed(*_: object) -> None:
        raise Impossible("closed by the test")

    for each in {FROM_HERE, INSIDE, BESIDE} - {way}:
        monkeypatch.setattr(Crash, each, closed)


@pytest.mark.engine
class TestWays:
    @pytest.mark.parametrize(
        ("way", "told"), [(FROM_HERE, "this process"), (INSIDE, "init"), (BESIDE, "helper")]
    )
    def test_each_ends_in_a_restart_by_its_policy(
        self, docker: DockerBench, monkeypatch: pytest.MonkeyPatch, way: str, told: str
    ) -> None:
        """Whichever the machine allows, the engine takes it for a crash, and says which it was."""
        container = docker.add("app", restarts=True, init=True)
        other = docker.add("app", 2, init=True)
        listening = Listening(docker)
        only(way, monkeypatch)
        assert told in docker.runtime.crash(container)[0]
        died = listening.until("die")
        assert (died.container_id, died.attributes["exitCode"]) == (container.id, "137")
        listening.until("start")
        assert "kill" not in listening.actions()
        assert docker.runtime.state(container).restarts == 1
        assert docker.runtime.state(other).running
        listening.events.close()

    def test_a_helper_is_gone_when_it_has_helped(
        self, docker: DockerBench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And it was never one of the stack's own containers."""
        container = docker.add("app")
        listening = Listening(docker)
        before = docker.everything()
        only(BESIDE, monkeypatch)
        docker.runtime.crash(container)
        listening.until("die")
        assert docker.everything() == before
        assert {event.container_id for event in listening.all()} == {container.id}
        listening.events.close()

    def test_where_none_works_nothing_is_done_and_each_says_why(
        self, docker: DockerBench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The reasons are those of this machine and this container."""
        container = docker.add("app")
        only(INSIDE, monkeypatch)
        with pytest.raises(EngineError, match=r"cannot be made to die here: .*it has no init"):
            docker.runtime.crash(container)
        assert docker.runtime.state(container).running

    def test_a_process_of_another_container_is_never_hit(
        self, docker: DockerBench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where a number leads to somebody else's process by now, no signal is sent."""
        container, neighbour = docker.add("app", 1), docker.add("app", 2)
        pid = docker.pid(neighbour)
        inspect = Crash._inspect

        def stale(self: Crash, container: object) -> dict[str, object]:
            found = inspect(self, container)  # type: ignore[arg-type]
            return {**found, "State": {**found["State"], "Pid": pid}}

        monkeypatch.setattr(Crash, "_inspect", stale)
        with pytest.raises(EngineError, match=r"not seen from here; .*helper ended with 3"):
            docker.runtime.crash(container)
        assert docker.runtime.state(neighbour).running
        assert docker.runtime.state(container).running


def test_without_leave_to_signal_the_next_way_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of another user, an engine in a virtual machine, a system without handles."""

    def refused(_: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "pidfd_open", refused)
    crash = Crash(None, None, None, None)  # type: ignore[arg-type]
    container = FakeBench().add("app")
    with pytest.raises(Impossible, match="process 7: Operation not permitted"):
        crash._from_here(container, {"State": {"Pid": 7}})
    monkeypatch.undo()
    with pytest.raises(Impossible, match="not seen from here"):
        crash._from_here(container, {"State": {"Pid": os.getpid()}})
    assert Path(f"/proc/{os.getpid()}").exists()
