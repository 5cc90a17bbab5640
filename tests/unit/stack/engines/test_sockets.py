"""What is asked about connections, and how the answers are read."""

from __future__ import annotations

import errno
import ipaddress
import os
import struct

import pytest

from drills.errors import EngineError
from drills.stack.engines import sockets
from drills.stack.engines.errand import Gave

SOCKET, ERROR, DONE = 20, 2, 3


def answered(*messages: bytes) -> list[Gave]:
    """As the kernel would: the socket, the request, and what was received."""
    return [Gave(4), Gave(1), *(Gave(len(each), (each,)) for each in messages)]


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("<IHHII", 16 + len(body), kind, 0, 0, 0) + body


def refusal(number: int) -> bytes:
    return message(ERROR, struct.pack("<i", -number) + b"\0" * 16)


def connection(remote: str, port: int) -> bytes:
    packed = ipaddress.ip_address(remote).packed
    name = struct.pack(">HH", port, 7000) + b"\1" * 16 + packed.ljust(16, b"\0") + b"\2" * 12
    return message(SOCKET, bytes((2 if len(packed) == 4 else 10, 1, 0, 0)) + name + b"\0" * 20)


ENDED = message(DONE, b"\0" * 4)


def test_those_with_an_address_are_found_however_it_is_written() -> None:
    """Of IPv4, of IPv6, and of IPv4 as IPv6 writes it; and no others."""
    told = (
        connection("10.0.0.3", 1) + connection("10.0.0.4", 2) + ENDED,
        connection("::ffff:10.0.0.3", 3) + connection("fd00::3", 4) + connection("fd00::4", 5),
        ENDED,
    )
    found = sockets.listed(answered(*told), ["10.0.0.3", "fd00::3"])
    ports = {struct.unpack_from(">H", name)[0] for _, name in found}
    assert ports == {1, 3, 4}


def test_a_list_that_is_not_whole_proves_nothing() -> None:
    """One of them may be among those that were not told."""
    with pytest.raises(EngineError, match="not told whole"):
        sockets.listed(answered(connection("10.0.0.3", 1) + ENDED), ["10.0.0.3"])
    with pytest.raises(EngineError, match=os.strerror(errno.ENOENT)):
        sockets.listed(answered(refusal(errno.ENOENT)), [])


def test_one_that_was_gone_already_is_no_matter_and_a_refusal_is() -> None:
    """Such as of a kernel that cannot end any."""
    sockets.ended(answered(refusal(errno.ENOENT)))
    with pytest.raises(EngineError, match=os.strerror(errno.EOPNOTSUPP)):
        sockets.ended(answered(refusal(errno.ENOENT), refusal(errno.EOPNOTSUPP)))


def test_each_is_ended_by_its_own_name() -> None:
    """In one request."""
    found = sockets.listed(
        answered(connection("10.0.0.3", 1) + connection("10.0.0.3", 2) + ENDED, ENDED), ["10.0.0.3"]
    )
    request = sockets.ending(found)[1].arguments[1]
    assert isinstance(request, bytes)
    assert all(name in request for _, name in found)
    assert len(request) == 2 * (16 + 8 + 48)
