"""What a drill stands on itself: engine, machine, prober, watchdog. Where one fails, it ends.

A system cannot be blamed for what nobody could see, nor praised for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from drills.clock import Clock
from drills.errors import DrillError, GroundGaveWay, JournalError
from drills.journal.facts import GroundFailed
from drills.journal.journal import Journal
from drills.journal.sample import Sample
from drills.units import NS, format_seconds

SUSPENDED_SECONDS = 0.5  # for which a machine may be suspended; a clock that is set harms nothing
PROBER = "prober"
STANDSTILL_SECONDS = 5.0  # beyond an answer's time-out, in which every lane has news


class Footing:
    """Whether what a drill stands on still bears it.

    What gives way first is written, once; ``check`` raises it from then on. ``guard`` raises
    DrillError where nobody would undo the faults of a drill that died.
    """

    def __init__(
        self, journal: Journal, clock: Clock, guard: Callable[[], None] = lambda: None
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._guard = guard
        self._suspended_ns = clock.suspended_ns()
        # When each was begun, the seconds to its next news, and who asks it.
        self._lanes: dict[str, tuple[int, float, str]] = {}
        self._lock = threading.Lock()
        self.failure: GroundGaveWay | None = None

    def check(self) -> None:
        """Raise GroundGaveWay where something has given way."""
        if self.failure is None:
            self._check_machine()
        if self.failure is None:
            try:
                self._guard()
            except DrillError as error:
                self.gave_way("watchdog", str(error))
        if self.failure is not None:
            raise self.failure.with_traceback(None)

    def gave_way(self, what: str, text: str, since_ns: int | None = None) -> None:
        """Tell that something did; from any thread."""
        with self._lock:
            if self.failure is not None:
                return
            self.failure = GroundGaveWay(text)
        with suppress(JournalError):  # a full disk is told elsewhere
            self._journal.write(GroundFailed(text, what=what), at_ns=since_ns, sync=True)

    def expect_lane(self, name: str, timeout: float, rate: float, by: str = PROBER) -> None:
        """The prober, or who else, asks this lane from now on: that often there is news of it."""
        self._lanes[name] = (self._clock.monotonic_ns(), timeout + 1 / rate, by)

    def forget_lane(self, name: str) -> None:
        """It is asked no more."""
        self._lanes.pop(name, None)

    def watch_prober(self, samples: Mapping[str, Sequence[Sample]], *, alive: bool) -> None:
        """Who asks gave way where the prober died, or not one lane of theirs has news in time."""
        if not alive:
            self.gave_way("prober", "the prober died: the drill is blind, so it ends here")
            return
        for asker in {by for _, _, by in self._lanes.values()}:
            self._watch_lanes(asker, samples)

    def _watch_lanes(self, asker: str, samples: Mapping[str, Sequence[Sample]]) -> None:
        now_ns, news = self._clock.monotonic_ns(), []
        for name, (begun_ns, within, by) in list(self._lanes.items()):
            if by == asker:
                last = (one.ended_ns for one in samples.get(name, ())[-1:])
                news.append((max(max(last, default=begun_ns), begun_ns), within))
        if news and all(now_ns - at > (within + STANDSTILL_SECONDS) * NS for at, within in news):
            last_ns = max(at for at, _ in news)
            away = format_seconds((now_ns - last_ns) / NS)
            self.gave_way("prober", f"the {asker} has told nothing for {away}", last_ns)

    def _check_machine(self) -> None:
        """While it is suspended nobody sees anything, and the monotonic clock stands."""
        away = (self._clock.suspended_ns() - self._suspended_ns) / NS
        if away > SUSPENDED_SECONDS:
            self.gave_way("machine", f"the machine was suspended for {format_seconds(away)}")
