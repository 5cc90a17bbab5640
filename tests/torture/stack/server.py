"""What stands in for the ERP where drills are tortured: it answers, and does nothing else.

It reads its settings when it starts, and does not start with a greeting that is broken.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SETTINGS = Path("/app/config/app.env")


class Answering(BaseHTTPRequestHandler):
    """Everything is ok, and everybody may log in."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Any question."""
        self._answer({"status": "ok"})

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
    if "broken" in SETTINGS.read_text("utf-8"):
        sys.exit("GREETING must be a greeting")
    ThreadingHTTPServer(("0.0.0.0", 8000), Answering).serve_forever()  # noqa: S104 - in a container
