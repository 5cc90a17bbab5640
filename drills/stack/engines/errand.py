"""An errand: a few system calls, carried out one after the other by a program without a library.

What a helper container is to do (ask the kernel for firewall rules, fill a file) must not depend on
what its image has. So the calls are written behind a program of a dozen instructions that makes
them in order, notes what each of them gave, and writes all of it into ``ANSWER``. Each listing has
the code's bytes in hexadecimal on the left and their assembly on the right.

Numbers of file handles are known beforehand: the answer is 3, what an errand opens counts from 4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drills.errors import EngineError

ANSWER = "/answer"
FIRST = 4  # the handle of what an errand opens first
TEXT = 4096  # bytes of what the kernel tells in a file, and more than it does
AT_FDCWD = -100
O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL = 0, 1, 2, 0o100, 0o200

_MACHINES = {"amd64": 62, "x86_64": 62, "arm64": 183, "aarch64": 183}  # ELF's numbers
_NUMBERS = {  # of the calls: on x86_64, on aarch64
    "write": (1, 64),
    "pread": (17, 67),
    "pwrite": (18, 68),
    "socket": (41, 198),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "getdents64": (217, 61),
    "prlimit64": (302, 261),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "wait4": (61, 260),
    "fsync": (74, 82),
    "umask": (95, 166),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "statfs": (137, 43),
    "exit_group": (231, 94),
    "openat": (257, 56),
    "mkdirat": (258, 34),
    "mknodat": (259, 33),
    "unlinkat": (263, 35),
    "fallocate": (285, 47),
    "renameat2": (316, 276),
    "close_range": (436, 436),
}
_HEADERS = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_CODE_AT, _DATA_AT, _ALIGNED = 0x400000, 0x800000, 0x10000
_CALL = struct.Struct("<7q")
_VECTOR = struct.Struct("<QQ")

_X86_64 = """
488b1d28000000  mov rbx, [rip + address]
next:
488b03          mov rax, [rbx]
488b7b08        mov rdi, [rbx + 8]
488b7310        mov rsi, [rbx + 16]
488b5318        mov rdx, [rbx + 24]
4c8b5320        mov r10, [rbx + 32]
4c8b4328        mov r8, [rbx + 40]
4c8b4b30        mov r9, [rbx + 48]
0f05            syscall
488903          mov [rbx], rax
4883c338        add rbx, 56
ebda            jmp next
0f0b            ud2
address:
"""
_AARCH64 = """
13010058        ldr x19, address
next:
680240a9        ldp x8, x0, [x19]
610a41a9        ldp x1, x2, [x19, #16]
631242a9        ldp x3, x4, [x19, #32]
651a40f9        ldr x5, [x19, #48]
010000d4        svc #0
608603f8        str x0, [x19], #56
faffff17        b next
address:
"""
_LISTINGS = {62: _X86_64, 183: _AARCH64}


@dataclass(frozen=True, slots=True)
class Room:
    """So many bytes for a call to write into, zeros before."""

    size: int


@dataclass(frozen=True, slots=True)
class Vector:
    """Bytes that a call wants to be told of by their address and their size, an ``iovec``."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One system call by its name; an argument that is text or bytes is given as its address."""

    name: str
    arguments: tuple[int | str | bytes | Room | Vector, ...]


@dataclass(frozen=True, slots=True)
class Gave:
    """What a call came to: its value (an error's number, negative), and what its rooms hold."""

    value: int
    rooms: tuple[bytes, ...] = ()


def errand(machine: str, calls: Sequence[Call]) -> bytes:
    """The program that makes these calls. Raises EngineError for an unknown machine."""
    number = _MACHINES.get(machine)
    if number is None:
        known = ", ".join(sorted(_MACHINES))
        raise EngineError(f"there is no errand for a machine of kind {machine!r}, only for {known}")
    code = _code(_LISTINGS[number])
    code_from = _HEADERS.size + 2 * _SEGMENT.size
    data_from = code_from + len(code) + 8
    place = _DATA_AT + data_from  # in memory; congruent to its place in the file, as ELF wants it
    data, size = _data(calls, place, column=number == _MACHINES["arm64"])
    elf = (b"\x7fELF\x02\x01\x01", 2, number, 1, _CODE_AT + code_from, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    return b"".join(
        (
            _HEADERS.pack(*elf),
            _SEGMENT.pack(1, 5, 0, _CODE_AT, _CODE_AT, data_from, data_from, _ALIGNED),
            _SEGMENT.pack(1, 6, data_from, place, place, len(data), size, _ALIGNED),
            code,
            struct.pack("<Q", place),
            data,
        )
    )


def told(calls: Sequence[Call], answer: bytes) -> list[Gave]:
    """What each of the calls gave. Raises EngineError for an answer that was cut short."""
    made = _framed(calls)
    rooms_from, size = _sizes(made)
    if len(answer) != size:
        raise EngineError(f"expected an answer of {size} bytes from a helper, got {len(answer)}")
    rooms = _rooms(made, answer[rooms_from:])
    gave = [
        Gave(_CALL.unpack_from(answer, number * _CALL.size)[0], tuple(next(rooms) for _ in own))
        for number, own in enumerate([_of_kind(one, Room) for one in made])
    ]
    return gave[2:-2]


def _code(listing: str) -> bytes:
    lines = [line for line in listing.split("\n") if line and not line.endswith(":")]
    return b"".join(bytes.fromhex(line.split()[0]) for line in lines)


def _framed(calls: Sequence[Call], place: int = 0, size: int = 0) -> list[Call]:
    """The calls, between the opening of the answer and its writing."""
    return [
        Call("close_range", (3, 2**31 - 1, 0)),
        Call("openat", (AT_FDCWD, ANSWER, O_WRONLY | O_CREAT | O_EXCL, 0o600)),
        *calls,
        Call("write", (3, place, size)),
        Call("exit_group", (0,)),
    ]


def _data(calls: Sequence[Call], place: int, *, column: bool) -> tuple[bytes, int]:
    """The table of calls with the texts they point to, and its size with the rooms behind it."""
    rooms_from, size = _sizes(_framed(calls))
    made = _framed(calls, place, size)
    table, texts = bytearray(), bytearray()
    text_at, room_at = place + len(made) * _CALL.size, place + rooms_from
    for call in made:
        given = []
        for argument in call.arguments:
            if isinstance(argument, int):
                given.append(argument)
            elif isinstance(argument, Room):
                given.append(room_at)
                room_at += argument.size
            else:
                at = text_at + len(texts)
                given.append(at)
                texts += _text(argument, at)
        row = (_NUMBERS[call.name][column], *given)
        table += _CALL.pack(*row, *(0,) * (7 - len(row)))
    return bytes(table + texts), size


def _sizes(made: Sequence[Call]) -> tuple[int, int]:
    """Where the rooms begin in an errand's data, and where they end."""
    given = [one for call in made for one in call.arguments]
    texts = sum(len(_text(one)) for one in given if not isinstance(one, int | Room))
    rooms_from = len(made) * _CALL.size + texts
    rooms = [room for call in made for room in _of_kind(call, Room)]
    return rooms_from, rooms_from + sum(room.size for room in rooms)


def _rooms(made: Sequence[Call], held: bytes) -> Iterator[bytes]:
    begin = 0
    for call in made:
        for room in _of_kind(call, Room):
            yield held[begin : begin + room.size]
            begin += room.size


def _of_kind(call: Call, kind: type[Room]) -> list[Room]:
    return [one for one in call.arguments if isinstance(one, kind)]


def _text(argument: str | bytes | Vector, at: int = 0) -> bytes:
    """As it stands there; a text ends with a zero, as the kernel wants its paths."""
    if isinstance(argument, Vector):
        size = len(argument.content)
        return _VECTOR.pack(at + _VECTOR.size, size) + argument.content
    return argument.encode() + b"\0" if isinstance(argument, str) else argument
