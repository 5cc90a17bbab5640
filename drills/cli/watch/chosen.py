"""Which drill is watched: the one that is named, the one that runs, or the next that begins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from drills.history.folders import drill_folder
from drills.journal.facts import DrillStarted
from drills.journal.folder import JOURNAL, RESULT
from drills.journal.journal import first_event
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.fate import Fate, fate
from drills.wait import until

BETWEEN = 0.25  # seconds between two looks at the folder of reports
FOREVER = 10.0 * 365 * 24 * 3600  # seconds


def named(drill: str, reports: Path) -> Path:
    """The folder of that drill: one that runs anywhere on this machine, or one of these reports.

    Raises JournalError or PlanError where there is none, as ``drill_folder`` does.
    """
    entry = registry.named(drill)
    if entry is not None and entry.directory is not None and entry.directory.is_dir():
        return entry.directory
    return drill_folder(drill, reports)


def running(reports: Path) -> list[Path]:
    """The drills in that folder which run, the one that began last first."""
    return [each for each in _unjudged(reports) if _runs(each)]


def next_to_begin(reports: Path) -> Path:
    """The folder of the next drill that begins there, once its journal has begun."""
    known = set(_names(reports))

    def begun() -> Path | None:
        new = (reports / name for name in _names(reports) if name not in known)
        return next(filter(_id, new), None)

    return until(begun, awaited="the next drill begins", within=FOREVER, interval=BETWEEN)


def _unjudged(reports: Path) -> Iterator[Path]:
    for name in sorted(_names(reports), reverse=True):
        if not (reports / name / RESULT).exists():
            yield reports / name


def _names(reports: Path) -> list[str]:
    """What may be the folder of a drill: its name begins with a date."""
    try:
        return [name for name in os.listdir(reports) if name[:8].isdigit()]  # noqa: PTH208 - thousands
    except OSError:
        return []


def _runs(directory: Path) -> bool:
    found = _id(directory)
    return bool(found) and fate(found, directory) in (Fate.RUNS, Fate.HEALED)


def _id(directory: Path) -> str:
    """The drill's id, as its journal begins; "" where it has not begun."""
    try:
        first = first_event(directory) if (directory / JOURNAL).is_file() else None
    except OSError:
        return ""
    return first.as_(DrillStarted).id if first and DrillStarted.tells(first) else ""
