"""What a command inside a container prints, within bounds of time and size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drills.stack.container import Container


@dataclass(frozen=True, slots=True)
class Printed:
    """A command that came to its end, and what it wrote as output and as errors."""

    exit_code: int
    output: bytes
    errors: bytes = b""


class Commands(Protocol):
    """Commands inside one stack's containers."""

    def printed(
        self, container: Container, argv: Sequence[str], *, within: float, most: int
    ) -> Printed:
        """Run a command to its end, with no shell, in at most so many seconds.

        It does not run beside itself: one that has not ended yet is waited for. Raises EngineError
        where it takes longer, or prints more bytes than ``most``, and UnknownTarget when the
        container is gone.
        """
