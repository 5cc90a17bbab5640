"""A command that has only so long, in a real container: it ends, or it is ended there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from drills.stack.commands import NotStarted, OutOfTime
from drills.stack.engines import processes
from drills.stack.engines.signals import Impossible
from drills.stack.runtime import Container
from tests.contract.faulted import Faulted

pytestmark = pytest.mark.engine
# Deaf to polite requests, with a child that is one too, and quiet.
FAMILY = "trap '' TERM HUP; sleep 4711 & sleep 4712 & wait"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulted]:
    bench = Faulted(tmp_path_factory.mktemp("bounded") / "journal")
    try:
        yield bench
    finally:
        bench.close()


@pytest.fixture(scope="module")
def worker(bench: Faulted) -> Container:
    return bench.add("worker")


def running(bench: Faulted, container: Container) -> int:
    """How many processes of ``FAMILY`` there are."""
    return sum("471" in line for line in bench.runtime.processes.listed(container))


def test_a_command_in_time_is_as_any_other(bench: Faulted, worker: Container) -> None:
    """Its exit code and what it wrote, on both streams."""
    line = "echo out; echo err >&2; exit 3"
    done = bench.runtime.commands.run(worker, ["sh", "-c", line], within=20)
    assert (done.exit_code, done.output, done.errors) == (3, b"out\n", b"err\n")


def test_a_command_out_of_time_is_ended_with_all_it_started(
    bench: Faulted, worker: Container
) -> None:
    """Whatever its image has, and however deaf it is; the container goes on."""
    begun = time.monotonic()
    with pytest.raises(OutOfTime, match=r"^sh was ended after 1 s"):
        bench.runtime.commands.run(worker, ["sh", "-c", FAMILY], within=1)
    assert time.monotonic() - begun < 20
    assert running(bench, worker) == 0
    assert bench.runtime.state(worker).running


def test_what_writes_without_end_is_ended_too(bench: Faulted, worker: Container) -> None:
    """And its output is not kept."""
    with pytest.raises(OutOfTime):
        bench.runtime.commands.run(worker, ["yes"], within=1)
    done = bench.runtime.commands.run(worker, ["sh", "-c", "yes | head -c 3000000"], within=20)
    assert done.exit_code == 0
    assert 200_000 < len(done.output) <= 256 * 1024


def test_what_cannot_be_run_was_not_started(bench: Faulted, worker: Container) -> None:
    """No such program; a container that is frozen, or stopped: told from what failed amid."""
    with pytest.raises(NotStarted, match="no-such-program"):
        bench.runtime.commands.run(worker, ["no-such-program"], within=5)
    assert bench.runtime.commands.run(worker, ["sh", "-c", "exit 127"], within=5).exit_code == 127
    other = bench.add("other")
    bench.runtime.pause(other)
    with pytest.raises(NotStarted):
        bench.runtime.commands.run(other, ["true"], within=5)
    bench.runtime.unpause(other)
    bench.runtime.kill(other)
    with pytest.raises(NotStarted):
        bench.runtime.commands.run(other, ["true"], within=5)


def test_a_container_that_dies_amid_a_command_is_no_success(bench: Faulted) -> None:
    """It is told by its exit code, and by nothing else."""
    dying = bench.add("dying")
    threading.Timer(1.0, lambda: bench.runtime.kill(dying)).start()
    done = bench.runtime.commands.run(dying, ["sleep", "4713"], within=30)
    assert done.exit_code != 0


def test_where_the_engine_s_processes_are_not_seen_a_helper_ends_it(
    bench: Faulted, worker: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on an engine in a machine of its own."""

    def unseen(*_: object) -> None:
        raise Impossible("not seen from here")

    monkeypatch.setattr(processes, "from_here", unseen)
    with pytest.raises(OutOfTime):
        bench.runtime.commands.run(worker, ["sh", "-c", FAMILY], within=1)
    assert running(bench, worker) == 0
    assert bench.runtime.state(worker).running


def test_a_frozen_command_is_ended_once_it_is_thawed(bench: Faulted) -> None:
    """Its time is over meanwhile; nothing is left of it, and nothing piles up."""
    frozen = bench.add("frozen")
    threading.Timer(0.5, lambda: bench.runtime.pause(frozen)).start()
    threading.Timer(3.0, lambda: bench.runtime.unpause(frozen)).start()
    begun = time.monotonic()
    with pytest.raises(OutOfTime):
        bench.runtime.commands.run(frozen, ["sh", "-c", FAMILY], within=1)
    assert time.monotonic() - begun < 30
    assert running(bench, frozen) == 0
