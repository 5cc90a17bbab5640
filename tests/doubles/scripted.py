"""An HTTP server on the loopback that answers what a test says, path by path."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

Query: TypeAlias = Mapping[str, str]
Body: TypeAlias = "dict[str, Any] | str"
Answer: TypeAlias = "Body | tuple[int, Body] | Callable[[Query], Answer]"


class Service(ThreadingHTTPServer):
    """Answers of a path: a body, a status and a body, or a function of the query.

    A path that nobody scripted is a 404. ``asked`` holds the paths in the order of asking.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.headers: list[Mapping[str, str]] = []
        self.connections: list[Any] = []
        self.cookies: list[str] = []  # that every answer sets

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.server_port

    def on(self, path: str, answer: Answer) -> None:
        """Answer so from now on."""
        self.answers[path] = answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is nobody's error."""


class _Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.server.headers.append(dict(self.headers))
        self.server.asked.append(url.path)
        answer = self.server.answers.get(url.path, (404, {"error": "not scripted"}))
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        while callable(answer):
            answer = answer(query)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        self._send(status, body if isinstance(body, str) else json.dumps(body))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self.server.bodies.append(self.rfile.read(length))
        self.do_GET()

    def _send(self, status: int, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for cookie in self.server.cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextlib.contextmanager
def serving() -> Iterator[Service]:
    """A service that is gone afterwards."""
    service = Service()
    thread = threading.Thread(
        target=service.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield service
    finally:
        vanish(service)
        thread.join()


def vanish(service: Service) -> None:
    """Refuse from now on, and break what is connected."""
    service.shutdown()
    service.socket.close()
    for connection in service.connections:
        with contextlib.suppress(OSError):
            connection.shutdown(2)
