"""An inbox for tests, that takes what it is told to take."""

from __future__ import annotations

from collections.abc import Sequence

from drills.clock import Clock
from drills.errors import EngineError
from drills.stack.inbox import Arrival


class FakeInbox:
    """Takes what ``send`` brings, until it is closed or ``vanish`` is told.

    Its clock is ``ahead_ns`` ahead of the one that it is given.
    """

    def __init__(self, clock: Clock, *, ahead_ns: int = 0) -> None:
        self.closed = False
        self.ahead_ns = ahead_ns
        self._clock = clock
        self._arrived: list[Arrival] = []
        self._gone = ""

    def send(self, body: bytes, path: str = "/") -> None:
        """Somebody notifies it, now. What comes once it is closed, or gone, reaches nobody."""
        if not self.closed and not self._gone:
            self._arrived.append(Arrival(self._now_ns(), path, body))

    def vanish(self, reason: str = "somebody removed it") -> None:
        """It is gone from now on."""
        self._gone = reason

    def clock_ns(self) -> int:
        """Its monotonic clock."""
        if self._gone:
            raise EngineError(self._gone)
        return self._now_ns()

    def since(self, position: int) -> tuple[Sequence[Arrival], int]:
        """What arrived after ``position``."""
        fresh = tuple(self._arrived[position:])
        if not fresh and self._gone:
            raise EngineError(self._gone)
        return fresh, position + len(fresh)

    def close(self) -> None:
        """Take nothing any more."""
        self.closed = True

    def _now_ns(self) -> int:
        return self._clock.monotonic_ns() + self.ahead_ns
