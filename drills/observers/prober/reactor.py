"""One thread, one epoll, one heap of timers.

asyncio's timers are rounded up to whole milliseconds and its transports cost three times the
processor time of a bare socket; both would be read as the system's latency.
"""

from __future__ import annotations

import heapq
import itertools
import select
import time
from collections.abc import Callable

NS = 1_000_000_000
IDLE_SECONDS = 1.0


class Timer:
    """A call that is due at an instant; cancelling it is forgetting the call."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        """Never call."""
        self.call = None


class Reactor:
    """Calls what is ready, then what is due, until it is stopped.

    Readiness comes first in every turn: an answer that arrived in time is not beaten by its own
    time-out because this process woke up late. ``now`` tells nanoseconds of the monotonic clock.
    """

    def __init__(self, now: Callable[[], int] = time.monotonic_ns) -> None:
        self.now = now
        self._epoll = select.epoll()
        self._watched: dict[int, Callable[[], None]] = {}
        self._timers: list[tuple[int, int, Timer]] = []
        self._order = itertools.count()
        self._running = False

    def at(self, due_ns: int, call: Callable[[], None]) -> Timer:
        """Have ``call`` called at an instant of the monotonic clock, or at once if that is past."""
        timer = Timer(call)
        heapq.heappush(self._timers, (due_ns, next(self._order), timer))
        return timer

    def watch(self, fd: int, call: Callable[[], None], *, write: bool = False) -> None:
        """Call whenever ``fd`` can be read (or written), in place of what was called before."""
        events = select.EPOLLOUT if write else select.EPOLLIN
        if fd in self._watched:
            self._epoll.modify(fd, events)
        else:
            self._epoll.register(fd, events)
        self._watched[fd] = call

    def forget(self, fd: int) -> None:
        """Call no more for ``fd``, which its owner closes next: that takes it out of the epoll."""
        self._watched.pop(fd, None)

    def run(self) -> None:
        """Take turns until ``stop``."""
        self._running = True
        while self._running:
            self._turn()

    def stop(self) -> None:
        """End ``run`` after the call that is being made."""
        self._running = False

    def _turn(self) -> None:
        # epoll_wait counts in milliseconds; select on the epoll's own descriptor in microseconds.
        if select.select([self._epoll.fileno()], [], [], self._idle_seconds())[0]:
            for fd, _events in self._epoll.poll(0):
                if call := self._watched.get(fd):
                    call()
        while self._running and self._timers and self._timers[0][0] <= self.now():
            timer = heapq.heappop(self._timers)[2]
            if timer.call is not None:
                timer.call()

    def _idle_seconds(self) -> float:
        while self._timers and self._timers[0][2].call is None:
            heapq.heappop(self._timers)
        if not self._timers:
            return IDLE_SECONDS
        return min(max((self._timers[0][0] - self.now()) / NS, 0.0), IDLE_SECONDS)
