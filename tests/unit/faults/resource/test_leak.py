"""The memory leak: what it is told, what it needs, and as a real process."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from drills.errors import EngineError, InjectionFailed
from drills.faults import MemoryLeak
from drills.faults.resource.leak import BY_SHELL
from drills.faults.resource.lent import MARK, NEEDED, marked_processes
from drills.faults.target import Target
from drills.faults.undo import Place
from drills.journal.facts import FaultCalled
from drills.stack.runtime import Executed
from drills.units import MIB
from drills.wait import until
from tests.doubles.bench import Bench


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
        lines = [needed(MemoryLeak.tools), leak_by_shell(rate=64 * MIB, bound=MIB, ttl=1)]
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


def needed(tools: tuple[str, ...]) -> list[str]:
    return ["/bin/sh", "-c", NEEDED, "sh", *tools]


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
