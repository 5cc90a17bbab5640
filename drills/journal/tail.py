"""A journal that is being written, read as it grows."""

from __future__ import annotations

import os
from pathlib import Path

from drills.errors import JournalError
from drills.journal import regular
from drills.journal.folder import JOURNAL
from drills.journal.journal import read_events
from drills.journal.timeline import Event, Timeline


class JournalTail:
    """Follows the journal of a drill that somebody else writes; ``poll`` reads only what is new.

    A line without its end is being written, and one that makes no sense may be taken back by who
    wrote it: both are read again at the next poll, and what follows them is not read before.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / JOURNAL
        self._offset = 0
        self._timeline = Timeline()

    @property
    def timeline(self) -> Timeline:
        """All that was read so far."""
        return self._timeline

    def poll(self) -> list[Event]:
        """The events that were written since the last poll, in the order of their writing.

        Raises JournalError where there is no journal (any more), or another one in its place.
        """
        try:
            with regular.reader(self._path) as file:
                if file.seek(0, os.SEEK_END) < self._offset:
                    raise JournalError(f"{self._path} is shorter than it was: it was replaced")
                file.seek(self._offset)
                data = file.read()
        except OSError as error:
            said = error.strerror or error
            raise JournalError(f"expected a journal at {self._path}: {said}") from error
        lines = data.split(b"\n")[:-1]
        events = list(read_events(lines))
        self._offset += sum(len(line) + 1 for line in lines[: len(events)])
        if events:
            self._timeline = self._timeline.followed_by(events)
        return events
