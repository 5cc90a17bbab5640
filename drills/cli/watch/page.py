"""The page of a drill that runs: its report so far, made when it is asked for, not too often."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drills.cli.watch.sight import Sight
from drills.journal.timeline import Event
from drills.judgement.so_far import so_far
from drills.reporting.html import render_html, renewing_script
from drills.reporting.progress import Progress
from drills.reporting.running import Running

BETWEEN = 1.0  # seconds at least from one page to the next
SHARE = 0.05  # of a processor, at most, for as long as somebody looks


class LivePage:
    """The newest page, by its number. Threads may ask at once.

    ``state`` tells whether anything changed, ``make`` makes the page of a number: not more often
    than once in ``BETWEEN`` seconds, nor with more than ``SHARE`` of a processor, however much one
    ``spent`` on it, in seconds. What the first one costs, for which much is loaded, is not counted.
    """

    def __init__(
        self,
        state: Callable[[], object],
        make: Callable[[int], str],
        seconds: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        self._state, self._make = state, make
        self._seconds, self._spent = seconds, spent
        self._lock = threading.Lock()
        self._number = 0
        self._page = b""
        self._shown: object = None
        self._due = 0.0
        self._over = False

    def is_over(self) -> bool:
        """Whether the page is the report of a drill that is over."""
        return self._over

    def finish(self, report: bytes) -> None:
        """The drill is over, and this is its report."""
        with self._lock:
            self._over, self._page = True, report

    def latest(self) -> tuple[int, bytes]:
        """The page and its number; made anew where it is due and something changed."""
        with self._lock:
            now = self._seconds()
            if not self._over and (not self._page or now >= self._due):
                cost = self._renew()
                self._due = now + max(BETWEEN, cost / SHARE)
            return self._number, self._page

    def _renew(self) -> float:
        """Make the page anew if it would be another one; returns what that cost."""
        begun, first = self._spent(), not self._page
        state = self._state()
        if first or state != self._shown:
            self._page = self._make(self._number + 1).encode("utf-8", "replace")
            self._number, self._shown = self._number + 1, state
        return 0.0 if first else self._spent() - begun


class Portrait:
    """What the page of a drill shows, and whether that changed. It hears what the drill tells."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._progress = Progress()

    def hear(self, event: Event) -> None:
        """Take an event in."""
        self._progress.hear(event)

    def state(self) -> object:
        """What is another one once the page would show anything else."""
        with self._sight.lock:
            seen = self._sight.look()
            return len(seen.timeline), sum(map(len, seen.samples.values()))

    def page(self, number: int) -> str:
        """The page of that number, as things are now."""
        with self._sight.lock:
            result = so_far(self._sight.look())
        return render_html(result, running=Running(self._doing(), number, renewing_script()))

    def _doing(self) -> str:
        """What the drill does, for how long, and what is in effect."""
        rows = self._progress.frame(self._sight.now_ns(), height=5)[1:]
        told = [f"{row.word}: {row.text}" for row in rows if row.word and row.style != ""]
        return "; ".join(told[:3]) or "it is being closed"
