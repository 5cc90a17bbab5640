"""A time in which nobody heard what an engine did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the engine was not heard, on the monotonic clock; ``until_ns`` None: still.

    ``complete``: what happened meanwhile was fetched from the engine's log afterwards, all of it.
    """

    from_ns: int
    until_ns: int | None
    complete: bool
    reason: str
