"""The drill's handle on the process that asks the system under drill."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from drills.errors import DrillError, JournalError, PlanError, WaitTimeout
from drills.journal.sample import Lane
from drills.observers.prober.wire import check_lane, lane_to_json
from drills.units import format_seconds

_PATIENCE = 10.0  # seconds for a reply that waits for nothing but a processor
_TAIL = 2000  # bytes of the process's stderr that an error quotes
_PACKAGES = Path(__file__).resolve().parents[3]
_ERRORS: Mapping[str, type[DrillError]] = {"JournalError": JournalError, "PlanError": PlanError}


class Prober:
    """Asks lanes from a process of its own and leaves one file of samples for each of them.

    The process outlives neither ``end`` nor this one: it leaves by itself when its stdin closes.
    Tokens and passwords reach it by stdin alone. Every method that talks to it raises DrillError
    when it has died, WaitTimeout when it does not reply, JournalError when it could not write,
    PlanError when a lane cannot be asked as it is. Safe to use from several threads.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._output = b""
        self._lanes: dict[str, Lane] = {}

    def __enter__(self) -> Prober:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, unless that was done. An error that is on its way already is not replaced."""
        try:
            self.end()
        except DrillError as trouble:
            if error is None:
                raise
            error.add_note(f"and the prober did not end well: {trouble}")

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id; 0 before ``start``."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the process and return once it listens. The directory is made if need be."""
        if self._process is not None:
            raise DrillError("the prober was started before")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(f"cannot create {self._directory}: {error.strerror}") from error
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            # -P: a json.py in the user's folder is none of ours.
            [sys.executable, "-P", "-m", "drills.observers.prober", str(self._directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C at the terminal is the drill's to handle
        )
        try:
            with self._lock:
                self._await("ready", "", _PATIENCE)
        except BaseException:
            self._close()
            raise

    def keep_secret(self, secrets: Iterable[str]) -> None:
        """Let no sample show any of these from now on; what looks like a secret, none ever does."""
        self._ask({"cmd": "know", "secrets": list(secrets)}, "known", "", _PATIENCE)

    def add(self, lane: Lane) -> int:
        """Begin to ask a lane; returns the instant from which its schedule counts."""
        check_lane(lane)
        command = {"cmd": "start", "lane": lane_to_json(lane), "ip": _resolve(lane.host, lane.port)}
        reply = self._ask(command, "started", lane.name, _PATIENCE)
        self._lanes[lane.name] = lane
        return int(reply["at_ns"])

    def retarget(self, name: str, host: str, port: int) -> None:
        """Send the lane's requests to another address from now on."""
        command = {"cmd": "retarget", "lane": name, "host": host, "port": port}
        self._ask({**command, "ip": _resolve(host, port)}, "retargeted", name, _PATIENCE)

    def end_steady_state(self) -> list[str]:
        """Hold each lane's answers to their usual size from now on.

        Returns the lanes of which too few answers were seen to know it; they are held to nothing.
        """
        reply = self._ask({"cmd": "disturb"}, "disturbed", "", _PATIENCE)
        return str(reply["unknown"]).split()

    def stop(self, name: str) -> int:
        """Let nothing more fall due, wait for what is in flight; returns the number of samples."""
        timeout = self._lanes[name].timeout if name in self._lanes else 0.0
        reply = self._ask({"cmd": "stop", "lane": name}, "stopped", name, timeout + _PATIENCE)
        return int(reply["samples"])

    def end(self, timeout: float | None = None) -> None:
        """Stop every lane and the process; all samples are on disk then. Twice is once.

        ``timeout`` is in seconds, by default what the slowest lane may need. A process that does
        not end in time is killed, and WaitTimeout raised.
        """
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or process.stdin.closed:
                return
            if timeout is None:
                slowest = max((lane.timeout for lane in self._lanes.values()), default=0.0)
                timeout = slowest + _PATIENCE
            deadline = time.monotonic() + timeout
            try:
                self._ask({"cmd": "end"}, "ended", "", timeout)
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired as error:
                raise self._silent("to exit", timeout) from error
            finally:
                self._close()

    def _close(self) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, self._stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _ask(
        self, command: Mapping[str, Any], reply: str, lane: str, within: float
    ) -> Mapping[str, Any]:
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or process.stdin.closed:
                raise DrillError("the prober is not running: start it first, and end it last")
            try:
                process.stdin.write(json.dumps(command).encode() + b"\n")
                process.stdin.flush()
            except BrokenPipeError as error:
                raise self._died() from error
            return self._await(reply, lane, within)

    def _await(self, reply: str, lane: str, within: float) -> Mapping[str, Any]:
        """The reply of this kind about this lane; late replies to earlier commands are skipped."""
        deadline = time.monotonic() + within
        while (line := self._line(deadline)) is not None:
            said = json.loads(line)
            if said["reply"] == "error":
                raise _ERRORS.get(said["kind"], DrillError)(f"the prober: {said['message']}")
            if said["reply"] == reply and said.get("lane", "") == lane:
                return dict(said)
        raise self._silent(f"{reply!r}{f' for lane {lane!r}' if lane else ''}", within)

    def _line(self, deadline: float) -> bytes | None:
        """One line of its stdout; None when the deadline passes first."""
        process = self._process
        if process is None or process.stdout is None:
            raise DrillError("the prober is not running")
        stdout = process.stdout.fileno()
        while b"\n" not in self._output:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stdout], [], [], left)[0]:
                return None
            data = os.read(stdout, 65536)
            if not data:
                raise self._died()
            self._output += data
        line, _, self._output = self._output.partition(b"\n")
        return line

    def _died(self) -> DrillError:
        code: int | str = "unknown"
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(1.0)
        said = self._tail() or "nothing"
        return DrillError(
            f"the prober (pid {self.pid}) died with exit status {code}; its stderr: {said}. "
            f"What it had measured is in {self._directory}"
        )

    def _silent(self, awaited: str, within: float) -> WaitTimeout:
        state = "still running" if self.alive else "no longer running"
        return WaitTimeout(
            f"the prober's reply {awaited}: not within {format_seconds(within)}; last seen: the "
            f"process (pid {self.pid}) {state}, its stderr: {self._tail() or 'nothing'}. "
            "Is the machine overloaded?"
        )

    def _tail(self) -> str:
        if self._stderr is None or self._stderr.closed:
            return ""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _TAIL))
        return self._stderr.read().decode("utf-8", "replace").strip()


def _resolve(host: str, port: int) -> str:
    """The numeric address of a host, IPv4 first."""
    # Names are looked up here: a slow resolver must not hold up the process that keeps time.
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, OverflowError) as error:
        raise PlanError(f"cannot ask {host}:{port}: {error}") from error
    found.sort(key=lambda entry: entry[0] is not socket.AF_INET)
    return str(found[0][4][0])
