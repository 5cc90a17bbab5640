"""Time for tests: it passes when told to."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from threading import RLock

from drills.clock import Anchor
from drills.units import NS

_WALL_NS = 1_767_225_600 * NS  # 2026-01-01T00:00:00Z


class ManualClock:
    """A clock that moves when told to. ``sleep`` moves it, so waiting takes no time."""

    def __init__(self, monotonic_ns: int = 1_000 * NS, wall_ns: int = _WALL_NS) -> None:
        self._now_ns = monotonic_ns
        self._wall_offset_ns = wall_ns - monotonic_ns
        self._suspended_ns = 0
        self._planned: list[tuple[int, int, Callable[[], object]]] = []
        self._count = 0
        self._lock = RLock()

    def monotonic_ns(self) -> int:
        """Nanoseconds on the manual clock."""
        return self._now_ns

    def anchor(self) -> Anchor:
        """Both clocks, read together without any error."""
        return Anchor(self._now_ns, self._now_ns + self._wall_offset_ns, 0)

    def suspended_ns(self) -> int:
        """For how long ``suspend`` was told."""
        return self._suspended_ns

    def sleep(self, seconds: float) -> None:
        """Move on by ``seconds``; what is planned on the way is done."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds``; what is planned on the way is done, each at its instant."""
        with self._lock:
            target = self._now_ns + round(seconds * NS)
            while self._planned and self._planned[0][0] <= target:
                at_ns, _, action = heapq.heappop(self._planned)
                self._now_ns = max(self._now_ns, at_ns)
                action()
            self._now_ns = max(self._now_ns, target)

    def at(self, at_ns: int, action: Callable[[], object]) -> None:
        """Do ``action`` when the clock gets to ``at_ns``; at its next move if that is past."""
        with self._lock:
            self._count += 1  # of two at one instant, the one planned first comes first
            heapq.heappush(self._planned, (at_ns, self._count, action))

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Do ``action`` in ``seconds`` from now."""
        self.at(self._now_ns + round(seconds * NS), action)

    def suspend(self, seconds: float) -> None:
        """Suspend the machine: the monotonic clock stands, and the wall clock goes on."""
        self._suspended_ns += round(seconds * NS)
        self.step_wall(seconds)

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock forward (or back), as an administrator would."""
        self._wall_offset_ns += round(seconds * NS)
