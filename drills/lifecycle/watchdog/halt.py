"""Stopping drills that run, from another terminal: a project's, those named, or all."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drills.clock import Clock
from drills.errors import PlanError, WaitTimeout, near
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.registry import Entry, pid_namespace
from drills.wait import until

WITHIN = 30.0  # seconds for the drills to undo their faults, take their stacks down and be judged
# What a project's root has: where pytest is configured, or a manifest.
_OF_ROOT = ("compose/drills.toml", "pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


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


def running() -> list[Entry]:
    """The drills of this user that run, in every project."""
    return [entry for entry in registry.entries() if entry.alive]


def of_project(entries: Sequence[Entry], folder: Path) -> list[Entry]:
    """Those whose project ``folder`` is the root of, or lies in."""
    roots = _roots(folder.resolve())
    return [entry for entry in entries if entry.root in roots]


def named(drills: Sequence[str], entries: Sequence[Entry]) -> list[Entry]:
    """Those of these ids or directories. Raises PlanError with all that are none of them."""
    found = {drill: registry.named(drill) for drill in drills}
    known = {entry.path for entry in entries}
    if wrong := [drill for drill, entry in found.items() if not entry or entry.path not in known]:
        ids = [entry.drill_id for entry in entries]
        found_instead = ", ".join(f"{each!r}{near(each, ids)}" for each in wrong)
        raise PlanError(
            f"none was halted: expected drills of this user that run "
            f"({', '.join(ids) or 'none runs'}), found {found_instead}"
        )
    return list({entry.path: entry for entry in found.values() if entry}.values())


def _roots(folder: Path) -> Sequence[Path]:
    """The folder and those above it, as far as the root of a project that begins there.

    Only the folder itself where nothing shows that it is in a project: /tmp is in nobody's.
    """
    upwards = (folder, *folder.parents)
    for depth, each in enumerate(upwards):
        if any((each / name).is_file() for name in _OF_ROOT):
            return upwards[: depth + 1]
    return (folder,)


def halt(entries: Sequence[Entry], clock: Clock, within: float = WITHIN) -> list[Halted]:
    """Ask these drills, which run, to end, and wait until none of them runs.

    Each undoes its faults, takes its stack down and is reported as aborted.
    """
    for entry in entries:
        if entry.same_process():  # else its process died, and the lock is a healer's
            with suppress(ProcessLookupError, PermissionError):
                os.kill(entry.pid, signal.SIGTERM)
    with suppress(WaitTimeout):
        until(
            lambda: not any(entry.alive for entry in entries),
            awaited="every drill is over",
            within=within,
            clock=clock,
        )
    return [Halted(entry, entry.alive) for entry in entries]
