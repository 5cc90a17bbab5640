"""Stopping every drill that runs, from another terminal."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from drills import registry
from drills.clock import Clock
from drills.errors import WaitTimeout
from drills.registry import Entry
from drills.wait import until

WITHIN = 30.0  # seconds for the drills to undo their faults, take their stacks down and be judged


@dataclass(frozen=True, slots=True)
class Halted:
    """One drill that ran, and whether it still does."""

    entry: Entry
    runs: bool

    def __str__(self) -> str:
        what = f"drill {self.entry.drill_id} ({self.entry.directory or 'directory unknown'})"
        return f"{what} still runs, process {self.entry.pid}" if self.runs else f"{what} was halted"


def halt(clock: Clock, within: float = WITHIN) -> list[Halted]:
    """Ask every drill of this user to end, and wait until none of them runs.

    Each undoes its faults, takes its stack down and is reported as aborted. [] where none runs.
    """
    running = [entry for entry in registry.entries() if entry.alive]
    for entry in running:
        if entry.same_process():  # else its process died, and the lock is a healer's
            with suppress(ProcessLookupError, PermissionError):
                os.kill(entry.pid, signal.SIGTERM)
    with suppress(WaitTimeout):
        until(
            lambda: not any(entry.alive for entry in running),
            awaited="every drill is over",
            within=within,
            clock=clock,
        )
    return [Halted(entry, entry.alive) for entry in running]
