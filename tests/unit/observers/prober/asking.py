"""Lanes asked within the test's own process, on a clock that the test moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from drills.journal.rowfile import RowFile
from drills.journal.sample import Lane, Sample
from drills.journal.samples import read_samples
from drills.observers.prober.exchange import Address
from drills.observers.prober.openloop import OpenLoop
from drills.observers.prober.reactor import NS, Reactor

MS = 1_000_000


def lane(port: int, path: str = "/", **changes: object) -> Lane:
    """A lane that asks once, and that no load of the machine makes late."""
    asked = Lane("reads", "127.0.0.1", port, path, rate=0.1, timeout=900.0, slow=900.0, limit=1)
    return replace(asked, **changes)  # type: ignore[arg-type] # names and values of a lane


class Clock:
    """A monotonic clock that can be moved; between moves it runs or stands still."""

    def __init__(self, *, runs: bool) -> None:
        self._runs = runs
        self._ns = 10**12

    def __call__(self) -> int:
        return self._ns + (time.monotonic_ns() if self._runs else 0)

    def move(self, ns: int) -> None:
        self._ns += ns


class Asker:
    """Lanes asked within this process, on a clock that the test moves from one due to the next."""

    def __init__(self, directory: Path, *, runs: bool) -> None:
        self.clock = Clock(runs=runs)
        self.reactor = Reactor(self.clock)
        self._directory = directory
        self._files: list[RowFile] = []

    def begin(self, asked: Lane) -> OpenLoop:
        """Start the lane; nothing falls due before the clock is moved."""
        files = [RowFile(self._directory / f"{asked.name}{end}.jsonl") for end in ("", ".intents")]
        self._files += files
        intents = files[1] if "{id}" in asked.path + asked.body else None
        address = Address("127.0.0.1", asked.port)
        return OpenLoop(self.reactor, asked, address, files[0], intents, str)

    def advance(self, ns: int) -> None:
        """Let time pass at once, as for a process that did not run, then do what is due."""
        self.clock.move(ns)
        self.turn()

    def turn(self) -> None:
        """One turn: what is ready, then what is due."""
        self.reactor.at(self.clock(), self.reactor.stop)
        self.reactor.run()

    def run_until(self, seen: Callable[[], bool]) -> None:
        """Take turns until something is so; a test's own time-out ends a wait in vain."""
        deadline = time.monotonic() + 30
        while not seen():
            assert time.monotonic() < deadline, "waited in vain"
            self.reactor.at(self.clock() + MS, self.reactor.stop)
            self.reactor.run()

    def samples(self) -> list[Sample]:
        """What was written so far."""
        for file in self._files:
            file.flush()
        return list(read_samples(self._directory)["reads"])

    def ask(self, asked: Lane) -> list[Sample]:
        """Ask up to the lane's limit and return its samples."""
        loop = self.begin(asked)
        for _ in range(asked.limit):
            self.advance(int(NS / asked.rate))
        self.run_until(lambda: not loop.flying)
        return self.samples()

    def close(self) -> None:
        for file in self._files:
            file.close()
