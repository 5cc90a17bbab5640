"""What every fault has: its undo, how it is applied, and what proves that it took effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from drills.rollback import Undo
from drills.runtime import Container, Runtime
from drills.timeline import Json


class Fault(Protocol):
    """The cause that a drill introduces. Frozen: planning a fault is pure data.

    ``effect`` holds the engine's actions any of which proves that it took effect, and ``begun``
    those that bound the moment from below (the signal that precedes a death).
    """

    kind: ClassVar[str]
    effect: ClassVar[frozenset[str]]
    begun: ClassVar[frozenset[str]]

    def parameters(self) -> Mapping[str, Json]:
        """What a reader should know of it, by name."""

    def undo(self, container: Container, injection: str) -> Undo:
        """How it will be undone on this container."""

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Do it. Returns the engine's id of the command it runs inside, "" where it runs none.

        Raises EngineError when the engine refuses.
        """
