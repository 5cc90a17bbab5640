"""The shop: it has bread, it is well, and everybody may log in."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS = {"/health": {"status": "ok"}, "/menu": {"bread": "3.20"}}


class Shop(BaseHTTPRequestHandler):
    """Answers customers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The menu, or how the shop is."""
        self._answer(ANSWERS.get(self.path, {}))

    def do_POST(self) -> None:
        """A login."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer({"access_token": "anybody"})

    def _answer(self, body: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nobody reads it."""


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8000), Shop).serve_forever()  # noqa: S104 - in a container
