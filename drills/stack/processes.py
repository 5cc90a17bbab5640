"""What is known of a container's main process before its limit is drawn tighter, and after."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Files:
    """How many files a process has open, and how many it may (``soft``).

    It could raise that itself. ``process`` is the engine's name of it, which no other one has.
    """

    process: str
    opened: int
    soft: int
