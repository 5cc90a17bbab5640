"""The server's own process: commands on stdin, replies on stdout, HTTP on a port of 127.0.0.1.

A command is a line: ``listen PORT``, or the name of a mode. The reply says between which two
readings of the monotonic clock it was carried out. It ends when its stdin closes, and dies with
whoever started it, even where it is stopped by then.
"""

from __future__ import annotations

import ctypes
import heapq
import itertools
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections import Counter
from contextlib import suppress

from drills.observers.calibration.truth import LATER, OutageKind

RIGHT, WRONG = b"right", b"wrong"
BACKLOG = 4096  # of connections; a full one would be an outage that nobody made
WELL, WOKE = "well", "woke"
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_ATTACH, _DETACH = 26, 27  # SO_ATTACH_FILTER, SO_DETACH_FILTER
_DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)  # a classic filter: return 0 bytes of a packet


def answer(body: bytes) -> bytes:
    """A whole answer with that body."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class Serving:
    """Answers every request as its mode says; keeps connections open until the peer resets them."""

    def __init__(self) -> None:
        self._ready = selectors.DefaultSelector()
        self._ready.register(sys.stdin.buffer, selectors.EVENT_READ)
        self._listener: socket.socket | None = None
        self._connections: set[socket.socket] = set()
        self._mode = WELL
        self._woke_ns = 0
        self._count = itertools.count()
        self._turns: Counter[bytes] = Counter()
        self._waiting: list[tuple[int, int, socket.socket]] = []
        self._program = ctypes.create_string_buffer(_DROP_ALL)

    def run(self) -> None:
        """Serve until nobody commands any more."""
        while True:
            ready = self._ready.select(self._idle_seconds())
            self._woke_ns = time.monotonic_ns()
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._read(key.fileobj)
                elif not self._obey():
                    return
            self._answer_waiting()

    def _idle_seconds(self) -> float | None:
        if not self._waiting:
            return None
        return max(self._waiting[0][0] - time.monotonic_ns(), 0) / 1e9

    def _obey(self) -> bool:
        command = os.read(0, 64).decode().strip()
        if not command:
            return False
        low_ns = time.monotonic_ns()
        if command == WOKE:
            print(json.dumps([self._woke_ns, self._woke_ns]), flush=True)
            return True
        if command.startswith("listen "):
            self._listen(int(command.partition(" ")[2]))
        else:
            self._change(command)
        print(json.dumps([low_ns, time.monotonic_ns()]), flush=True)
        return True

    def _listen(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        self._ready.register(self._listener, selectors.EVENT_READ)

    def _change(self, mode: str) -> None:
        if OutageKind.HOLE in {mode, self._mode}:
            for each in (self._listener, *self._connections):
                if each is not None:
                    self._filter(each, drop=mode == OutageKind.HOLE)
        self._mode = mode

    def _filter(self, connection: socket.socket, *, drop: bool) -> None:
        """Let the kernel drop all that arrives for it: of our own sockets everybody may ask that.

        So this black hole needs no rights and reaches nobody else.
        """
        if drop:
            program = struct.pack("HP", 1, ctypes.addressof(self._program))
            connection.setsockopt(socket.SOL_SOCKET, _ATTACH, program)
        else:
            with suppress(FileNotFoundError):  # it has none
                connection.setsockopt(socket.SOL_SOCKET, _DETACH, struct.pack("i", 0))

    def _accept(self) -> None:
        assert self._listener is not None
        connection = self._listener.accept()[0]
        if self._mode == OutageKind.HOLE:  # it was waiting to be accepted before that began
            self._filter(connection, drop=True)
        self._connections.add(connection)
        self._ready.register(connection, selectors.EVENT_READ)

    def _read(self, connection: socket.socket) -> None:
        try:
            asked = connection.recv(65536)
        except OSError:
            asked = b""
        if not asked:
            self._close(connection)
        elif self._mode == OutageKind.SLOW:
            due_ns = time.monotonic_ns() + round(LATER * 1e9)
            heapq.heappush(self._waiting, (due_ns, next(self._count), connection))
        elif self._mode == OutageKind.WRONG or self._other(asked):
            self._answer(connection, WRONG)
        else:
            self._answer(connection, RIGHT)

    def _other(self, asked: bytes) -> bool:
        """Whether one instance is broken and it is its turn: every second time of each path."""
        if self._mode != OutageKind.HALF:
            return False
        path = asked.split(b" ", 2)[1] if asked.count(b" ") > 1 else b""
        self._turns[path] += 1
        return bool(self._turns[path] % 2)

    def _answer_waiting(self) -> None:
        while self._waiting and self._waiting[0][0] <= time.monotonic_ns():
            self._answer(heapq.heappop(self._waiting)[2], RIGHT)

    def _answer(self, connection: socket.socket, body: bytes) -> None:
        if connection not in self._connections:
            return  # who asked did not wait
        try:
            connection.sendall(answer(body))
        except OSError:
            self._close(connection)

    def _close(self, connection: socket.socket) -> None:
        self._connections.discard(connection)
        self._ready.unregister(connection)
        connection.close()


def main() -> None:
    """Serve; the only argument is the id of the process that commands."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        return  # it died meanwhile
    serving = Serving()
    print(json.dumps([0, 0]), flush=True)
    serving.run()


if __name__ == "__main__":
    main()
