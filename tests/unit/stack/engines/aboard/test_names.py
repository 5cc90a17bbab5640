"""What name servers answer, and what is made of it."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator

import pytest

from drills.stack.engines.aboard.names import answer, changed
from drills.stack.engines.aboard.packets import Packet, Queue

A, AAAA = 1, 28


def encoded(name: str) -> bytes:
    return b"".join(bytes((len(each),)) + each.encode() for each in name.split(".")) + b"\0"


def answered(name: str, kind: int = A, *, version: int = 4, questions: int = 1) -> bytes:
    """An answer with one address, as it comes from the resolver."""
    question = encoded(name) + struct.pack(">HH", kind, 1)
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 600, 4) + bytes((172, 18, 0, 2))
    told = struct.pack(">HHHHHH", 7, 0x8180, questions, 1, 0, 0) + question + record
    datagram = struct.pack(">HHHH", 53, 40000, 8 + len(told), 0) + told
    if version == 6:
        loopback = ipaddress.ip_address("::1").packed
        return struct.pack(">IHBB", 6 << 28, len(datagram), 17, 64) + loopback * 2 + datagram
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0)
    return head + bytes((127, 0, 0, 11, 127, 0, 0, 1)) + datagram


def told(packet: bytes, head: int = 20) -> tuple[int, int, bytes]:
    """The code, how many records, and the end of what is said."""
    (flags, _, records) = struct.unpack_from(">HHH", packet, head + 10)
    return flags & 15, records, packet[-4:]


def total(content: bytes) -> int:
    """The sum that says whether a head arrived whole: all ones."""
    padded = content + b"\0" * (len(content) % 2)
    value: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value


@pytest.mark.parametrize("name", ["db", "DB", "other.example"])
def test_only_that_name_is_answered_otherwise(name: str) -> None:
    """In whatever letters it was asked; what is no answer about it passes as it is."""
    assert (changed(answered(name), "db", "unknown") is None) == (name.lower() != "db")
    assert changed(answered("db", questions=2), "db", "unknown") is None
    assert changed(answered("db")[:31], "db", "unknown") is None
    assert changed(answered("db")[:25], "db", "unknown") is None


def test_there_is_no_such_name_of_any_kind() -> None:
    """With the question that was asked, and without an address."""
    for kind in (A, AAAA):
        packet = changed(answered("db", kind), "db", "unknown")
        assert packet is not None
        assert told(packet)[:2] == (3, 0)
        assert encoded("db") + struct.pack(">HH", kind, 1) in packet


def test_a_wrong_address_is_one_of_ipv4() -> None:
    """To who asks for one of IPv6 there is none, and the name is."""
    packet, other = (changed(answered("db", kind), "db", "192.0.2.7") for kind in (A, AAAA))
    assert packet is not None
    assert other is not None
    assert told(packet) == (0, 1, bytes((192, 0, 2, 7)))
    assert told(other)[:2] == (0, 0)


def test_silence_is_no_packet() -> None:
    """It is dropped."""
    assert changed(answered("db"), "db", "silent") == b""


def test_lengths_and_sums_fit() -> None:
    """The kernel drops what they do not."""
    packet = changed(answered("db"), "db", "unknown")
    assert packet is not None
    assert struct.unpack_from(">H", packet, 2)[0] == len(packet)
    assert struct.unpack_from(">H", packet, 24)[0] == len(packet) - 20
    assert total(packet[:20]) == 0xFFFF
    six = changed(answered("db", version=6), "db", "unknown")
    assert six is not None
    assert told(six, 40)[:2] == (3, 0)
    length = len(six) - 40
    assert struct.unpack_from(">H", six, 4)[0] == struct.unpack_from(">H", six, 44)[0] == length
    assert total(six[8:40] + struct.pack(">IHBB", length, 0, 0, 17) + six[40:]) == 0xFFFF


class Scripted(Queue):
    """A queue on paper that has these packets, one a second."""

    def __init__(self, *contents: bytes) -> None:
        self.now = 0.0
        self.said: list[bytes | None] = []
        self._coming = [Packet(number, content) for number, content in enumerate(contents)]

    def clock(self) -> float:
        return self.now

    def packets(self, within: float) -> Iterator[Packet]:
        self.now += 1
        if self._coming:
            yield self._coming.pop(0)

    def let_pass(self, packet: Packet, content: bytes | None = None) -> None:
        self.said.append(content)

    def drop(self, packet: Packet) -> None:
        self.said.append(b"")


def test_each_is_given_back_until_its_time_is_over() -> None:
    """What comes then passes by itself."""
    queue = Scripted(answered("other"), answered("db"), answered("db"))
    answer(queue, "db", "silent", 2, queue.clock)
    assert queue.said == [None, b""]
