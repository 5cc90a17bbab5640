"""Commands inside containers, on an engine that speaks Docker's API: what they print, bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from drills.clock import Clock
from drills.errors import EngineError, UnknownTarget
from drills.stack.commands import Printed
from drills.stack.container import Container
from drills.stack.engines.asking import Ask
from drills.stack.engines.frames import parted
from drills.units import NS, format_seconds

Post = Callable[[Any, str, Mapping[str, Any]], Any]  # a client, a path, a document

_PIECE = 64 * 1024
_POLL = 0.1  # seconds


class DockerCommands:
    """See ``drills.stack.commands.Commands``. ``post`` gives an answer that is still to be read."""

    def __init__(self, asked: Ask, post: Post, clock: Clock) -> None:
        self._asked = asked
        self._post = post
        self._clock = clock

    def printed(
        self, container: Container, argv: Sequence[str], *, within: float, most: int
    ) -> Printed:
        """Run a command to its end; what it printed."""
        what = f"run {argv[0]} in {container.name}"
        end_ns = self._clock.monotonic_ns() + int(within * NS)
        while self._runs(container, list(argv)):
            if self._clock.monotonic_ns() >= end_ns:
                raise EngineError(f"{what}: it runs still, since it was asked before")
            self._clock.sleep(_POLL)
        try:
            left = (end_ns - self._clock.monotonic_ns()) / NS
            with self._asked(what, max(_POLL, left)) as client:
                run = client.exec_create(container.id, list(argv))["Id"]
                output, errors = parted(self._read(client, run, end_ns, most))
                code = client.exec_inspect(run)["ExitCode"]
        except _TooMuch as error:
            raise EngineError(f"{what}: it prints more than {most} bytes") from error
        except EngineError as error:
            if self._clock.monotonic_ns() < end_ns:
                raise
            raise EngineError(f"{what}: it takes longer than {format_seconds(within)}") from error
        return Printed(int(code), output, errors)

    def _runs(self, container: Container, argv: list[str]) -> bool:
        """Whether that command runs in it already, as one that hangs does."""
        with self._asked(f"inspect {container.name}") as client:
            known = client.inspect_container(container.id)["ExecIDs"] or ()
        for run in known:
            with suppress(UnknownTarget), self._asked("inspect a command") as client:
                told = client.exec_inspect(run)
                process = told["ProcessConfig"]
                if told["Running"] and [process["entrypoint"], *process["arguments"]] == argv:
                    return True
        return False

    def _read(self, client: Any, run: str, end_ns: int, most: int) -> bytes:
        """All that it writes, in the engine's frames. Its end is that of the engine's answer."""
        pieces, size = [], 0
        with self._post(client, f"exec/{run}/start", {"Detach": False, "Tty": False}) as answer:
            while piece := answer.raw.read1(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > most:
                    raise _TooMuch
                if self._clock.monotonic_ns() > end_ns:
                    raise EngineError("it goes on and on")
        return b"".join(pieces)


class _TooMuch(Exception):
    """A command prints more than it may."""
