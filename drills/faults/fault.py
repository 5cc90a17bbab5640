"""What every fault carries about itself: its needs, its effect, its undo, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from drills.faults.undo import Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.runtime import Runtime


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


@dataclass(frozen=True, slots=True)
class EngineTells:
    """The engine's own event proves the effect: any of ``actions``, with the event's stamp.

    ``begun`` are those that bound the moment from below (the signal that precedes a death).
    """

    actions: frozenset[str]
    begun: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A question asked of the place proves the effect, which nobody tells of by itself.

    ``seen`` answers whether the fault is in effect now; ``state`` says that in words. It took
    effect between the last time it was asked and was not (or was requested), and the first answer
    that it is. Where it is so before the fault, nothing is injected: it would prove nothing.
    ``begun`` answers, for what takes time to prove itself, whether it may have taken effect: then
    it did so after the last time that this was not.
    """

    state: str
    seen: Callable[[Runtime, Undo], bool]
    begun: Callable[[Runtime, Undo], bool] | None = None


@dataclass(frozen=True, slots=True)
class Performed:
    """The act itself proves the effect, for it ends in an error where nothing came of it.

    ``state`` says what came of it in words. It took effect between its request and its end.
    """

    state: str


Effect = EngineTells | ReadBack | Performed


class Colour(StrEnum):
    """The colours of faults on the chart, by what is broken."""

    PROCESS = "process"
    RESOURCE = "resource"
    NETWORK = "network"
    DISK = "disk"
    DATABASE = "database"
    APPLICATION = "application"


class Fault(Protocol):
    """The cause that a drill introduces. Frozen: planning a fault is pure data.

    ``kind`` is its name, ``phrase`` the words of a scenario for it, with its parameters as
    ``drills.faults.phrase`` reads them, ``label`` what the chart says and ``colour`` how it is
    shaded there.
    ``effect`` is what proves that it took effect. ``asks`` names what the machine must be able to
    do, which is tried out before; ``needs`` says in words what else it needs, which ``probe`` looks
    for. ``beside`` names the services that it acts on besides its
    target's. ``by_hand`` may name what ``undo.typed`` knows.

    ``OfContainer`` has what is the same for most. One that is of one kind of database has a
    ``product``, which says so.
    """

    kind: ClassVar[str]
    phrase: ClassVar[str]
    label: ClassVar[str]
    colour: ClassVar[Colour]
    effect: ClassVar[Effect]
    asks: ClassVar[tuple[Ability, ...]]
    needs: ClassVar[tuple[str, ...]]

    @property
    def by_hand(self) -> str:
        """The line that a person would type to do it."""

    @property
    def beside(self) -> tuple[str, ...]:
        """The services at the other end, whose containers are the place's ``peers``."""

    def parameters(self) -> Mapping[str, Json]:
        """What a reader should know of it, by name."""

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """Raise PlanError where the compose file shows already that it cannot be done there.

        ``volumes`` are those that the service mounts and the drill makes, by their names in the
        file, with the bytes that each is limited to, 0 where it is not.
        """

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The place as it was found, with what it needs. Changes nothing.

        Raises PlanError, saying what was expected, where this machine or this place has not got it.
        """

    def undo(self, place: Place, injection: str) -> Undo:
        """How it will be undone there."""

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Do it there. Raises EngineError when the engine refuses, or no way of doing it works."""


class OfContainer:
    """A fault of one container that needs nothing but the engine."""

    __slots__ = ()
    asks: ClassVar[tuple[Ability, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()

    @property
    def beside(self) -> tuple[str, ...]:
        """Nobody else."""
        return ()

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """The file tells nothing against it."""

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """There is nothing to look for."""
        return place

    def parameters(self) -> Mapping[str, Json]:
        """Nothing to set."""
        return {}
