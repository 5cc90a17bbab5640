"""What every fault has: its undo, how it is applied, and what proves that it took effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from drills.faults.rollback import Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done to apply a fault, as far as the journal has to tell of it.

    ``command`` is the engine's id of the command that runs inside, "" where none does. ``way``
    says in words by which of several ways it was done, ``begun_ns`` when that way was entered
    upon: the effect is not older than that. 0 where the request itself is all there is.
    """

    command: str = ""
    way: str = ""
    begun_ns: int = 0


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

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Do it. Raises EngineError when the engine refuses, or no way of doing it works here."""
