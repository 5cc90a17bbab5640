"""The processes of containers on an engine that speaks Docker's API, whatever their images have.

The engine itself lists them, with the numbers that they have on its host. A signal is sent from
this process where those are ours to see, else by a helper container.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from drills.errors import EngineError
from drills.stack.engines.asking import Ask
from drills.stack.engines.beside import Beside, Where, drill_of
from drills.stack.engines.errand import AT_FDCWD, FIRST, O_RDONLY, Call, Room
from drills.stack.engines.signals import Impossible, from_beside, from_here
from drills.stack.runtime import DRILL_LABEL, Container

_LISTED = "-eo pid,ppid,etimes,stat"  # of the engine's `ps`: numbers, age in seconds, state
_STOPPED = "T"  # by a job control signal; a traced one is "t"


@dataclass(frozen=True, slots=True)
class _Row:
    """One process: its number and its parent's on the engine's host, seconds that it runs."""

    pid: int
    parent: int
    seconds: int
    state: str


class DockerProcesses:
    """See ``drills.stack.runtime.Processes``. ``images`` gives the ids of the stack's images."""

    def __init__(self, ask: Ask, images: Callable[[], Iterable[str]]) -> None:
        self._ask = ask
        self._images = images

    def send(self, container: Container, name: str) -> str:
        """Send it by the first way that this machine and this container allow."""
        number = signal.Signals[name]
        inspected, own = self._own(container)
        ways: Mapping[str, Callable[[], None]] = {
            "a signal from this process": lambda: from_here(container, own.pid, number),
            "a signal from a helper container among its processes": (
                lambda: self._from_within(inspected, number)
            ),
            "a signal from a helper container beside the engine": lambda: from_beside(
                self._ask, [inspected["Image"], *self._images()], container, own.pid, number
            ),
        }
        refused = []
        for way, take in ways.items():
            try:
                take()
            except Impossible as error:
                refused.append(f"{way}: {error}")
            else:
                return way
        raise EngineError(f"its main process gets no {name} here: {'; '.join(refused)}")

    def suspended(self, container: Container) -> bool:
        """By the state that the engine's list has for its main process."""
        with self._ask(f"inspect {container.name}") as client:
            if not client.inspect_container(container.id)["State"]["Running"]:
                return False
        return self._own(container)[1].state.startswith(_STOPPED)

    def _own(self, container: Container) -> tuple[dict[str, Any], _Row]:
        """The process that the container is there for: its first one, or its init's oldest child.

        Raises EngineError where it does not run.
        """
        with self._ask(f"list the processes of {container.name}") as client:
            inspected: dict[str, Any] = client.inspect_container(container.id)
            rows = [_row(one) for one in client.top(container.id, _LISTED)["Processes"]]
        first = int(inspected["State"]["Pid"])
        found = [one for one in rows if one.pid == first]
        if inspected["HostConfig"].get("Init"):
            found = [one for one in rows if one.parent == first]
        if not found:
            raise EngineError(f"{container.name} has no main process")
        return inspected, min(found, key=lambda one: (-one.seconds, one.pid))

    def _from_within(self, inspected: Mapping[str, Any], number: signal.Signals) -> None:
        """Where the engine runs an init in it: by a helper that sees its processes, and no others.

        The child that the init waits for is the first of its children.
        """
        if not inspected["HostConfig"].get("Init"):
            raise Impossible("it has no init of the engine's")
        where = Where(inspected["Image"], ("KILL",), pid=f"container:{inspected['Id']}")
        mark = drill_of(inspected) or DRILL_LABEL
        beside, drill = Beside(self._ask), drill_of(inspected)
        listed = Call("openat", (AT_FDCWD, "/proc/1/task/1/children", O_RDONLY, 0))
        try:
            _, gave = beside.run(
                where, [listed, Call("pread", (FIRST, Room(64), 64, 0))], drill, mark
            )
            said = re.match(rb"\d+", gave.rooms[0])
            if said is None:
                raise Impossible("its init has no child that is seen")
            (sent,) = beside.run(where, [Call("kill", (int(said[0]), int(number)))], drill, mark)
        except EngineError as error:
            raise Impossible(str(error)) from error
        if sent.value:
            raise Impossible(f"error {-sent.value}")


def _row(values: list[str]) -> _Row:
    try:
        pid, parent, seconds, state = values
        return _Row(int(pid), int(parent), int(seconds), state)
    except ValueError as error:
        raise EngineError(f"the engine lists a process as {' '.join(values)!r}") from error
