"""A gate before the machine's container engine: while it is shut, the engine seems to hang."""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.served import served

ENGINE = "/var/run/docker.sock"


class Gate(socketserver.ThreadingUnixStreamServer):
    """Hands every byte on in both directions, while it is open; connections are always taken."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Passage)
        self.address = f"unix://{path}"
        self.open = threading.Event()
        self.open.set()


class _Passage(socketserver.BaseRequestHandler):
    server: Gate

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as engine:
            engine.connect(ENGINE)
            back = threading.Thread(target=self._pass_on, args=(engine, self.request), daemon=True)
            back.start()
            self._pass_on(self.request, engine)
            back.join()

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
    with served(gate, gate.open.set):
        yield gate
