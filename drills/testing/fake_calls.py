"""What a test reads of the calls to a runtime on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drills.stack.runtime import Container


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changes something. ``argument``: grace, signal, code, or command line."""

    method: str
    container: str
    argument: float | str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Spawned:
    """A command that was started by ``spawn``."""

    id: str
    container: Container
    argv: tuple[str, ...]
    environment: Mapping[str, str]
