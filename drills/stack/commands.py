"""Commands inside containers, bounded in time and size: each ends in time, or is ended there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drills.errors import EngineError
from drills.stack.container import Container

KEPT = 256 * 1024  # bytes of what a command writes, unless more is asked for


class NotStarted(EngineError):
    """The command was certainly not run: no container that runs, or no such program in it."""


class OutOfTime(EngineError):
    """The command was ended inside the container, with all that it had started there."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A command that came to its end, and what it wrote as output and as errors.

    With ``cut`` it wrote more than was kept.
    """

    exit_code: int
    output: bytes
    errors: bytes = b""
    cut: bool = False


class Commands(Protocol):
    """Commands inside one stack's containers."""

    def run(
        self,
        container: Container,
        argv: Sequence[str],
        *,
        within: float,
        most: int = KEPT,
        user: str = "",
    ) -> Printed:
        """Run a command to its end, with no shell; it has so many seconds and no longer.

        Of what it writes the first ``most`` bytes are kept. ``user`` is a name or a number, "" the
        container's own. Raises NotStarted where it was certainly not run, as in a container that is
        gone, OutOfTime where it was ended, and UnknownTarget where the container went amid it.
        """
