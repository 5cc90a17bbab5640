"""The packets that the kernel hands to a program, which gives each of them back, changed or not.

The kernel lets pass what it would hand over where nobody takes it, so that a program that ended is
as good as none.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from select import select

READY = "ready"  # what a program says once it takes packets

_NETFILTER, _OF_QUEUES, _PACKET, _VERDICT, _CONFIGURE = 12, 3 << 8, 0, 1, 2
_REQUEST, _ACKNOWLEDGE, _ERROR = 1, 4, 2
_HEAD = struct.Struct("=IHHII")
_DROP, _ACCEPT = 0, 1
_OPTIONS = 1 | 4  # let pass what is too much; hand over large packets as they are
_LENGTH = 65536  # packets that wait at most
_BUFFER = 8 << 20  # bytes of them that are not taken yet
_RECEIVE_BUFFER, _NO_OVERRUNS, _OF_NETLINK = 33, 5, 270  # options of a socket


@dataclass(frozen=True)
class Packet:
    """A packet that waits: the kernel's number of it, and its content where that was asked for."""

    number: int
    content: bytes = b""


class Queue:
    """One of the kernel's queues of packets, taken by this program alone.

    Raises OSError where it cannot be had. ``contents`` has the content handed over as well.
    """

    def __init__(self, number: int, *, contents: bool = False) -> None:
        self._number = number
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETFILTER)
        self._socket.bind((0, 0))
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER, _BUFFER)
        except OSError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._socket.setsockopt(_OF_NETLINK, _NO_OVERRUNS, 1)
        options = struct.pack(">I", _OPTIONS)
        self._ask(_attribute(1, struct.pack(">BBH", 1, 0, 0)))  # take it
        self._ask(_attribute(2, struct.pack(">IB", 0xFFFF, 1 + contents)))
        self._ask(_attribute(3, struct.pack(">I", _LENGTH)))
        self._ask(_attribute(4, options) + _attribute(5, options))

    def packets(self, within: float) -> Iterator[Packet]:
        """Those that came, waited for so many seconds at most."""
        if not select([self._socket], [], [], max(within, 0))[0]:
            return
        answer, at = self._socket.recv(1 << 20), 0
        while at + _HEAD.size <= len(answer):
            length, kind, *_ = _HEAD.unpack_from(answer, at)
            if kind == _OF_QUEUES | _PACKET:
                told = dict(_attributes(answer[at + _HEAD.size + 4 : at + length]))
                yield Packet(struct.unpack_from(">I", told[1])[0], told.get(10, b""))
            at += (max(length, _HEAD.size) + 3) & ~3

    def let_pass(self, packet: Packet, content: bytes | None = None) -> None:
        """Send it on; with ``content``, that instead of its own."""
        self._decide(packet, _ACCEPT, b"" if content is None else _attribute(10, content))

    def drop(self, packet: Packet) -> None:
        """It never was."""
        self._decide(packet, _DROP, b"")

    def _decide(self, packet: Packet, verdict: int, more: bytes) -> None:
        decided = _attribute(2, struct.pack(">II", verdict, packet.number))
        self._send(_VERDICT, _REQUEST, decided + more)

    def _ask(self, asked: bytes) -> None:
        self._send(_CONFIGURE, _REQUEST | _ACKNOWLEDGE, asked)
        while True:
            answer = self._socket.recv(_LENGTH)
            if _HEAD.unpack_from(answer)[1] == _ERROR:
                (code,) = struct.unpack_from("=i", answer, _HEAD.size)
                if code:
                    raise OSError(-code, "the kernel hands no packets over")
                return

    def _send(self, kind: int, flags: int, asked: bytes) -> None:
        body = struct.pack(">BBH", 0, 0, self._number) + asked
        head = _HEAD.pack(_HEAD.size + len(body), _OF_QUEUES | kind, flags, 0, 0)
        self._socket.send(head + body)


def _attribute(key: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), key) + value + b"\0" * (-len(value) % 4)


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(content):
        length, key = struct.unpack_from("=HH", content, at)
        yield key & 0x3FFF, content[at + 4 : at + length]
        at += (max(length, 4) + 3) & ~3
