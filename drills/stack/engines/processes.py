"""The processes of containers on an engine that speaks Docker's API, whatever their images have.

The engine itself lists them, with the numbers that they have on its host. A signal is sent from
this process where those are ours to see, else by a helper container.
"""

from __future__ import annotations

import re
import signal
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drills.errors import EngineError
from drills.stack.engines.asking import Ask
from drills.stack.engines.beside import Beside, Where, drill_of
from drills.stack.engines.errand import AT_FDCWD, FIRST, O_RDONLY, TEXT, Call, Gave, Room
from drills.stack.engines.signals import Impossible, from_beside, from_here
from drills.stack.processes import Files
from drills.stack.runtime import DRILL_LABEL, Container
from drills.units import format_size

_LISTED = "-eo pid,ppid,etimes,stat"  # of the engine's `ps`: numbers, age in seconds, state
_TOLD = "-eo pid,user,rss,args"  # with the number, by which the engine knows whose they are
_STOPPED = "T"  # by a job control signal; a traced one is "t"
_NOFILE, _ANY = 7, 2**64 - 1  # the kernel's number of the limit on open files, and for none
_SOFT = re.compile(rb"Max open files +(\w+) +(\w+)")
_USER = re.compile(rb"Uid:\t(\d+).*\nGid:\t(\d+)")
_NUMBERS = re.compile(rb"NSpid:.*?(\d+)\n")  # the innermost last
_LOOKING = ("DAC_READ_SEARCH", "SYS_PTRACE")  # what it takes to see what another one has open
_ENTRIES, _LONGEST = 256 * 1024, 280  # bytes: of a listing, of one name in it


@dataclass(frozen=True, slots=True)
class Row:
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
        inspected, own = self.main(container)
        ways: Mapping[str, Callable[[], None]] = {
            "a signal from this process": lambda: from_here(container, own.pid, number),
            "a signal from a helper container among its processes": (
                lambda: self._from_within(inspected, own, number)
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

    def numbers(self, container: Container) -> frozenset[int]:
        """As the engine lists them."""
        if not self._runs(container):
            return frozenset()
        with self._ask(f"list the processes of {container.name}") as client:
            rows = client.top(container.id, _LISTED)["Processes"]
        return frozenset(_row(one).pid for one in rows)

    def listed(self, container: Container) -> list[str]:
        """As the engine's ``ps`` tells them."""
        if not self._runs(container):
            return []
        with self._ask(f"list the processes of {container.name}") as client:
            rows = client.top(container.id, _TOLD)["Processes"]
        told = ((user, args, format_size(int(kib) * 1024)) for _, user, kib, args in rows)
        return sorted(f"{user} {args}: {size}" for user, args, size in told)

    def suspended(self, container: Container) -> bool:
        """By the state that the engine's list has for its main process."""
        return self._runs(container) and self.main(container)[1].state.startswith(_STOPPED)

    def _runs(self, container: Container) -> bool:
        with self._ask(f"inspect {container.name}") as client:
            return bool(client.inspect_container(container.id)["State"]["Running"])

    def main(self, container: Container) -> tuple[dict[str, Any], Row]:
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

    def files(self, container: Container) -> Files:
        """By a helper among its processes, which may look at them and nothing else."""
        inspected, own = self.main(container)
        process = f"/proc/{self.number(inspected, own)}"
        calls = [
            Call("openat", (AT_FDCWD, f"{process}/fd", O_RDONLY, 0)),
            Call("getdents64", (FIRST, Room(_ENTRIES), _ENTRIES)),
            Call("openat", (AT_FDCWD, f"{process}/limits", O_RDONLY, 0)),
            Call("pread", (FIRST + 1, Room(TEXT), TEXT, 0)),
        ]
        _, listed, _, limits = self.helped(inspected, calls, *_LOOKING)
        said = _SOFT.search(limits.rooms[0])
        if said is None or not 0 < listed.value < _ENTRIES - _LONGEST:
            raise EngineError(f"the open files of {container.name} are not seen")
        soft = _ANY if said[1] == b"unlimited" else int(said[1])
        return Files(str(own.pid), _entries(listed.rooms[0][: listed.value]), soft)

    def limit_files(self, container: Container, process: str, soft: int) -> None:
        """By a helper that becomes the process' own user, who needs no leave for that."""
        inspected, own = self.main(container)
        if str(own.pid) != process:
            return
        number = self.number(inspected, own)
        look = [
            Call("openat", (AT_FDCWD, f"/proc/{number}/status", O_RDONLY, 0)),
            Call("pread", (FIRST, Room(TEXT), TEXT, 0)),
            Call("openat", (AT_FDCWD, f"/proc/{number}/limits", O_RDONLY, 0)),
            Call("pread", (FIRST + 1, Room(TEXT), TEXT, 0)),
        ]
        _, status, _, limits = self.helped(inspected, look)
        owner, said = _USER.search(status.rooms[0]), _SOFT.search(limits.rooms[0])
        if owner is None or said is None:
            raise EngineError(f"the limits of {container.name} are not seen")
        most = _ANY if said[2] == b"unlimited" else int(said[2])
        user, group = int(owner[1]), int(owner[2])
        calls = [
            Call("setresgid", (group, group, group)),
            Call("setresuid", (user, user, user)),
            Call("prlimit64", (number, _NOFILE, struct.pack("<QQ", soft, most), 0)),
        ]
        for gave in self.helped(inspected, calls, "SETGID", "SETUID"):
            if gave.value:
                raise EngineError(f"{container.name} is not to be limited: error {-gave.value}")

    def end(self, container: Container, pid: int) -> None:
        """Kill a process of the engine's host that is the container's, and its descendants.

        Raises EngineError where no way works here.
        """
        with self._ask(f"list the processes of {container.name}") as client:
            rows = [_row(one) for one in client.top(container.id, _LISTED)["Processes"]]
        refused = []
        for number in _family(rows, pid):
            try:
                from_here(container, number, signal.SIGKILL)
            except Impossible:
                try:
                    images = list(self._images())
                    from_beside(self._ask, images, container, number, signal.SIGKILL)
                except Impossible as error:
                    refused.append(str(error))
        if refused:
            raise EngineError(f"a command in {container.name} is not ended: {'; '.join(refused)}")

    def _from_within(self, inspected: Mapping[str, Any], own: Row, number: signal.Signals) -> None:
        """Where the engine runs an init in it: by a helper that sees its processes, and no others.

        The first process gets no such signal from there.
        """
        if not inspected["HostConfig"].get("Init"):
            raise Impossible("it has no init of the engine's")
        try:
            call = Call("kill", (self.number(inspected, own), int(number)))
            (sent,) = self.helped(inspected, [call], "KILL")
        except EngineError as error:
            raise Impossible(str(error)) from error
        if sent.value:
            raise Impossible(f"error {-sent.value}")

    def number(self, inspected: Mapping[str, Any], own: Row) -> int:
        """The main process' number among the container's own: the first child of an init."""
        if not inspected["HostConfig"].get("Init"):
            return 1
        if number := _seen_from_here(str(inspected["Id"]), own.pid):
            return number
        calls = [
            Call("openat", (AT_FDCWD, "/proc/1/task/1/children", O_RDONLY, 0)),
            Call("pread", (FIRST, Room(TEXT), TEXT, 0)),
        ]
        said = re.match(rb"\d+", self.helped(inspected, calls)[1].rooms[0])
        if said is None:
            raise EngineError("its init has no child that is seen")
        return int(said[0])

    def helped(self, inspected: Mapping[str, Any], calls: list[Call], *can: str) -> list[Gave]:
        """What calls give to a helper that sees the container's processes, and no others."""
        where = Where(inspected["Image"], can, pid=f"container:{inspected['Id']}")
        drill = drill_of(inspected)
        return Beside(self._ask).run(where, calls, drill, drill or DRILL_LABEL)


def _family(rows: Iterable[Row], pid: int) -> list[int]:
    """A process and its descendants, each after its parent: so that none is started anew."""
    children: dict[int, list[int]] = {}
    for row in rows:
        children.setdefault(row.parent, []).append(row.pid)
    found = [row.pid for row in rows if row.pid == pid]
    for number in found:
        found += children.get(number, [])
    return found


def _seen_from_here(container: str, pid: int) -> int:
    """The number that a process of the container has there, 0 where it is not seen from here."""
    try:
        if container not in Path(f"/proc/{pid}/cgroup").read_text("ascii", "replace"):
            return 0
        said = _NUMBERS.search(Path(f"/proc/{pid}/status").read_bytes())
    except OSError:
        return 0
    return int(said[1]) if said else 0


def _entries(listed: bytes) -> int:
    """How many names a folder's listing has, without the two for itself and what it lies in."""
    count = at = 0
    while at < len(listed):
        count, at = count + 1, at + int.from_bytes(listed[at + 16 : at + 18], "little")
    return count - 2


def _row(values: list[str]) -> Row:
    try:
        pid, parent, seconds, state = values
        return Row(int(pid), int(parent), int(seconds), state)
    except ValueError as error:
        raise EngineError(f"the engine lists a process as {' '.join(values)!r}") from error
