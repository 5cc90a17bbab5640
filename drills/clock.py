"""The one owner of time.

Spans are measured on CLOCK_MONOTONIC, which every process and container of one host shares.
Dates come from an anchor: one simultaneous reading of both clocks, with its error.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from drills.units import NS


@dataclass(frozen=True, slots=True)
class Anchor:
    """Monotonic and wall clock, read together, at most ``error_ns`` apart."""

    monotonic_ns: int
    wall_ns: int
    error_ns: int

    def to_monotonic(self, wall_ns: int) -> int:
        """The monotonic instant of a wall-clock stamp, right to ``error_ns`` plus clock drift."""
        return wall_ns - self.wall_ns + self.monotonic_ns

    def to_wall(self, monotonic_ns: int) -> int:
        """The wall-clock nanoseconds of a monotonic instant."""
        return monotonic_ns - self.monotonic_ns + self.wall_ns

    def date(self, monotonic_ns: int) -> datetime:
        """The UTC date of a monotonic instant."""
        return datetime.fromtimestamp(self.to_wall(monotonic_ns) / NS, tz=UTC)

    def drift_ns(self, later: Anchor) -> int:
        """How far the wall clock moved against the monotonic one between two anchors."""
        return (later.wall_ns - self.wall_ns) - (later.monotonic_ns - self.monotonic_ns)


class Clock(Protocol):
    """What the framework knows of time; ``testing.ManualClock`` is the other implementation."""

    def monotonic_ns(self) -> int:
        """Nanoseconds on the host's monotonic clock."""

    def anchor(self) -> Anchor:
        """Both clocks, read together."""

    def suspended_ns(self) -> int:
        """For how long the machine was suspended since it started: the monotonic clock stood."""

    def sleep(self, seconds: float) -> None:
        """Let time pass; only ``wait.until`` calls this."""


class SystemClock:
    """The clocks of this host."""

    def monotonic_ns(self) -> int:
        """Nanoseconds of CLOCK_MONOTONIC."""
        return time.monotonic_ns()

    def anchor(self) -> Anchor:
        """The tightest of five readings of the wall clock between two of the monotonic one."""
        readings = []
        for _ in range(5):
            before = time.monotonic_ns()
            wall = time.time_ns()
            after = time.monotonic_ns()
            readings.append((after - before, before, wall))
        width, before, wall = min(readings)
        return Anchor(before + width // 2, wall, width // 2 + 1)

    def suspended_ns(self) -> int:
        """What CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC; 0 where the system has none.

        The least of three readings: a process that had to wait in the middle of one read too much.
        """
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        if boottime is None:
            return 0
        return min(-time.monotonic_ns() + time.clock_gettime_ns(boottime) for _ in range(3))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


class DatedClock:
    """The monotonic clock of an earlier boot, told by the dates that both boots share.

    It never shows an instant before ``floor_ns``, even where the wall clock was set back.
    """

    def __init__(self, before: Anchor, clock: Clock, floor_ns: int) -> None:
        now = clock.anchor()
        self._clock = clock
        self._shift = max(before.to_monotonic(now.wall_ns), floor_ns) - now.monotonic_ns

    def monotonic_ns(self) -> int:
        """Nanoseconds of the earlier boot's monotonic clock."""
        return self._clock.monotonic_ns() + self._shift

    def anchor(self) -> Anchor:
        """Both clocks, read together."""
        now = self._clock.anchor()
        return Anchor(now.monotonic_ns + self._shift, now.wall_ns, now.error_ns)

    def suspended_ns(self) -> int:
        """As this boot tells it."""
        return self._clock.suspended_ns()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._clock.sleep(seconds)
