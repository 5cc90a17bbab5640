"""Waiting for a state of the world. Nothing else in the framework sleeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from drills.clock import Clock, SystemClock
from drills.errors import WaitTimeout
from drills.units import NS, format_seconds

T = TypeVar("T")


def until(
    question: Callable[[], T | None],
    *,
    awaited: str,
    within: float,
    last_seen: Callable[[], str] = lambda: "nothing",
    hint: str = "",
    interval: float = 0.05,
    clock: Clock | None = None,
    error: type[WaitTimeout] = WaitTimeout,
) -> T:
    """Ask ``question`` every ``interval`` seconds and return its first truthy answer.

    It is asked once more after the deadline, so a slow question is not cut short by its own time.
    Raises ``error`` after ``within`` seconds: awaited what, how long, last seen what, one hint.
    """
    clock = clock or SystemClock()
    deadline = clock.monotonic_ns() + int(within * NS)
    while True:
        late = clock.monotonic_ns() >= deadline
        if answer := question():
            return answer
        if late:
            message = f"{awaited}: not within {format_seconds(within)}; last seen: {last_seen()}"
            raise error(f"{message}. {hint}" if hint else message)
        clock.sleep(interval)
