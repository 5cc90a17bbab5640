"""Messages to the kernel's networking and its answers, as an errand carries them. Pure.

A message is a head, a body of a fixed form, and attributes: each a length, a key and a value, which
may be attributes again.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence

from drills.errors import EngineError
from drills.stack.engines.errand import FIRST, Call, Gave, Room

REQUEST, ACKNOWLEDGE, DUMP, EXCLUSIVE, CREATE = 1, 4, 0x300, 0x200, 0x400  # flags of a message
ERROR, DONE = 2, 3  # types of an answer
_NETLINK, _RAW, _DO_NOT_WAIT = 16, 3, 0x40
_HEAD = struct.Struct("<IHHII")  # of a message: length, type, flags, number, sender
_ATTRIBUTE = struct.Struct("<HH")
_NESTED = 0x8000  # of a key: its value is attributes
_PIECES, _PIECE = 12, 8192  # of an answer, and bytes of each

Attributes = Mapping[int, bytes]


def asked(protocol: int, *requests: bytes) -> list[Call]:
    """The calls that hand requests to the kernel, one by one, and take its whole answers."""
    calls = [Call("socket", (_NETLINK, _RAW, protocol))]
    for request in requests:
        calls.append(Call("sendto", (FIRST, request, len(request), 0, 0, 0)))
        calls += [Call("recvfrom", (FIRST, Room(_PIECE), _PIECE, _DO_NOT_WAIT, 0, 0))] * _PIECES
    return calls


def message(kind: int, flags: int, body: bytes, number: int = 0) -> bytes:
    """One message; its body ends with its attributes."""
    return _HEAD.pack(_HEAD.size + len(body), kind, flags | REQUEST, number, 0) + body


def attribute(key: int, value: bytes) -> bytes:
    """A plain attribute."""
    return _ATTRIBUTE.pack(4 + len(value), key) + value + b"\0" * (-len(value) % 4)


def nested(key: int, value: bytes) -> bytes:
    """An attribute that holds attributes."""
    return attribute(key | _NESTED, value)


def number(value: int) -> bytes:
    """A whole number of 32 bits, as most attributes hold it."""
    return struct.pack(">I", value)


def text(value: str) -> bytes:
    """A text, as the kernel ends it."""
    return value.encode() + b"\0"


def attributes(content: bytes) -> dict[int, bytes]:
    """The values by their keys."""
    return {key & ~_NESTED: value for key, value in pairs(content)}


def pairs(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The keys and values in order; a key may come more than once."""
    at = 0
    while at + 4 <= len(content):
        length, key = _ATTRIBUTE.unpack_from(content, at)
        yield key, content[at + 4 : at + length]
        at += (max(length, 4) + 3) & ~3


def stands_in(asked: bytes, told: bytes) -> bool:
    """Whether all attributes that were asked for are told; there may be others.

    Those of one key come in the order in which they were asked for.
    """
    answers = list(pairs(told))
    for key, value in pairs(asked):
        found = next((one for one in answers if (one[0] ^ key) & ~_NESTED == 0), None)
        if found is None:
            return False
        answers.remove(found)
        if not (stands_in(value, found[1]) if key & _NESTED else value == found[1]):
            return False
    return True


def answers(whom: str, gave: Sequence[Gave]) -> Iterator[tuple[int, bytes]]:
    """The type and body of every message that the kernel's ``whom`` answered with.

    Raises EngineError where it could not be asked.
    """
    sent = [one.value for one in gave if not one.rooms]  # the socket among them
    if min(sent) < 0:
        raise EngineError(f"{whom} cannot be asked: {os.strerror(-min(sent))}")
    for piece in (one for one in gave if one.rooms):
        at, end = 0, max(piece.value, 0)
        while at + _HEAD.size <= end:
            length, kind, *_ = _HEAD.unpack_from(piece.rooms[0], at)
            yield kind, piece.rooms[0][at + _HEAD.size : at + length]
            at += (max(length, _HEAD.size) + 3) & ~3


def refusal(body: bytes) -> str:
    """What an answer of type ``ERROR`` says, "" where it is that all is well."""
    (code,) = struct.unpack_from("<i", body)
    return os.strerror(-code) if code else ""
