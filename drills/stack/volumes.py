"""What is known of a volume before it is filled, and while it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mounted:
    """A volume that a container mounts; ``name`` is the engine's.

    ``drill`` made it, "" where none did. ``limit`` is how many bytes it holds at most by its own
    options, 0 where nothing but its host's memory or disk limits it; ``inodes`` how many files,
    just so. ``strangers`` are containers that mount it too and are not of the same drill.
    """

    name: str
    drill: str = ""
    limit: int = 0
    strangers: tuple[str, ...] = ()
    inodes: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """What is found of a filling: whether its files are there, and how much is free.

    ``free`` is in bytes, ``inodes`` are files that could be made.
    """

    there: bool
    free: int = 0
    inodes: int = 0
