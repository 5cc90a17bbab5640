"""What is known on this machine of the process of a drill that somebody looks at."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.registry import Entry, pid_namespace


class Fate(Enum):
    """What became of it."""

    RUNS = auto()
    HEALED = auto()  # it died, and somebody is just finishing what it left
    DIED = auto()
    UNKNOWN = auto()  # it may be another machine's, or another user's


def entry_of(drill_id: str, directory: Path) -> Entry | None:
    """The drill's entry among this user's; None where it has none, or not for that folder."""
    if not registry.plausible(drill_id):  # whoever wrote the journal may have written anything
        return None
    entry = registry.read(registry.path_of(drill_id))
    return entry if entry.directory == directory.resolve() else None


def fate(drill_id: str, directory: Path) -> Fate:
    """What is known now of the drill of that id whose folder this is."""
    entry = entry_of(drill_id, directory)
    if entry is None:
        return Fate.RUNS if registry.shows_life(drill_id) else Fate.UNKNOWN
    if entry.alive:
        return Fate.HEALED if _held_by_another(entry) else Fate.RUNS
    return Fate.DIED if entry.lock_tells and entry.path.exists() else Fate.UNKNOWN


def _held_by_another(entry: Entry) -> bool:
    """Whether the process that holds the entry is surely not the drill's own."""
    seen = entry.of_this_boot and entry.pids == pid_namespace()
    return seen and not entry.same_process()


def of_this_boot(drill_id: str, directory: Path) -> bool:
    """Whether it surely has the monotonic clock of this machine."""
    entry = entry_of(drill_id, directory)
    return registry.shows_life(drill_id) or (entry is not None and entry.of_this_boot)
