"""What a procedure works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drills.clock import Clock
from drills.journal.journal import Journal
from drills.stack.http import Address
from drills.stack.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Bench:
    """What a procedure works with: the engine, the system's entry, its environment file.

    ``patience`` is how many seconds an action waits for what it awaits. ``scale`` has so many
    instances of a service run, see ``Stack.scale``.
    """

    runtime: Runtime
    entry: Address
    environment_file: Path
    journal: Journal
    clock: Clock
    patience: float
    scale: Callable[[str, int], None]
