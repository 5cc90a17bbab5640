"""A gate before the machine's container engine: shut, the engine seems to hang; cut, to be gone."""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.doubles.served import served

ENGINE = "/var/run/docker.sock"


class Gate(socketserver.ThreadingUnixStreamServer):
    """Hands every byte on in both directions, while it is open; connections are always taken.

    While it is ``cut`` those that were taken are closed, and new ones at once.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Passage)
        self.address = f"unix://{path}"
        self.open = threading.Event()
        self.open.set()
        self._gone = threading.Event()
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()

    def cut(self) -> None:
        """The engine is gone, and with it every connection."""
        self._gone.set()
        with self._lock:
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """It is back; nobody's connection is."""
        self._gone.clear()

    def enter(self, *ends: socket.socket) -> bool:
        """Whether a passage with these two ends may begin."""
        with self._lock:
            self._ends |= set(ends)
        return not self._gone.is_set()

    def leave(self, *ends: socket.socket) -> None:
        """It is over."""
        with self._lock:
            self._ends -= set(ends)


class _Passage(socketserver.BaseRequestHandler):
    server: Gate

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as engine:
            engine.connect(ENGINE)
            if self.server.enter(engine, self.request):
                back = threading.Thread(
                    target=self._pass_on, args=(engine, self.request), daemon=True
                )
                back.start()
                self._pass_on(self.request, engine)
                back.join()
            self.server.leave(engine, self.request)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.server.open.wait()
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextmanager
def engine_gate(folder: Path) -> Iterator[Gate]:
    """An open gate; it is open again when the block is left."""
    gate = Gate(folder / f"gate-{os.getpid()}.sock")

    def release() -> None:
        gate.mend()
        gate.open.set()

    with served(gate, release):
        yield gate
