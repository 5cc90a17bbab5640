"""One page on the loopback, for who was told its address and for nobody else."""

from __future__ import annotations

import hmac
import secrets
import socketserver
import threading
import time
from collections.abc import Sequence
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from drills.cli.watch.page import LivePage
from drills.errors import PlanError

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_OURS = {"same-origin", "none"}  # who asks: the page itself, or a person who typed its address
_MOST = 64  # threads that answer at once
_LONGEST = 10.0  # seconds that a request may take to arrive
_NOWHERE = (
    b"Only the page that `drills watch` told of is served here. "
    b"The files beside a report lie in its drill's folder.\n"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Server:
    """Serves the page while its block lasts, at ``url``; ``port`` 0 is any that is free.

    ``fetched`` is set once the page was fetched as the report of a drill that is over. Raises
    PlanError where the port is not to be had.
    """

    def __init__(self, page: LivePage, port: int) -> None:
        self.page = page
        self.fetched = threading.Event()
        self.asked = time.monotonic()
        token = secrets.token_urlsafe(16)
        try:
            self._socket = _Listening((HOST, port), _Answer)
        except OSError as error:
            raise PlanError(
                f"--port: expected port {port} of {HOST}, to serve the page: {error.strerror}"
            ) from error
        bound = self._socket.server_address[1]
        self._socket.served, self._socket.token = self, token
        self._socket.hosts = tuple(f"{name}:{bound}" for name in _NAMES)
        self.url = f"http://{HOST}:{bound}/{token}/"
        self._thread = threading.Thread(
            target=self._socket.serve_forever, args=(0.1,), name="drills-page", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.shutdown()
        self._socket.server_close()
        self._thread.join()

    def quiet_s(self) -> float:
        """For how long nobody has asked for the page, in seconds."""
        return time.monotonic() - self.asked


class _Listening(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 16
    served: Server
    token: str
    hosts: Sequence[str]

    def verify_request(self, request: object, client_address: object) -> bool:
        return threading.active_count() < _MOST

    def handle_error(self, request: object, client_address: object) -> None:
        """Who closed the window in the middle of an answer is no error."""


class _Answer(BaseHTTPRequestHandler):
    """An answer to one request: the page, that it is as it was, or that this is nobody's matter."""

    server: _Listening
    timeout = _LONGEST

    def do_GET(self) -> None:
        """The page, or what is asked of it."""
        over = self.server.served.page.is_over()  # before it is fetched
        status, body = self._answer()
        self._send(status, body)
        if over and status is HTTPStatus.OK and self.command == "GET":
            self.server.served.fetched.set()

    def do_HEAD(self) -> None:
        """The same without the page itself."""
        self.do_GET()

    def _answer(self) -> tuple[HTTPStatus, bytes]:
        if refused := stranger(self.headers, self.server.hosts):
            return HTTPStatus.FORBIDDEN, f"{refused}\n".encode()
        asked = urlsplit(self.path)
        page, served = self.server.served.page, f"/{self.server.token}/"
        if hmac.compare_digest(asked.path.encode(), served.encode()):
            self.server.served.asked = time.monotonic()
            return HTTPStatus.OK, page.latest()[1]
        if hmac.compare_digest(asked.path.encode(), f"{served}now".encode()):
            self.server.served.asked = time.monotonic()
            return _news(page, parse_qs(asked.query).get("after", []))
        return HTTPStatus.NOT_FOUND, _NOWHERE

    def _send(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        kind = "html" if status is HTTPStatus.OK else "plain"
        self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What cannot be read, or asks for anything but to read."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self.close_connection = True
        self._send(status, f"{status.phrase}\n".encode())

    def version_string(self) -> str:
        """Nothing of what runs here."""
        return "drills"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing: the terminal is the drill's."""


def _news(page: LivePage, after: Sequence[str]) -> tuple[HTTPStatus, bytes]:
    """The page where it is another one by now; that it is to be loaded again once all is over."""
    number, made = page.latest() if after else (0, b"")  # who does not look has no page made
    if page.is_over():
        return HTTPStatus.RESET_CONTENT, b""
    if not after or after == [str(number)]:
        return HTTPStatus.NO_CONTENT, b""
    return HTTPStatus.OK, made


def stranger(headers: Message, hosts: Sequence[str]) -> str:
    """Why a request is none of the page's own, nor of who typed its address; "" where it is one.

    A page of another origin may have a browser ask here, also under a name of its own that leads
    to the loopback; its Host, Origin or Sec-Fetch-Site tells.
    """
    named = headers.get_all("Host", [])
    if [each.lower() for each in named] not in [[host] for host in hosts]:
        return f"expected Host {' or '.join(hosts)}"
    origins = {f"http://{host}" for host in hosts}
    if not set(headers.get_all("Origin", [])) <= origins:
        return "expected no other Origin than the page's own"
    if not set(headers.get_all("Sec-Fetch-Site", [])) <= _OURS:
        return "expected nobody but the page itself, or a person, to ask"
    return ""
