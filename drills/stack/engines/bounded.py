"""A command inside a container that is ended there when its time is over.

The engine has no word for that: whoever hangs up leaves the command running. So it, and all that
descends from it, is killed by the numbers that the engine lists, whatever the image has.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from drills.errors import DrillError, EngineError, UnknownTarget
from drills.stack.command import NotStarted, OutOfTime
from drills.stack.container import Container
from drills.stack.engines.asking import Ask
from drills.stack.engines.frames import unframed
from drills.units import format_seconds

KEPT = 256 * 1024  # bytes of what a command writes; the rest is read and forgotten
END_SECONDS = 60.0  # for which an end is tried: what is frozen dies once it is thawed
_EVERY = 0.5
_NOT_RUN = (126, 127)
_RUNTIME = b"OCI runtime exec failed"  # how the engine begins to say that there is no such program

# Starts a command that was created, and gives what it writes, in the engine's frames.
Start = Callable[[Any, str, int], bytes]


class Ends(Protocol):
    """Kills processes of containers."""

    def end(self, container: Container, pid: int) -> None:
        """Kill a process of the engine's host that is the container's, and its descendants."""


class Bounded:
    """Runs commands that have only so long. See ``drills.stack.runtime.Runtime.run``."""

    def __init__(self, ask: Ask, start: Start, processes: Ends) -> None:
        self._ask = ask
        self._start = start
        self._processes = processes

    def run(
        self, container: Container, argv: Sequence[str], seconds: float, user: str
    ) -> tuple[int, bytes]:
        """Its exit code, and the beginning of what it wrote."""
        what = f"run {argv[0]} in {container.name}"
        try:
            with self._ask(what, max(seconds, 1.0)) as client:
                command = str(client.exec_create(container.id, list(argv), user=user)["Id"])
        except (EngineError, UnknownTarget) as error:
            raise NotStarted(str(error)) from error
        over = threading.Event()
        ended = threading.Event()
        ender = threading.Thread(
            target=self._end, args=(container, command, seconds, over, ended), daemon=True
        )
        ender.start()
        try:
            with self._ask(what, seconds + END_SECONDS) as client:
                output = unframed(self._start(client, command, KEPT))
                told = client.exec_inspect(command)
        except EngineError as error:
            if "is paused" in str(error) or "is not running" in str(error):
                raise NotStarted(str(error)) from error
            raise
        finally:
            over.set()
        ender.join()
        if ended.is_set():
            raise OutOfTime(f"{argv[0]} was ended after {format_seconds(seconds)}")
        if told["Running"] or told["ExitCode"] is None:
            raise EngineError(f"{what}: its end was not seen")
        code = int(told["ExitCode"])
        if code in _NOT_RUN and output.startswith(_RUNTIME):
            raise NotStarted(output.decode("utf-8", "replace").strip())
        return code, output

    def _end(
        self,
        container: Container,
        command: str,
        seconds: float,
        over: threading.Event,
        ended: threading.Event,
    ) -> None:
        """Once its time is over, kill it until it is gone."""
        wait = seconds
        while not over.wait(wait):
            wait = _EVERY
            try:
                with self._ask("look at a command whose time is over") as client:
                    known = client.exec_inspect(command)
                if known["Running"] and known["Pid"]:
                    ended.set()
                    self._processes.end(container, int(known["Pid"]))
            except DrillError:
                pass  # the engine may answer the next time; who waits for the command waits on
