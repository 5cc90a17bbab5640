"""An engine that answers some questions and hangs in all others."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.doubles.served import served

VERSION = {"ApiVersion": "1.44", "MinAPIVersion": "1.24", "Version": "26.1.5"}


class HungEngine(socketserver.ThreadingUnixStreamServer):
    """Listens on a socket. ``answers`` maps the end of a path to the JSON that is answered.

    A question that is not in it is ``asked``, and gets no answer until the engine is closed.
    """

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Handler)
        self.address = f"unix://{path}"
        self.answers: dict[str, Any] = {"/version": VERSION}
        self.asked: list[str] = []
        self.closing = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HungEngine

    def _reply(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.partition("?")[0]
        for end, answer in self.server.answers.items():
            if path.endswith(end):
                self._say(json.dumps(answer).encode())
                return
        self.server.asked.append(f"{self.command} {path.partition('/v1.44')[2]}")
        self.server.closing.wait()
        self.close_connection = True

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _reply  # noqa: N815 - http.server calls them by these names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
        """Say nothing."""

    def address_string(self) -> str:
        """A socket's peer has no address."""
        return "peer"


@contextmanager
def hung_engine(folder: Path) -> Iterator[HungEngine]:
    """One that serves until the block is left."""
    engine = HungEngine(folder / "engine.sock")
    with served(engine, engine.closing.set):
        yield engine
