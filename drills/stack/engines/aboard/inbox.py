"""Takes webhooks: each is stamped as it arrives, answered, and told on standard output.

Its arguments are a port, the one path that it takes ("" for any), and how many seconds it runs. It
tells JSON objects, one a line: that it is ready, what arrived, and its clock whenever it is asked
for that on standard input. It ends with its input. Standard library only.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

MAX_BODY_BYTES = 1 << 20
_PIECE_LINE = 1 << 10  # bytes of the line that tells how long a piece is
_telling = threading.Lock()


class TooLong(Exception):
    """More than anybody takes, or of no length that can be read."""


def tell(**what: Any) -> None:
    """Say one thing, whole."""
    line = json.dumps(what).encode() + b"\n"
    with _telling:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


class Handler(BaseHTTPRequestHandler):
    """POST and PUT bring something; GET and HEAD ask whether anybody is there."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        """Take it. 404 where it was meant for another path, 413 where it is too long."""
        at_ns = time.monotonic_ns()
        path = urlsplit(self.path).path
        try:
            body = self._body()
        except TooLong:
            self.close_connection = True
            self._answer(413)
            return
        if self.server.path not in ("", path):
            self._answer(404)
            return
        tell(at=at_ns, path=path, body=base64.b64encode(body).decode())
        self._answer(200)

    do_PUT = do_POST  # noqa: N815 - as the library calls it

    def do_GET(self) -> None:
        """A sign of life."""
        self._answer(200)

    do_HEAD = do_GET  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._pieces())
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            raise TooLong
        return self.rfile.read(int(length))

    def _pieces(self) -> list[bytes]:
        pieces: list[bytes] = []
        while True:
            try:
                size = int(self.rfile.readline(_PIECE_LINE).partition(b";")[0], 16)
            except ValueError:
                raise TooLong from None
            if not 0 <= size <= MAX_BODY_BYTES - sum(map(len, pieces)):
                raise TooLong
            if size == 0:
                while self.rfile.readline(_PIECE_LINE).strip():
                    pass  # what may follow the last piece
                return pieces
            pieces.append(self.rfile.read(size))
            self.rfile.readline(_PIECE_LINE)

    def _answer(self, status: int) -> None:
        said = json.dumps({"status": "ok" if status == 200 else "not taken"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def log_message(self, *_: Any) -> None:
        """Say nothing: what is said is heard as news."""


class Server(ThreadingHTTPServer):
    """One that many may notify at once, by IPv6 too where the machine has it."""

    daemon_threads = True
    request_queue_size = 128
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET

    def __init__(self, port: int, path: str) -> None:
        super().__init__(("", port), Handler)
        self.path = path

    def server_bind(self) -> None:
        """Take both kinds of addresses, and ask no name server for a name of its own."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "inbox", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up too early is no news."""


def main(port: int, path: str, time_to_live: float) -> None:
    """Serve until the input ends, or the time is over."""
    server = Server(port, path)
    ending = threading.Timer(time_to_live, os._exit, (0,))
    ending.daemon = True
    ending.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tell(ready=True)
    for line in sys.stdin:
        if "clock" in json.loads(line):
            tell(clock=time.monotonic_ns())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
