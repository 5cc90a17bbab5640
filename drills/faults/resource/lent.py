"""Faults by a program of ours inside a container, which ends by itself whatever becomes of us.

They need nothing of the container's image. A static program is lent to the container; where engine
or machine do not allow that, the container's own shell does what it can.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from drills.errors import EngineError, PlanError, UnknownTarget
from drills.faults.fault import Applied, Colour, Effect, EngineTells, OfContainer
from drills.faults.process import runs, start
from drills.faults.undo import Operation, Place, Undo
from drills.stack.program import Program
from drills.stack.runtime import Container, Runtime

MARK = "DRILLS_INJECTION"  # the environment variable that every process of a fault carries
_NO_SHELL = (126, 127)  # what a command ends with that is not there, or whose tools are not

# What the shell's way asks for: the tools that its script needs, and those that end it again.
NEEDED = """
for tool in "$@" tr grep; do
  command -v "$tool" >/dev/null || { echo "no $tool"; exit 127; }
done
"""


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


class Lent(OfContainer):
    """A fault that is one program, for ``time_to_live`` seconds at most.

    ``script`` is what the container's own shell does instead, with the mark as its first argument
    (it only has to be seen), ``numbers`` and the time to live; ``tools`` is what that needs.
    """

    __slots__ = ()
    colour: ClassVar[Colour] = Colour.RESOURCE
    effect: ClassVar[Effect] = EngineTells(
        frozenset({"exec_start"}), begun=frozenset({"exec_start"})
    )
    tools: ClassVar[tuple[str, ...]]
    script: ClassVar[str]
    time_to_live: float

    @abstractmethod
    def program(self) -> Program:
        """What is lent."""

    @abstractmethod
    def numbers(self) -> Sequence[int]:
        """What the script is told beside the time to live."""

    def undo(self, place: Place, injection: str) -> Undo:
        """Take the program back, and end whatever carries the injection's mark."""
        return Undo("take-back", place, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Start it inside the container, by the first way that works."""
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
        raise EngineError(f"no way works in it: {'; '.join(refused)}")

    def _lent(self, runtime: Runtime, container: Container, injection: str) -> str:
        return runtime.lend(container, self.program(), injection, {MARK: injection})

    def _by_shell(self, runtime: Runtime, container: Container, injection: str) -> str:
        found = runtime.execute(container, ["sh", "-c", NEEDED, "sh", *self.tools])
        if found.exit_code != 0:
            said = found.output.decode("utf-8", "replace").strip()
            raise EngineError(said or f"exit code {found.exit_code}")
        numbers = (*self.numbers(), math.ceil(self.time_to_live))
        line = ["sh", "-c", self.script, "sh", injection, *(str(number) for number in numbers)]
        return runtime.spawn(container, line, {MARK: injection})
