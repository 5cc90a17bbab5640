"""The prober's own process: commands on stdin, replies on stdout, samples in a directory.

It ends when it is told to, or when its stdin closes: the drill that started it is gone.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from drills.errors import DrillError, JournalError, PlanError
from drills.journal.observed import STALLS
from drills.journal.redaction import Redactor
from drills.journal.rowfile import RowFile
from drills.journal.sample import Lane
from drills.observers.prober.exchange import Address
from drills.observers.prober.hiccup import HiccupMeter
from drills.observers.prober.openloop import OpenLoop
from drills.observers.prober.reactor import Reactor
from drills.observers.prober.wire import check_lane, lane_from_json

FLUSH_NS = 50_000_000
GRACE_NS = 100_000_000  # for what is in flight when the drill has died
_STDIN, _STDOUT = 0, 1


class Session:
    """Carries out commands until the end. ``run`` returns when everything is written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reactor = Reactor()
        self._loops: dict[str, OpenLoop] = {}
        self._files: dict[str, RowFile] = {}
        self._input = b""
        self._complained = False
        self._redactor = Redactor()
        self._redact = lru_cache(maxsize=256)(self._redactor)  # answers repeat themselves
        HiccupMeter(self._reactor, self._file(STALLS))
        self._commands: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "know": self._know,
            "start": self._start,
            "stop": self._stop,
            "retarget": self._retarget,
            "disturb": self._disturb,
            "end": self._end,
        }

    def run(self) -> None:
        """Serve until told to end or left alone."""
        self._reactor.watch(_STDIN, self._read)
        self._reactor.at(self._reactor.now() + FLUSH_NS, self._flush)
        signal.signal(signal.SIGTERM, self._terminate)
        self._reply("ready", pid=os.getpid())
        try:
            self._reactor.run()
        finally:
            self._close()

    def _terminate(self, _number: int, _frame: object) -> None:
        # A signal comes between any two instructions; the reactor's next turn is a better place.
        self._reactor.at(0, self._leave)

    def _read(self) -> None:
        data = os.read(_STDIN, 65536)
        if not data:
            self._reactor.forget(_STDIN)
            self._leave()
            return
        *lines, self._input = (self._input + data).split(b"\n")
        for line in lines:
            self._obey(line)

    def _obey(self, line: bytes) -> None:
        try:
            command = json.loads(line)
            self._commands[command["cmd"]](command)
        except DrillError as error:
            self._complain(error)
        except (ValueError, KeyError, TypeError) as error:
            # Not the line itself: it may hold a token.
            self._complain(DrillError(f"not a command: {type(error).__name__}"))

    def _know(self, command: Mapping[str, Any]) -> None:
        self._redactor.know(*map(str, command["secrets"]))
        self._redact.cache_clear()
        self._reply("known")

    def _start(self, command: Mapping[str, Any]) -> None:
        lane = lane_from_json(command["lane"])
        check_lane(lane)
        if lane.name in self._loops:
            raise PlanError(f"lane {lane.name!r} was started before; a name is asked once")
        address = Address(command["ip"], lane.port)
        samples = self._file(lane.name)
        intents = self._file(f"{lane.name}.intents") if _has_id(lane) else None
        loop = OpenLoop(self._reactor, lane, address, samples, intents, self._redact)
        self._loops[lane.name] = loop
        self._reply("started", lane=lane.name, at_ns=loop.start_ns)

    def _stop(self, command: Mapping[str, Any]) -> None:
        loop = self._loop(command["lane"])
        loop.stop(partial(self._stopped, loop))

    def _stopped(self, loop: OpenLoop) -> None:
        self._write_out()
        self._reply("stopped", lane=loop.lane.name, samples=loop.asked)

    def _retarget(self, command: Mapping[str, Any]) -> None:
        loop = self._loop(command["lane"])
        address = Address(command["ip"], int(command["port"]))
        loop.retarget(address, command["host"], address.port)
        self._reply("retargeted", lane=loop.lane.name)

    def _disturb(self, _command: Mapping[str, Any]) -> None:
        known = {name: loop.end_steady_state() for name, loop in self._loops.items()}
        self._reply("disturbed", unknown=" ".join(name for name in known if not known[name]))

    def _end(self, _command: Mapping[str, Any]) -> None:
        self._stop_all(self._ended)

    def _ended(self) -> None:
        self._write_out()
        self._reply("ended")
        self._reactor.stop()

    def _leave(self) -> None:
        self._stop_all(self._reactor.stop)
        self._reactor.at(self._reactor.now() + GRACE_NS, self._abandon_all)

    def _abandon_all(self) -> None:
        for loop in self._loops.values():
            loop.abandon()
        self._reactor.stop()

    def _stop_all(self, finished: Callable[[], None]) -> None:
        waiting = set(self._loops)

        def one_less(name: str) -> None:
            waiting.discard(name)
            if not waiting:
                finished()

        if not waiting:
            finished()
        for name, loop in self._loops.items():
            loop.stop(partial(one_less, name))

    def _loop(self, name: str) -> OpenLoop:
        if name not in self._loops:
            raise PlanError(f"no lane {name!r} was started")
        return self._loops[name]

    def _file(self, name: str) -> RowFile:
        path = self._directory / f"{name}.jsonl"
        try:
            self._files[name] = RowFile(path)
        except OSError as error:
            raise JournalError(f"cannot create {path}: {error.strerror}") from error
        return self._files[name]

    def _flush(self) -> None:
        self._write_out()
        self._reactor.at(self._reactor.now() + FLUSH_NS, self._flush)

    def _write_out(self) -> None:
        self._each_file(RowFile.flush)

    def _close(self) -> None:
        self._each_file(RowFile.close)

    def _each_file(self, act: Callable[[RowFile], None]) -> None:
        for name, file in self._files.items():
            try:
                act(file)
            except OSError as error:
                if not self._complained:  # once: nobody may be reading, and a pipe fills up
                    self._complained = True
                    self._complain(JournalError(f"cannot write {name}.jsonl: {error.strerror}"))

    def _complain(self, error: DrillError) -> None:
        self._reply("error", kind=type(error).__name__, message=str(error))

    def _reply(self, reply: str, **fields: str | int) -> None:
        line = json.dumps({"reply": reply, **fields}) + "\n"
        with contextlib.suppress(BrokenPipeError):  # the drill is gone; stdin will say so
            os.write(_STDOUT, line.encode())


def _has_id(lane: Lane) -> bool:
    return any("{id}" in text for text in (lane.path, lane.body, *lane.headers.values()))


def main() -> None:
    """Serve as the prober of the directory named by the only argument."""
    try:
        session = Session(Path(sys.argv[1]))
    except JournalError as error:
        sys.exit(str(error))
    # What is loaded by now lives as long as the process: collections need not look at it again.
    gc.collect()
    gc.freeze()
    session.run()


if __name__ == "__main__":
    main()
