"""The numbers of a folder's incidents: the next free one of the day, given once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from drills.errors import JournalError
from drills.journal.facts import DrillStarted
from drills.journal.folder import TAKEN
from drills.journal.journal import first_event

_ID = re.compile(r"INC-(\d{4}-\d{2}-\d{2})-(\d{3,9})\Z")


def take(reports: Path, day: date | None = None) -> str:
    """The next free id of a day (by default today's, UTC): ``INC-2026-01-31-001``.

    It is given to one caller only, however many ask at once, and never again, even where the drill
    that has it was removed. Raises JournalError where nothing can be written.
    """
    day = day or datetime.now(UTC).date()
    number = max(_taken(reports, day), default=0)
    try:
        (reports / TAKEN).mkdir(exist_ok=True)
        while True:
            number += 1
            id_ = f"INC-{day:%Y-%m-%d}-{number:03d}"
            try:
                os.close(os.open(reports / TAKEN / id_, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC))
            except FileExistsError:
                continue
            return id_
    except OSError as error:
        raise JournalError(
            f"expected to take an incident's number in {reports}: {error}"
        ) from error


def _taken(reports: Path, day: date) -> Iterator[int]:
    """The day's numbers that were given, and those that the drills there have."""
    names = [path.name for path in (reports / TAKEN).glob(f"INC-{day:%Y-%m-%d}-*")]
    names += [_id_of(drill) for drill in reports.glob(f"{day:%Y%m%d}T*-*")]
    for name in names:
        match = _ID.match(name)
        if match and match[1] == f"{day:%Y-%m-%d}":
            yield int(match[2])


def _id_of(drill: Path) -> str:
    """What the journal's first event says; "" where it says nothing of it."""
    with suppress(OSError):
        if first := first_event(drill):
            return first.as_(DrillStarted).incident_id
    return ""
