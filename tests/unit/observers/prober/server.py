"""A server that does as it is told: the other side of every prober test."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from enum import Enum, auto
from typing import TypeAlias


class Act(Enum):
    """What the server does instead of sending bytes."""

    CLOSE = auto()  # an orderly end
    RESET = auto()  # the connection breaks
    HANG = auto()  # nothing more, the connection stays


Script: TypeAlias = "bytes | Act | threading.Event"


def answer(
    body: bytes = b"{}", status: int = 200, headers: bytes = b"", length: int | None = None
) -> bytes:
    """An answer with a Content-Length, which may be a lie."""
    size = len(body) if length is None else length
    return b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n%s\r\n%s" % (status, size, headers, body)


class ScriptedServer:
    """Plays the script of the path that is asked for; an event in it is waited for.

    ``requests`` are the requests as they came. ``played`` is released when a script was played to
    its end, so that what it sent is with the client's kernel. ``endings`` says for each connection
    that was left open how the client ended it, ``reset`` or ``closed``; ``ended`` counts them.
    """

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.endings: list[str] = []
        self.played = threading.Semaphore(0)
        self.ended = threading.Semaphore(0)
        self._scripts: dict[str, tuple[Script, ...]] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._connections: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, path: str, *script: Script) -> None:
        """Do this whenever the path is asked for."""
        self._scripts[path] = script

    def stop(self) -> None:
        """Refuse from now on, and break every connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            request = _read(connection)
            self.requests.append(request)
            path = request.split(b" ")[1].decode()
            for act in self._scripts.get(path, (answer(status=404),)):
                if act is Act.CLOSE:
                    return
                if act is Act.RESET:
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    return
                if isinstance(act, threading.Event):
                    act.wait(30)
                elif isinstance(act, bytes):
                    connection.sendall(act)
            self.played.release()
            self._await_end(connection)

    def _await_end(self, connection: socket.socket) -> None:
        try:
            ending = "closed" if not connection.recv(1) else "more"
        except ConnectionResetError:
            ending = "reset"
        self.endings.append(ending)
        self.ended.release()


def _read(connection: socket.socket) -> bytes:
    """One request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextlib.contextmanager
def serving() -> Iterator[ScriptedServer]:
    """A scripted server that is gone afterwards."""
    server = ScriptedServer()
    try:
        yield server
    finally:
        server.stop()
