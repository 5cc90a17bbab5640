"""A drill of another process, as its folder shows it while it is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from drills.clock import DatedClock, SystemClock
from drills.errors import JournalError
from drills.journal.facts import DrillEnded, DrillStarted, LanesEnded
from drills.journal.folder import JOURNAL, SAMPLES
from drills.journal.tail import JournalTail
from drills.journal.timeline import Event
from drills.judgement.looks import Looks
from drills.judgement.metric import Observations
from drills.lifecycle.watchdog.fate import of_this_boot


class Sight:
    """What there is to be seen of one drill. Nothing is ever written. Threads may look at once.

    Raises JournalError where the folder holds no drill's journal.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._tail = JournalTail(directory)
        self._new = self._tail.poll()
        started = self._tail.timeline.first(DrillStarted)
        if started is None:
            raise JournalError(f"{directory}: expected a journal that begins with a drill's start")
        self.started = started
        self.now_ns = self._clock(started)
        self._looks = Looks(directory / SAMPLES, started.hold_s)
        self.lock = threading.Lock()  # what one look shows is good until the next

    def _clock(self, started: DrillStarted) -> Callable[[], int]:
        """The drill's own monotonic clock, which on another machine only the dates tell."""
        if of_this_boot(started.id, self.directory):
            return time.monotonic_ns
        last = self._tail.timeline.newest()
        return DatedClock(started.anchor, SystemClock(), last.at_ns if last else 0).monotonic_ns

    @property
    def ended(self) -> bool:
        """Whether the journal says that the drill is over."""
        return self._tail.timeline.first(DrillEnded) is not None

    @property
    def watched(self) -> bool:
        """Whether something watches the system still, or may yet."""
        return self._tail.timeline.first(LanesEnded) is None

    def poll(self) -> list[Event]:
        """What was told since the last poll. Raises JournalError where the journal is gone."""
        with self.lock:
            new, self._new = [*self._new, *self._tail.poll()], []
            return new

    def look(self) -> Observations:
        """What is seen now. To be used while ``lock`` is held; raises JournalError."""
        ended = self._tail.timeline.last(LanesEnded)
        return self._looks.at(self._tail.timeline, ended.at_ns if ended else self.now_ns())

    def written_s(self) -> float:
        """When anything of it was written last, in seconds of the wall clock; 0 for never."""
        found = 0.0
        for path in (self.directory / JOURNAL, *(self.directory / SAMPLES).glob("*")):
            with suppress(OSError):
                found = max(found, path.stat().st_mtime)
        return found
