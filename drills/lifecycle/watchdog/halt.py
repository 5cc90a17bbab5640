"""Stopping every drill that runs, from another terminal."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from drills.clock import Clock
from drills.errors import WaitTimeout
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.registry import Entry, pid_namespace
from drills.wait import until

WITHIN = 30.0  # seconds for the drills to undo their faults, take their stacks down and be judged


@dataclass(frozen=True, slots=True)
class Halted:
    """One drill that ran, and whether it still does."""

    entry: Entry
    runs: bool

    def __str__(self) -> str:
        entry = self.entry
        what = f"drill {entry.drill_id} ({entry.directory or 'directory unknown'})"
        if not self.runs:
            return f"{what} was halted"
        return f"{what} still runs, process {entry.pid}{_where(entry)}"


def _where(entry: Entry) -> str:
    """Where its process is, where it cannot be asked from here."""
    if not entry.of_this_boot:
        return f" of {entry.host or 'another machine'}: halt it there"
    if entry.pids not in ("", pid_namespace()):
        return " of another PID namespace (a container's, say): halt it there"
    return ""


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
