"""The handle on the server whose outages are known."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from drills.errors import DrillError, WaitTimeout
from drills.observers.calibration.truth import OutageKind, Stamp, Truth

PATIENCE = 10.0  # seconds for what takes milliseconds
_PACKAGES = Path(__file__).resolve().parents[3]
_WELL = "well"


class KnownServer:
    """Listens on a port of 127.0.0.1 and is broken for a known time. A context manager.

    It is a process of its own; a second one stands by and listens where the first was killed, so
    that an outage is not longer for a start. Neither outlives this object or its process. Raises
    DrillError where one does not do as it is told.
    """

    def __init__(self, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._wait = wait
        self._processes: list[subprocess.Popen[bytes]] = []
        # Bound, and not listening: nobody else is given this port while the server is dead.
        self._place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.port = 0

    def __enter__(self) -> KnownServer:
        try:
            self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._place.bind(("127.0.0.1", 0))
            self.port = self._place.getsockname()[1]
            self._start()
            self._tell(f"listen {self.port}")
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def outage(self, kind: OutageKind, seconds: float) -> Truth:
        """Break it so for that long, and say from when to when that was."""
        if kind is OutageKind.KILL:
            return self._killed(seconds)
        if kind is OutageKind.FREEZE:
            return self._frozen(seconds)
        begin = self._tell(kind.value)
        self._wait(seconds)
        return Truth(kind, begin, self._tell(_WELL))

    def _killed(self, seconds: float) -> Truth:
        victim = self._processes[0]
        low_ns = time.monotonic_ns()
        victim.kill()
        victim.wait()  # with a time-out it would look now and then, and know by so much less
        begin = Stamp(low_ns, time.monotonic_ns())
        _close(self._processes.pop(0))
        self._wait(seconds)
        end = self._tell(f"listen {self.port}")
        self._start()
        return Truth(OutageKind.KILL, begin, end)

    def _frozen(self, seconds: float) -> Truth:
        pid = self._processes[0].pid
        low_ns = time.monotonic_ns()
        os.kill(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED)
        begin = Stamp(low_ns, time.monotonic_ns())
        self._wait(seconds)
        self._write("woke")  # it says when it went on: on a busy machine, later than it was told
        low_ns = time.monotonic_ns()
        os.kill(pid, signal.SIGCONT)
        woke = _reply(self._processes[0])
        return Truth(OutageKind.FREEZE, begin, Stamp(low_ns, max(low_ns, woke.high_ns)))

    def _start(self) -> None:
        """One more that stands by."""
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "drills.observers.calibration", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C at the terminal is ours to handle
        )
        self._processes.append(process)
        _reply(process)

    def _tell(self, command: str) -> Stamp:
        """Have the server do something, and say when it did."""
        self._write(command)
        return _reply(self._processes[0])

    def _write(self, command: str) -> None:
        process = self._processes[0]
        if process.stdin is None:
            raise DrillError("the known server has no stdin")
        try:
            process.stdin.write(command.encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError as error:
            raise DrillError(f"the known server (pid {process.pid}) died") from error

    def _end(self) -> None:
        self._place.close()
        while self._processes:
            _close(self._processes.pop())


def _reply(process: subprocess.Popen[bytes]) -> Stamp:
    if process.stdout is None or not select.select([process.stdout], [], [], PATIENCE)[0]:
        raise WaitTimeout(
            f"the known server's reply: not within {PATIENCE:.0f} s (pid {process.pid}). "
            "Is the machine overloaded?"
        )
    line = process.stdout.readline()
    if not line:
        raise DrillError(f"the known server (pid {process.pid}) died")
    return Stamp(*json.loads(line))


def _close(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
