"""A command inside a container that is ended there when its time is over.

The engine has no word for that: whoever hangs up leaves the command running. So it, and all that
descends from it, is killed by the numbers that the engine lists, whatever the image has.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from drills.errors import DrillError, EngineError, UnknownTarget
from drills.stack.commands import KEPT, NotStarted, OutOfTime, Printed
from drills.stack.container import Container
from drills.stack.engines.asking import Ask
from drills.stack.engines.frames import parted
from drills.units import format_seconds

END_SECONDS = 60.0  # for which an end is tried: what is frozen dies once it is thawed
_EVERY = 0.5
_NOT_RUN = (126, 127)
_RUNTIME = b"OCI runtime exec failed"  # how the engine begins to say that there is no such program

Post = Callable[[Any, str, Mapping[str, Any]], Any]  # a client, a path, a document
_PIECE = 64 * 1024


class Ends(Protocol):
    """Kills processes of containers."""

    def end(self, container: Container, pid: int) -> None:
        """Kill a process of the engine's host that is the container's, and its descendants."""


class DockerCommands:
    """See ``drills.stack.commands.Commands``. ``post`` gives an answer that is still to be read."""

    def __init__(self, ask: Ask, post: Post, processes: Ends) -> None:
        self._ask = ask
        self._post = post
        self._processes = processes

    def run(
        self,
        container: Container,
        argv: Sequence[str],
        *,
        within: float,
        most: int = KEPT,
        user: str = "",
    ) -> Printed:
        """By a command of the engine's; another thread ends it once its time is over."""
        what = f"run {argv[0]} in {container.name}"
        command = self._created(what, container, argv, within, user)
        over = threading.Event()
        ended = threading.Event()
        ender = threading.Thread(
            target=self._end, args=(container, command, within, over, ended), daemon=True
        )
        ender.start()
        try:
            with self._ask(what, within + END_SECONDS) as client:
                written, cut = self._read(client, command, most)
                told = client.exec_inspect(command)
        except EngineError as error:
            if "is paused" in str(error) or "is not running" in str(error):
                raise NotStarted(str(error)) from error
            raise
        finally:
            over.set()
        ender.join()
        if ended.is_set():
            raise OutOfTime(f"{argv[0]} was ended after {format_seconds(within)}")
        if told["Running"] or told["ExitCode"] is None:
            raise EngineError(f"{what}: its end was not seen")
        code, (output, errors) = int(told["ExitCode"]), parted(written)
        if code in _NOT_RUN and output.startswith(_RUNTIME):
            raise NotStarted(output.decode("utf-8", "replace").strip())
        return Printed(code, output, errors, cut)

    def _created(
        self, what: str, container: Container, argv: Sequence[str], within: float, user: str
    ) -> str:
        """The engine's id of the command, which nobody has started yet."""
        try:
            with self._ask(what, max(within, 1.0)) as client:
                return str(client.exec_create(container.id, list(argv), user=user)["Id"])
        except (EngineError, UnknownTarget) as error:
            raise NotStarted(str(error)) from error

    def _read(self, client: Any, command: str, most: int) -> tuple[bytes, bool]:
        """The beginning of what it writes, in the engine's frames, and whether there was more."""
        written, cut = bytearray(), False
        with self._post(client, f"exec/{command}/start", {"Detach": False, "Tty": False}) as answer:
            for piece in answer.iter_content(_PIECE):
                room = most - len(written)
                written += piece[: max(0, room)]
                cut = cut or len(piece) > room
        return bytes(written), cut

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
