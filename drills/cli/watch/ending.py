"""Whether a drill that is watched is over, or nobody runs it any more."""

from __future__ import annotations

import time
from collections.abc import Callable

from drills.cli.watch.sight import Sight
from drills.errors import JournalError
from drills.journal.folder import RESULT
from drills.lifecycle.watchdog.fate import Fate, fate
from drills.units import format_seconds

GRACE = 5.0  # seconds in which a watchdog takes up what died, and a result is seen on any disk
SILENT = 120.0  # seconds; longer than that no drill writes nothing, once its stack is up
DIED = "the drill's process died; what it left is being undone and closed"


class Ending:
    """Asked again and again while a drill is watched. ``tell`` is told once that it is healed."""

    def __init__(
        self,
        sight: Sight,
        tell: Callable[[str], None],
        seconds: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._sight, self._tell = sight, tell
        self._seconds, self._wall = seconds, wall
        self._healed = False
        self._known = False  # whether a process of this machine was seen to care for it
        self._alone_since: float | None = None

    def over(self) -> bool:
        """Whether it is over and judged.

        Raises JournalError where it will not be: its process is gone, or it was not judged.
        """
        found = fate(self._sight.started.id, self._sight.directory)
        if found in (Fate.RUNS, Fate.HEALED):
            self._cared_for(found)
            return False
        if self._alone_since is None:
            self._alone_since = self._seconds()
        patient = self._seconds() - self._alone_since < GRACE
        if self._sight.ended:
            return self._judged(patient=patient)
        if found is Fate.DIED or self._known:
            if not patient:
                raise JournalError(self._died())
        elif (silent := self._wall() - self._sight.written_s()) > SILENT:
            raise JournalError(self._silent(silent))
        return False

    def _cared_for(self, found: Fate) -> None:
        self._known, self._alone_since = True, None
        if found is Fate.HEALED and not self._healed:
            self._healed = True
            self._tell(DIED)

    def _judged(self, *, patient: bool) -> bool:
        if (self._sight.directory / RESULT).is_file():
            return True
        if not patient:
            id_ = self._sight.started.id
            raise JournalError(f"drill {id_} is over, and was not judged. Then: drills judge {id_}")
        return False

    def _died(self) -> str:
        id_ = self._sight.started.id
        return (
            f"drill {id_} did not come to its end: its process is gone, and nobody finishes what "
            f"it left. Then: drills heal {id_}"
        )

    def _silent(self, seconds: float) -> str:
        id_ = self._sight.started.id
        return (
            f"drill {id_} did not come to its end, no process of this machine is known to run it, "
            f"and nothing of it was written for {format_seconds(float(round(seconds)))}. "
            f"Then: drills heal {id_}"
        )
