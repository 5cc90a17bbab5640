"""The end of a container's main process with an exit code of choice, as if it had come to that.

No signal gives one: what it ends is told by the signal's number. So a helper among the container's
processes holds the main process for a moment, as a debugger does, has it continue with the one
system call that ends a process, and looks on until the kernel says with which code it does.

Not a byte of the process is changed. The instruction that makes the call is one that the kernel
itself puts into every process (the vDSO), whatever its image has.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence

from drills.clock import Clock
from drills.errors import EngineError
from drills.stack.engines.asking import Ask
from drills.stack.engines.errand import (
    AT_FDCWD,
    FIRST,
    O_RDONLY,
    TEXT,
    Call,
    Gave,
    Room,
    Vector,
)
from drills.stack.engines.processes import DockerProcesses
from drills.stack.runtime import Container

WAY = "a call of its own that a helper container has it make"
_TRACING = ("SYS_PTRACE",)
_LOOKING = (*_TRACING, "DAC_READ_SEARCH")
_VDSO = 33  # where the kernel's own part of a process is, in the vector that it is started with
_PART = 8192  # bytes of that part, and more than it has
_LOW = 2**32  # below it is the part of a process of 32 bits, whose calls have other numbers
_SEIZE, _INTERRUPT, _CONTINUE, _SET, _MESSAGE = 0x4206, 0x4207, 7, 0x4205, 0x4201
_REGISTERS = 1  # NT_PRSTATUS
_TELL_OF_EXIT = 0x40
_ANY_CHILD = 0x40000000
_AT_EXIT = 5 | 6 << 8  # SIGTRAP of the event of an exit, in the bytes above a stop's own
_STOPPED = 0x7F
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_INSTRUCTIONS = {"x86_64": b"\x0f\x05", "aarch64": b"\x01\x00\x00\xd4"}
_ACTS = ("hold it", "halt it", "await its halt", "set its registers", "have it go on")


class Exit:
    """Ends the main process of a container with an exit code."""

    def __init__(self, ask: Ask, processes: DockerProcesses, clock: Clock) -> None:
        self._ask = ask
        self._processes = processes
        self._clock = clock

    def of(self, container: Container, code: int) -> tuple[str, int]:
        """The way in words, and the monotonic instant before which nothing had happened.

        Raises EngineError, with nothing done, where this machine does not allow it.
        """
        with self._ask("ask for the engine's machine") as client:
            machine = str(client.version()["Arch"])
        inspected, own = self._processes.main(container)
        number = self._processes.number(inspected, own)
        begin = vdso(self._processes.helped(inspected, looking(number), *_LOOKING)[1])
        part = self._processes.helped(inspected, reading(number, begin), *_LOOKING)[1]
        at = begin + instruction(machine, part)
        begun_ns = self._clock.monotonic_ns()
        calls = ending(machine, number, at, code)
        ended(self._processes.helped(inspected, calls, *_TRACING), code)
        return WAY, begun_ns


def looking(number: int) -> list[Call]:
    """Read what a process was started with."""
    return [
        Call("openat", (AT_FDCWD, f"/proc/{number}/auxv", O_RDONLY, 0)),
        Call("pread", (FIRST, Room(TEXT), TEXT, 0)),
    ]


def vdso(read: Gave) -> int:
    """Where the kernel's own part is. Raises EngineError for a process that has none of 64 bits."""
    held = read.rooms[0][: max(read.value, 0) // 16 * 16]
    known = dict(struct.iter_unpack("<QQ", held))
    if (begin := known.get(_VDSO, 0)) < _LOW:
        raise EngineError("the kernel's part of a process of 64 bits is not seen in it")
    return int(begin)


def reading(number: int, begin: int) -> list[Call]:
    """Read that part."""
    return [
        Call("openat", (AT_FDCWD, f"/proc/{number}/mem", O_RDONLY, 0)),
        Call("pread", (FIRST, Room(_PART), _PART, begin)),
    ]


def instruction(machine: str, read: Gave) -> int:
    """How far into it a system call is made. Raises EngineError where none is."""
    code = _INSTRUCTIONS.get(_kind(machine))
    at = read.rooms[0].find(code) if code and read.value > 0 else -1
    if at < 0:
        raise EngineError(f"no system call is seen in the kernel's part of it, on {machine}")
    return at


def ending(machine: str, number: int, at: int, code: int) -> list[Call]:
    """Have the process make the call that ends it, and see it come to its end.

    It is held there until the errand is over; were that cut off before, it would go on as it was.
    """
    return [
        Call("ptrace", (_SEIZE, number, 0, _TELL_OF_EXIT)),
        Call("ptrace", (_INTERRUPT, number, 0, 0)),
        Call("wait4", (number, Room(4), _ANY_CHILD, 0)),
        Call("ptrace", (_SET, number, _REGISTERS, Vector(_registers(machine, at, code)))),
        Call("ptrace", (_CONTINUE, number, 0, 0)),
        Call("wait4", (number, Room(4), _ANY_CHILD, 0)),
        Call("ptrace", (_MESSAGE, number, 0, Room(8))),
    ]


def ended(gave: Sequence[Gave], code: int) -> None:
    """Raise EngineError unless the process came to its end with this code."""
    for what, one in zip(_ACTS, gave, strict=False):
        if one.value < 0:
            raise EngineError(f"{what}: {os.strerror(-one.value)}")
    (status,) = struct.unpack("<i", gave[5].rooms[0])
    (message,) = struct.unpack("<q", gave[6].rooms[0])
    if status != _AT_EXIT << 8 | _STOPPED or message != code << 8:
        raise EngineError(f"it came to something else ({status:#x}, {message:#x})")


def _registers(machine: str, at: int, code: int) -> bytes:
    """For a call of exit_group; -1 says that no other call is to be made again after the halt."""
    if _kind(machine) == "aarch64":
        return struct.pack("<34Q", code, *(0,) * 7, 94, *(0,) * 23, at, 0)
    flat, own, stack, flags = 0x33, 231, 0x2B, 0x202
    above = (-1, at, flat, flags, 0, stack, *(0,) * 6)
    return struct.pack("<10Qq4QqQ10Q", *(0,) * 10, own, 0, 0, 0, code, *above)


def _kind(machine: str) -> str:
    return _MACHINES.get(machine, machine)
