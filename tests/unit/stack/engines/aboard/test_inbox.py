"""The program that takes webhooks, as a process of its own on the loopback."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest

from drills.stack.engines.aboard.inbox import MAX_BODY_BYTES
from drills.stack.engines.wire import program


class Running:
    """The program, and what it tells."""

    def __init__(self, path: str = "", time_to_live: float = 60) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        line = [sys.executable, "-I", "-c", program("inbox"), str(self.port), path]
        self.process = subprocess.Popen(
            [*line, str(time_to_live)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.told() == {"ready": True}

    def told(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def ask(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(b'{"clock": true}\n')
        self.process.stdin.flush()
        return self.told()

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> int:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            line.request(method, path, body, **more)
            return line.getresponse().status

    def end(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def inbox() -> Iterator[Running]:
    running = Running()
    try:
        yield running
    finally:
        running.end()


def body(told: dict[str, Any]) -> bytes:
    return base64.b64decode(told["body"])


def test_what_is_posted_is_told_with_when_it_arrived(inbox: Running) -> None:
    """By the machine's own monotonic clock."""
    before = time.monotonic_ns()
    assert inbox.send("POST", "/hook?token=x", b"\x00 any bytes") == 200
    told = inbox.told()
    assert (told["path"], body(told)) == ("/hook", b"\x00 any bytes")
    assert before <= told["at"] <= time.monotonic_ns()
    assert inbox.send("PUT", "/", b"put") == 200
    assert body(inbox.told()) == b"put"


def test_it_tells_its_clock_whenever_it_is_asked(inbox: Running) -> None:
    """Between the instants of asking and hearing it."""
    before = time.monotonic_ns()
    assert before <= inbox.ask()["clock"] <= time.monotonic_ns()


def test_a_body_in_pieces_is_put_together(inbox: Running) -> None:
    """As senders that do not know its length write it."""
    pieces = iter([b"one ", b"two"])
    assert inbox.send("POST", "/", pieces, encode_chunked=True) == 200
    assert body(inbox.told()) == b"one two"


def test_a_question_is_answered_and_no_news(inbox: Running) -> None:
    """Somebody may look whether anybody is there."""
    assert [inbox.send(method, "/") for method in ("GET", "HEAD")] == [200, 200]
    assert "clock" in inbox.ask()


def test_too_much_is_refused_and_the_next_is_taken(inbox: Running) -> None:
    """Whole or in pieces, and a length that is none."""
    headers = {"Content-Length": str(MAX_BODY_BYTES + 1)}
    with suppress(HTTPException, OSError):
        assert inbox.send("POST", "/", None, headers=headers) == 413
    assert inbox.send("POST", "/", None, headers={"Content-Length": "-1"}) == 413
    with socket.create_connection(("127.0.0.1", inbox.port), timeout=10) as line:
        line.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert b" 413 " in line.recv(100)
    assert inbox.send("POST", "/", b"well") == 200
    assert body(inbox.told()) == b"well"


def test_other_paths_are_not_taken_where_one_is_named() -> None:
    """They may be heartbeats."""
    inbox = Running("/pages")
    try:
        assert inbox.send("POST", "/heartbeat", b"x") == 404
        assert inbox.send("POST", "/pages", b"page") == 200
        assert body(inbox.told()) == b"page"
    finally:
        inbox.end()


def test_it_ends_with_its_input_and_with_its_time() -> None:
    """Whoever hears it may be gone, or hang."""
    inbox = Running()
    inbox.end()
    assert inbox.process.returncode == 0
    late = Running(time_to_live=0.1)
    assert late.process.wait(10) == 0
    late.end()
