"""What old drills may lose: what is heavy goes, and what a trend or a schedule needs stays."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from drills.errors import JournalError
from drills.history.row import Row
from drills.journal.folder import (
    BACKUP_READS,
    EVIDENCE,
    FINAL_READ,
    LATEST,
    PRUNED,
    RESULT,
    SAMPLES,
)
from drills.journal.replacing import replace

HEAVY = (SAMPLES, EVIDENCE, FINAL_READ, BACKUP_READS)


@dataclass(frozen=True, slots=True)
class Prunable:
    """A drill that may lose what is heavy of it: so many bytes."""

    row: Row
    folder: Path
    size: int


def prunable(
    rows: Sequence[Row], reports: Path, now: datetime, keep: int | None, days: float | None
) -> list[Prunable]:
    """The drills that lie there and are past both bounds, as far as there are any; oldest first.

    ``keep`` are the newest so many of each scenario, ``days`` is an age. ``rows`` are newest first.
    The drill that ``latest`` points at is never one.
    """
    return sorted(_prunable(rows, reports, now, keep, days), key=lambda each: each.row.at)


def _prunable(
    rows: Sequence[Row], reports: Path, now: datetime, keep: int | None, days: float | None
) -> Iterator[Prunable]:
    newer: Counter[str] = Counter()
    latest = (reports / LATEST).resolve()
    for row in rows:
        newer[row.scenario] += 1
        folder = reports / row.folder
        young = days is not None and now - row.at <= timedelta(days=days)
        kept = young or (keep is not None and newer[row.scenario] <= keep)
        outside = folder.parent != reports or folder.name != row.folder  # as a server may have it
        if kept or outside or folder == latest or folder.is_symlink():
            continue
        if not (folder / RESULT).is_file():
            continue
        if size := sum(map(_size, _heavy(folder))):
            yield Prunable(row, folder, size)


def prune(one: Prunable, now: datetime) -> None:
    """Remove it, after it was noted in the folder. Raises JournalError where the disk refuses."""
    names = ", ".join(path.name for path in _heavy(one.folder))
    note = f"{now:%Y-%m-%d %H:%M} UTC: `drills history prune` removed {names}\n"
    try:
        replace(one.folder / PRUNED, note.encode())
        for path in _heavy(one.folder):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        raise JournalError(f"{one.folder}: expected to prune it: {error}") from error


def _heavy(folder: Path) -> list[Path]:
    found = [folder / name for name in HEAVY]
    return [path for path in found if path.exists() and not path.is_symlink()]


def _size(path: Path) -> int:
    total = 0
    for each in [path, *path.rglob("*")] if path.is_dir() else [path]:
        with suppress(OSError):
            total += each.lstat().st_size if not each.is_dir() else 0
    return total
