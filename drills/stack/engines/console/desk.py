"""The drill's side of a console: it hands over what that asks for, and runs commands there."""

from __future__ import annotations

import base64
import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from os import killpg
from signal import SIGKILL
from typing import Any, Protocol

from drills.errors import DrillError, EngineError
from drills.stack.console import Asked, Door, Ran
from drills.stack.engines.console.words import Answer, Command
from drills.stack.engines.wire import Wire

READY_SECONDS = 20.0
_LATE = 15.0  # seconds that an answer may take beyond a command's own time
_PIECE = 1 << 16
_KILLED = 137  # the status of what a SIGKILL ended
_HEARD = 200  # bytes of an answer's first line


class _Gone(EngineError):
    """The program in the console ended."""


class Channel:
    """One thing that the console asked for: what it says comes by ``feed``, answers by ``say``."""

    def __init__(self, number: int, wire: Wire) -> None:
        self._number = number
        self._wire = wire
        self.said: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.gone = threading.Event()
        self.on_gone: Callable[[], None] = lambda: None

    def say(self, **what: Any) -> None:
        """Answer. What comes too late is nobody's."""
        if not self.gone.is_set():
            with suppress(EngineError):
                self._wire.say(channel=self._number, **what)

    def send(self, data: bytes, *, errors: bool = False) -> None:
        """Answer with bytes."""
        self.say(data=base64.b64encode(data).decode(), **({"errors": True} if errors else {}))

    def feed(self, told: Mapping[str, Any]) -> None:
        """What the console says on it."""
        if told.get("gone"):
            self.gone.set()
            self.said.put(None)
            self.on_gone()
        else:
            self.said.put(None if told.get("end") else base64.b64decode(told["data"]))


@dataclass(slots=True)
class _Told:
    """What one command asked for, and was answered: also what ends only after it."""

    asked: list[Asked] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


class Behind(Protocol):
    """What stands behind a console."""

    def address(self, door: Door) -> tuple[str, int]:
        """Where that port is now. Raises DrillError where it is nowhere."""

    def understood(self, words: Sequence[str]) -> Command | Answer:
        """What these words become."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Of the commands that are run for it."""


class Desk:
    """Answers one console until it is closed. See ``drills.stack.console.Console``."""

    def __init__(self, wires: Callable[[], Wire], doors: Sequence[Door], behind: Behind) -> None:
        self._wires = wires
        self._doors = {door.port: door for door in doors}
        self._behind = behind
        self._told = _Told()
        self._begin()

    def _begin(self) -> None:
        """Have a program in the console, and hear it."""
        self._channels: dict[int, Channel] = {}
        self._ran: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._wire = self._wires()
        parts = (self._wire, self._ran, self._channels)
        threading.Thread(target=self._listen, args=parts, name="console", daemon=True).start()
        self._wire.say(ports=sorted(self._doors))
        self._next(READY_SECONDS)

    def run(self, text: str, seconds: float) -> Ran:
        """Run it, see ``Console.run``.

        What ends the console's own program ends no drill: another one is begun in its place.
        """
        now = self._told = _Told()
        self._wire.say(run=text, seconds=seconds)
        try:
            told = self._next(seconds + _LATE)
        except _Gone as gone:
            self.close()
            try:
                self._begin()
            except DrillError:
                raise gone from None
            return Ran(code=_KILLED, asked=tuple(now.asked), ended_all=True)
        return Ran(
            code=124 if told["over"] else told["code"],
            output=base64.b64decode(told["output"]),
            errors=base64.b64decode(told["errors"]),
            parts=tuple(told["parts"]),
            over=told["over"],
            files=told["files"],
            removed=tuple(told["removed"]),
            asked=tuple(now.asked),
            answers=tuple(now.answers),
        )

    def close(self) -> None:
        """Hang up, and end what is still done for it."""
        self._wire.close()
        for channel in list(self._channels.values()):
            channel.feed({"gone": True})

    def _next(self, seconds: float) -> Mapping[str, Any]:
        try:
            told = self._ran.get(timeout=seconds)
        except queue.Empty:
            raise EngineError(f"the operator's console did not answer in {seconds:g} s") from None
        if told is None:
            said = self._wire.complaint or "it said nothing"
            raise _Gone(f"the operator's console is gone: {said}")
        return told

    def _listen(
        self,
        wire: Wire,
        ran: queue.SimpleQueue[Mapping[str, Any] | None],
        channels: dict[int, Channel],
    ) -> None:
        for told in wire.heard():
            if "channel" not in told:
                ran.put(told.get("ran", told))
            elif "open" in told:
                channel = channels[told["channel"]] = Channel(told["channel"], wire)
                self._open(channel, told["open"])
            elif found := channels.get(told["channel"]):
                found.feed(told)
                if told.get("gone"):
                    del channels[told["channel"]]
        ran.put(None)

    def _open(self, channel: Channel, what: Mapping[str, Any]) -> None:
        work = self._forward if "port" in what else self._answer
        threading.Thread(target=work, args=(channel, what, self._told), daemon=True).start()

    # --- a port ---------------------------------------------------------------------------

    def _forward(self, channel: Channel, what: Mapping[str, Any], told: _Told) -> None:
        door = self._doors[what["port"]]
        try:
            there = socket.create_connection(self._behind.address(door), timeout=READY_SECONDS)
        except (DrillError, OSError):
            told.answers.append(f"localhost:{door.port} ({door.service}): refused")
            channel.say(there=False)
            return
        channel.say(there=True)
        channel.on_gone = lambda: _hang_up(there)
        threading.Thread(target=_talk, args=(channel, there), daemon=True).start()
        first = True
        with there, suppress(OSError):
            there.settimeout(None)
            while piece := there.recv(_PIECE):
                if first and piece.startswith(b"HTTP/"):
                    line = piece[:_HEARD].split(b"\r\n")[0].decode("ascii", "replace")
                    told.answers.append(line)
                first = False
                channel.send(piece)
        if first:
            told.answers.append(f"localhost:{door.port} ({door.service}): no answer")
        channel.say(end=True)

    # --- words ----------------------------------------------------------------------------

    def _answer(self, channel: Channel, what: Mapping[str, Any], told: _Told) -> None:
        words = tuple(what["words"])
        try:
            meant = self._behind.understood(words)
        except DrillError as error:
            meant = Answer(125, str(error), errors=f"{error}\n")
        if isinstance(meant, Answer):
            channel.send(meant.output.encode())
            channel.send(meant.errors.encode(), errors=True)
            asked = Asked(words, meant.code, refused=meant.why, harmful=meant.harmful)
        else:
            asked = Asked(words, self._carried_out(channel, meant), acts=meant.acts)
        told.asked.append(asked)
        channel.say(code=asked.code)

    def _carried_out(self, channel: Channel, command: Command) -> int:
        try:
            process = subprocess.Popen(
                command.line,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._behind.environment,
                start_new_session=True,
            )
        except OSError as error:
            channel.send(f"{error}\n".encode(), errors=True)
            return 127
        channel.on_gone = lambda: _end(process)
        if channel.gone.is_set():
            _end(process)
        copying = [
            threading.Thread(target=_copy, args=(stream, channel, errors), daemon=True)
            for stream, errors in ((process.stdout, False), (process.stderr, True))
        ]
        threading.Thread(target=_feed, args=(channel, process), daemon=True).start()
        for each in copying:
            each.start()
        for each in copying:
            each.join()
        return process.wait() if process.returncode is None else process.returncode


def _talk(channel: Channel, there: socket.socket) -> None:
    with suppress(OSError):
        while (piece := channel.said.get()) is not None:
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)


def _hang_up(there: socket.socket) -> None:
    with suppress(OSError):
        there.shutdown(socket.SHUT_RDWR)


def _feed(channel: Channel, process: subprocess.Popen[bytes]) -> None:
    stream = process.stdin
    if stream is None:
        return
    with suppress(OSError, ValueError):
        while (piece := channel.said.get()) is not None:
            stream.write(piece)
            stream.flush()
    with suppress(OSError, ValueError):
        stream.close()


def _copy(stream: Any, channel: Channel, errors: bool) -> None:
    while piece := stream.read1(_PIECE):
        channel.send(piece, errors=errors)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            killpg(process.pid, SIGKILL)
