"""How the clock of an engine on another machine compares with this machine's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offset:
    """By how many nanoseconds it is ahead (behind below 0), to ``error_ns``.

    ``kept`` says whether it ran on since the subscription to the engine's events, so that their
    instants are right to their errors; it was not where somebody set it meanwhile.
    """

    ahead_ns: int
    error_ns: int
    kept: bool = True
