"""The drill's side of a console, with a console on paper at the other end of the line."""

from __future__ import annotations

import base64
import os
import queue
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pytest

from drills.errors import EngineError
from drills.stack.console import Door, Ran
from drills.stack.engines.console.desk import Desk
from drills.stack.engines.console.words import Answer, Command
from drills.stack.engines.wire import Wire

DONE: dict[str, Any] = {
    "code": 0, "parts": [0], "over": False, "output": "", "errors": "", "files": {}, "removed": [],
}  # fmt: skip


class Line:
    """A wire: ``tell`` is what the console says next, ``said`` what it was told."""

    complaint = "it fell over"

    def __init__(self) -> None:
        self.said: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.tell(ready=True)

    def tell(self, **what: Any) -> None:
        self._told.put(what)

    def say(self, **what: Any) -> None:
        self.said.put(what)

    def heard(self) -> Iterator[dict[str, Any]]:
        while (told := self._told.get()) is not None:
            yield told

    def close(self) -> None:
        self._told.put(None)

    def next(self) -> dict[str, Any]:
        return self.said.get(timeout=10)


class Stand:
    """What stands behind: a port of this machine, and words that mean what they are given."""

    environment: Mapping[str, str] = os.environ

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.meant: Command | Answer = Answer(0, "nothing")

    def address(self, _door: Door) -> tuple[str, int]:
        if not self.port:
            raise EngineError("it is not published")
        return "127.0.0.1", self.port

    def understood(self, _words: Sequence[str]) -> Command | Answer:
        return self.meant


def desk(line: Line, stand: Stand) -> Desk:
    return of_lines([line], stand)


def of_lines(lines: list[Line], stand: Stand) -> Desk:
    """One whose program is another one each time that it is begun."""
    others = iter(lines)
    made = Desk(lambda: cast("Wire", next(others)), [Door(8000, "web", 80)], stand)
    assert lines[0].next() == {"ports": [8000]}
    return made


def ran(made: Desk, line: Line, meanwhile: Any) -> Ran:
    """What a command came to, during which the console does something."""
    found: list[Ran] = []
    running = threading.Thread(target=lambda: found.append(made.run("x", 5)))
    running.start()
    assert line.next() == {"run": "x", "seconds": 5}
    meanwhile()
    line.tell(ran=DONE)
    running.join(10)
    return found[0]


def test_a_port_behind_which_nobody_is_is_refused() -> None:
    """And the command that asked there is told of it."""
    line = Line()
    made = desk(line, Stand())

    def ask() -> None:
        line.tell(channel=1, open={"port": 8000})
        assert line.next() == {"channel": 1, "there": False}

    assert ran(made, line, ask).answers == ("localhost:8000 (web): refused",)


def test_what_is_said_to_a_port_reaches_the_service_and_is_answered() -> None:
    """With the first line of the answer noted."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = Line()
        made = desk(line, Stand(server.getsockname()[1]))

        def ask() -> None:
            line.tell(channel=1, open={"port": 8000})
            line.tell(channel=1, data=base64.b64encode(b"GET /").decode())
            line.tell(channel=1, end=True)
            connection, _ = server.accept()
            with connection:
                assert connection.recv(100) == b"GET /"
                assert connection.recv(100) == b""
                connection.sendall(b"HTTP/1.1 503 Busy\r\n\r\n")
            assert line.next() == {"channel": 1, "there": True}
            assert base64.b64decode(line.next()["data"]).startswith(b"HTTP/1.1 503")
            assert line.next() == {"channel": 1, "end": True}

        assert ran(made, line, ask).answers == ("HTTP/1.1 503 Busy",)


def test_a_command_has_its_input_and_its_output() -> None:
    """And its exit code."""
    line, stand = Line(), Stand()
    made = desk(line, stand)
    stand.meant = Command(("sh", "-c", "cat; exit 3"), acts=True)

    def ask() -> None:
        line.tell(channel=1, open={"words": ["docker", "exec"], "folder": "/"})
        line.tell(channel=1, data=base64.b64encode(b"told").decode())
        line.tell(channel=1, end=True)
        assert base64.b64decode(line.next()["data"]) == b"told"
        assert line.next() == {"channel": 1, "code": 3}

    (asked,) = ran(made, line, ask).asked
    assert (asked.words, asked.code, asked.acts) == (("docker", "exec"), 3, True)


def test_an_answer_of_the_console_starts_nothing() -> None:
    """It is told to have been refused, and why."""
    line, stand = Line(), Stand()
    made = desk(line, stand)
    stand.meant = Answer(1, "it would hit everybody", errors="no\n", harmful=True)

    def ask() -> None:
        line.tell(channel=1, open={"words": ["docker", "rm"], "folder": "/"})
        said = [line.next() for _ in range(3)]
        assert base64.b64decode(said[1]["data"]) == b"no\n"
        assert said[2] == {"channel": 1, "code": 1}

    (asked,) = ran(made, line, ask).asked
    assert (asked.refused, asked.harmful) == ("it would hit everybody", True)


def test_a_command_whose_asker_is_gone_is_ended() -> None:
    """As a pipe or a time-out ends it; it is none of the next command's."""
    line, stand = Line(), Stand()
    made = desk(line, stand)
    stand.meant = Command(("sleep", "1000"), acts=False)

    def ask() -> None:
        line.tell(channel=1, open={"words": ["docker", "logs"], "folder": "/"})
        line.tell(channel=1, gone=True)

    ran(made, line, ask)
    assert ran(made, line, lambda: None).asked == ()


def test_a_line_that_ends_the_consoles_own_program_ends_nothing_else() -> None:
    """Another one is begun in its place, with the same ports, and runs what comes next."""
    first, second = Line(), Line()
    made = of_lines([first, second], Stand())
    first.close()
    found = made.run("kill -9 -1", 5)
    assert (found.code, found.ended_all) == (137, True)
    assert second.next() == {"ports": [8000]}
    again = ran(made, second, lambda: None)
    assert (again.code, again.ended_all) == (0, False)


def test_a_console_that_is_gone_for_good_is_told_with_what_it_said_last() -> None:
    """Nobody waits for it."""
    first, second = Line(), Line()
    made = of_lines([first, second], Stand())
    first.close()
    second.close()
    second._told.get()  # it never was ready
    with pytest.raises(EngineError, match="it fell over"):
        made.run("x", 5)
