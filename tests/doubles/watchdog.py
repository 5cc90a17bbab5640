"""A watchdog on paper: it is there at once, can undo everything, and leaves when it is told."""

from __future__ import annotations

import os

from drills.faults.catalogue import OPERATIONS
from drills.lifecycle.watchdog.registry import Entry


class PaperWatchdog:
    """Takes the place of ``Watchdog`` in a drill that nobody kills: no process is started."""

    pid = os.getpid()

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def check(self) -> None:
        """It is there."""

    def undoes(self, operation: str) -> bool:
        return operation in OPERATIONS

    def dismiss(self) -> str:
        """It left nothing."""
        return ""

    def abandon(self) -> None:
        """Nobody goes on from here."""
