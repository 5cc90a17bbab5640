"""A memory leak: a process in the container that grows as the runbook's does.

It needs nothing of the container's image. A static program is lent to the container; where engine
or machine do not allow that, the container's own shell and `tail` do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import EngineError, PlanError, UnknownTarget
from drills.faults.fault import Applied, Colour, Effect, EngineTells, OfContainer
from drills.faults.process import runs, start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.engines.program import leak
from drills.stack.runtime import Container, Runtime
from drills.units import MIB

MARK = "DRILLS_INJECTION"  # the environment variable that every process of a fault carries
_NO_SHELL = (126, 127)  # what a command ends with that is not there, or whose tools are not

# What the shell's way needs, and what ends it again.
NEEDED = """
for tool in head tail sleep tr grep; do
  command -v "$tool" >/dev/null || { echo "no $tool"; exit 127; }
done
"""
# `tail` keeps the end of what it reads, which is all of it up to the bound. It is fed by the
# kernel's clock, in hundredths of a second. $1: the mark, which only has to be seen.
BY_SHELL = """
rate=$2 bound=$3 ttl=$4 size=0
look() { read -r up rest </proc/uptime; now=$((${up%.*} * 100 + 1${up#*.} - 100)); }
look; begin=$now
while look; [ $((now - begin)) -lt $((ttl * 100)) ]; do
  due=$(((now - begin) * rate / 100))
  if [ "$due" -gt "$bound" ]; then due=$bound; fi
  if [ "$due" -gt "$size" ]; then head -c $((due - size)) /dev/zero || break; size=$due; fi
  sleep 0.05 2>/dev/null || sleep 1
done | tail -c "$bound" >/dev/null
"""
LARGEST = 2**31 - MIB  # bytes that every `tail` can keep


def marked_processes(mark: str, *, kill: bool) -> list[str]:
    """A command that lists (or kills) the processes that carry an injection's mark, one pid a line.

    The mark is an argument to a fixed script, never part of one; sh, tr and grep are all it needs.
    Raises PlanError for more than one line: grep would look for each, and an empty one is anywhere.
    """
    if mark.splitlines() != [mark] or "\0" in mark:
        raise PlanError(f"expected the mark of an injection, got {mark!r}")
    act = 'kill -9 "${p#/proc/}"; ' if kill else ""
    script = (
        "command -v tr >/dev/null && command -v grep >/dev/null || exit 127; "
        "for p in /proc/[0-9]*; do "
        'if { tr "\\000" "\\n" <"$p/environ"; } 2>/dev/null '
        f'| grep -qxF "{MARK}=$1"; then {act}echo "${{p#/proc/}}"; fi; done'
    )
    return ["sh", "-c", script, "sh", mark]


def _end_processes(runtime: Runtime, undo: Undo) -> None:
    if undo.before.get("status") == "running":  # the fault may have taken the whole container
        start(runtime, undo)
    if runs(runtime, undo):
        runtime.execute(undo.container, marked_processes(undo.arguments["mark"], kill=True))


def _no_processes(runtime: Runtime, undo: Undo) -> bool:
    if not runtime.state(undo.container).running:
        return True
    found = runtime.execute(undo.container, marked_processes(undo.arguments["mark"], kill=False))
    return found.exit_code == 0 and not found.output.strip()


def _take_back(runtime: Runtime, undo: Undo) -> None:
    runtime.take_back(undo.arguments["mark"])
    _end_processes(runtime, undo)


def _taken_back(runtime: Runtime, undo: Undo) -> bool:
    """Neither the engine nor, where it can be asked, the container knows of anything left.

    What was started for the fault carries the mark as its argument, so the engine's word stands
    alone where the container has no shell.
    """
    mark = undo.arguments["mark"]
    if runtime.left(undo.container, mark):
        return False
    if not runtime.state(undo.container).running:
        return True
    found = runtime.execute(undo.container, marked_processes(mark, kill=False))
    if found.exit_code in _NO_SHELL:
        return True
    return found.exit_code == 0 and not found.output.strip()


OPERATIONS: Mapping[str, Operation] = {
    "end-processes": Operation(
        _end_processes,
        _no_processes,
        "no process of the injection is left",
        "docker restart {container}",
    ),
    "take-back": Operation(
        _take_back,
        _taken_back,
        "no process of the injection is left",
        "docker restart {container}",
    ),
}


@dataclass(frozen=True, slots=True)
class MemoryLeak(OfContainer):
    """A process leaks ``rate`` bytes a second until it was noticed, is killed, or holds ``bound``.

    ``time_to_live`` seconds after its start it ends by itself, whatever became of the drill.
    """

    rate: int = 8 * MIB
    bound: int = 2048 * MIB
    time_to_live: float = 600.0
    kind: ClassVar[str] = "memory leak"
    phrase: ClassVar[str] = "a memory leak of {rate:size} a second"
    label: ClassVar[str] = "leaks memory"
    colour: ClassVar[Colour] = Colour.RESOURCE
    effect: ClassVar[Effect] = EngineTells(
        frozenset({"exec_start"}), begun=frozenset({"exec_start"})
    )

    @property
    def by_hand(self) -> str:
        """As a person would have something grow in it, all at once."""
        return f"docker exec -d {{container}} sh -c 'head -c {self.bound} /dev/zero | tail'"

    def parameters(self) -> Mapping[str, Json]:
        """Rate in MiB/s, bound in MiB, time to live in seconds."""
        return {
            "rate_mib_per_s": self.rate / MIB,
            "bound_mib": self.bound / MIB,
            "time_to_live_s": self.time_to_live,
        }

    def undo(self, place: Place, injection: str) -> Undo:
        """Take the program back, and end whatever carries the injection's mark."""
        return Undo("take-back", place, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Start the leaking process inside the container, by the first way that works."""
        ways: Mapping[str, Callable[[Runtime, Container, str], str]] = {
            "a program lent to it": self._lent,
            "its own shell": self._by_shell,
        }
        refused = []
        for way, begin in ways.items():
            try:
                return Applied(command=begin(runtime, place.container, injection), way=way)
            except UnknownTarget:
                raise
            except EngineError as error:
                refused.append(f"{way}: {error}")
        raise EngineError(f"nothing can be made to leak in it: {'; '.join(refused)}")

    def _lent(self, runtime: Runtime, container: Container, injection: str) -> str:
        program = LeakProgram(self.rate, self.bound, self.time_to_live)
        return runtime.lend(container, program, injection, {MARK: injection})

    def _by_shell(self, runtime: Runtime, container: Container, injection: str) -> str:
        found = runtime.execute(container, ["sh", "-c", NEEDED])
        if found.exit_code != 0:
            said = found.output.decode("utf-8", "replace").strip()
            raise EngineError(said or f"exit code {found.exit_code}")
        numbers = (self.rate, min(self.bound, LARGEST), math.ceil(self.time_to_live))
        line = ["sh", "-c", BY_SHELL, "sh", injection, *(str(number) for number in numbers)]
        return runtime.spawn(container, line, {MARK: injection})


@dataclass(frozen=True, slots=True)
class LeakProgram:
    """The leak as a static program."""

    rate: int
    bound: int
    time_to_live: float
    name: str = "memory-leak"

    def make(self, machine: str, keeper_pid: int) -> bytes:
        """The program for the engine's machine, which ends when its keeper does."""
        return leak(machine, keeper_pid, self.rate, self.bound, self.time_to_live)


FAULTS: tuple[type, ...] = (MemoryLeak,)
