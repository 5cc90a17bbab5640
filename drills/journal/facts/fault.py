"""What is told of a fault, and of its undo, by the id of its injection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.journal.fact import WHEN_IT_HAPPENED, Fact
from drills.journal.timeline import Json, Kind


@dataclass(frozen=True, kw_only=True)
class OfInjection(Fact):
    """A fact of one injection, by its id."""

    injection: str


@dataclass(frozen=True, kw_only=True)
class FaultIntended(OfInjection):
    """The undo of a fault is armed: whoever reads this can carry it out.

    ``restarts`` is how often the container's restart policy had started it, -1 where that is not
    known. ``undo`` is that of ``faults.undo``.
    """

    kind = Kind.FAULT_INTENDED
    fault: str
    service: str
    container: str
    target: str = ""
    place: str = ""
    label: str = ""
    colour: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    restarts: int = -1
    undo: Mapping[str, Json] = field(default_factory=dict)

    @property
    def container_id(self) -> str:
        """The engine's id of the container, by its undo."""
        found = self.undo.get("container_id")
        return found if isinstance(found, str) else ""


@dataclass(frozen=True, kw_only=True)
class FaultCalled(OfInjection):
    """A fault was asked for: which ``way`` it is done, and the id of the command that does it."""

    kind = Kind.FAULT_CALLED
    command: str = ""
    way: str = ""


@dataclass(frozen=True, kw_only=True)
class FaultEffective(OfInjection):
    """A fault took effect, not before ``low_ns`` and not after ``high_ns``."""

    kind = Kind.FAULT_EFFECTIVE
    low_ns: int = field(metadata=WHEN_IT_HAPPENED)
    high_ns: int = field(metadata=WHEN_IT_HAPPENED)


@dataclass(frozen=True, kw_only=True)
class FaultFailed(OfInjection):
    """A fault could not be done, or its effect was not seen."""

    kind = Kind.FAULT_FAILED


@dataclass(frozen=True, kw_only=True)
class UndoCalled(OfInjection):
    """An undo was begun."""

    kind = Kind.UNDO_CALLED
    operation: str


@dataclass(frozen=True, kw_only=True)
class UndoVerified(OfInjection):
    """A fault is proven undone: its ``proof``, and whether the container still ``exists``.

    ``restarts`` is how often the container's restart policy has started it by now, -1 where that is
    not known.
    """

    kind = Kind.UNDO_VERIFIED
    proof: str
    exists: bool
    restarts: int = -1


@dataclass(frozen=True, kw_only=True)
class UndoFailed(OfInjection):
    """A fault is not proven undone; the text says what to do by hand."""

    kind = Kind.UNDO_FAILED
