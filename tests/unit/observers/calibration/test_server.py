"""A server that is broken on command, says when, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drills.errors import DrillError
from drills.observers.calibration.server import KnownServer, _reply
from drills.observers.calibration.truth import LATER, OutageKind
from drills.units import NS
from drills.wait import until
from tests.doubles.processes import runs

ROOT = Path(__file__).parents[4]


def ask(port: int, path: str = "/", timeout: float = 10.0) -> str:
    """What it answers: the body, or what became of the connection."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
            return connection.recv(4096).rpartition(b"\r\n")[2].decode()
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silence"


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (OutageKind.KILL, ["refused", "refused"]),
        (OutageKind.FREEZE, ["silence", "silence"]),
        (OutageKind.HOLE, ["silence", "silence"]),
        (OutageKind.SLOW, ["right", "right"]),
        (OutageKind.WRONG, ["wrong", "wrong"]),
        (OutageKind.HALF, ["wrong", "right"]),
    ],
)
def test_it_is_broken_for_that_long_and_then_well(kind: OutageKind, answers: list[str]) -> None:
    """While it is, customers meet what that kind of outage is; before and afterwards nothing."""
    said: list[str] = []

    def meanwhile(_seconds: float) -> None:
        patience = 10.0 if "silence" not in answers else 0.2
        said.extend(ask(server.port, timeout=patience) for _ in answers)

    with KnownServer(wait=meanwhile) as server:
        assert ask(server.port) == "right"
        truth = server.outage(kind, 0.0)
        assert ask(server.port) == "right"
    assert said == answers
    assert truth.kind is kind
    assert truth.begin.low_ns <= truth.begin.high_ns < truth.end.low_ns <= truth.end.high_ns


def test_a_slow_answer_takes_as_much_longer_as_is_said() -> None:
    """At least; how much more is this machine's."""
    took: list[int] = []

    def meanwhile(_seconds: float) -> None:
        began = time.monotonic_ns()
        ask(server.port)
        took.append(time.monotonic_ns() - began)

    with KnownServer(wait=meanwhile) as server:
        server.outage(OutageKind.SLOW, 0.0)
    assert took[0] >= LATER * NS


def test_each_path_has_turns_of_its_own() -> None:
    """So that several journeys meet the broken instance every second time each."""
    said: list[str] = []

    def meanwhile(_seconds: float) -> None:
        said.extend(ask(server.port, path) for path in ("/a", "/b", "/a", "/b"))

    with KnownServer(wait=meanwhile) as server:
        server.outage(OutageKind.HALF, 0.0)
    assert said == ["wrong", "wrong", "right", "right"]


def test_who_was_to_be_accepted_when_the_hole_began_falls_into_it() -> None:
    """The kernel had taken the connection, and the server not yet; that is no reason to die."""
    with KnownServer(wait=lambda _seconds: None) as server:
        process = server._processes[0]
        assert process.stdin is not None
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        process.stdin.write(OutageKind.HOLE.value.encode() + b"\n")
        process.stdin.flush()
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            os.kill(process.pid, signal.SIGCONT)
            _reply(process)
            server.outage(OutageKind.WRONG, 0.0)  # which ends the hole
            connection.settimeout(10)
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert connection.recv(4096).endswith(b"right")
        assert ask(server.port) == "right"


def test_nothing_is_left_of_it() -> None:
    """Neither process, also when the block is left by an error, with one of them stopped."""

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    server = KnownServer(wait=interrupted)
    with server:
        pids = [each.pid for each in server._processes]
        with pytest.raises(KeyboardInterrupt):
            server.outage(OutageKind.FREEZE, 0.0)
    assert len(pids) == 2
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_one_that_died_is_told_as_that() -> None:
    """By an error that says so, not by a table without meaning."""
    with KnownServer(wait=lambda _seconds: None) as server:
        server._processes[0].kill()
        server._processes[0].wait()
        with pytest.raises(DrillError, match="died"):
            server.outage(OutageKind.WRONG, 0.0)


def test_it_dies_with_whoever_started_it() -> None:
    """By SIGKILL, while it is stopped: nobody is left to let it go on."""
    code = (
        "from drills.observers.calibration.server import KnownServer, _reply\n"
        "from drills.observers.calibration.truth import OutageKind\n"
        "import os, signal\n"
        "def die(_seconds):\n"
        "    print(*(each.pid for each in server._processes), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "with KnownServer(wait=die) as server:\n"
        "    server.outage(OutageKind.FREEZE, 0.0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    until(lambda: not any(map(runs, pids)), awaited="both to be gone", within=20)
