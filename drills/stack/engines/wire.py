"""The line to a program of ours in a container that runs: JSON objects, one a line, both ways."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.resources import files
from typing import Any

from drills.errors import EngineError

_HEAD = struct.Struct(">BxxxL")
_ERRORS = 2
_PIECE = 1 << 16


def program(name: str) -> str:
    """The source of a program, which the container's interpreter is given as it is."""
    return files("drills.stack.engines.aboard").joinpath(f"{name}.py").read_text("utf-8")


class Wire:
    """One program, started in a container that runs, and talked to until it is closed.

    ``whose`` is what an error calls the container.
    """

    def __init__(
        self, client: Any, container: str, whose: str, name: str, arguments: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._whose = whose
        line = ["python3", "-I", "-c", program(name), *arguments]
        run = client.exec_create(container, line, stdin=True)["Id"]
        self._answer = client.exec_start(
            run, socket=True
        )  # kept: it closes what it is dropped with
        self._socket: socket.socket = getattr(self._answer, "_sock", self._answer)
        self._socket.settimeout(None)
        self._lock = threading.Lock()
        self._said = b""  # of what it complains of

    def say(self, **what: Any) -> None:
        """Send one. Raises EngineError where nobody is there any more."""
        try:
            with self._lock:
                self._socket.sendall(json.dumps(what).encode() + b"\n")
        except OSError as error:
            raise EngineError(f"{self._whose} is gone: {error}") from error

    def heard(self) -> Iterator[dict[str, Any]]:
        """Each that comes, until there are no more."""
        line = b""
        for stream, piece in self._frames():
            if stream == _ERRORS:
                self._said = (self._said + piece)[-_PIECE:]
                continue
            *whole, line = (line + piece).split(b"\n")
            for each in whole:
                yield json.loads(each)

    @property
    def complaint(self) -> str:
        """The last line of what the program said of itself."""
        return (self._said.decode("utf-8", "replace").strip().splitlines() or [""])[-1]

    def close(self) -> None:
        """Hang up. Idempotent."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._answer.close()
        self._client.close()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while head := self._exactly(_HEAD.size):
            stream, length = _HEAD.unpack(head)
            piece = self._exactly(length)
            if len(piece) < length:
                return
            yield stream, piece

    def _exactly(self, size: int) -> bytes:
        pieces, left = [], size
        while left:
            try:
                piece = self._socket.recv(min(left, _PIECE))
            except OSError:
                piece = b""
            if not piece:
                return b""
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)
