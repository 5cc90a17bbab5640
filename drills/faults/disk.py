"""Faults of what services keep their files on, made and read back in the volume itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import PlanError, UnknownTarget
from drills.faults.fault import Applied, Colour, Effect, Fault, ReadBack
from drills.faults.process import start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.runtime import DRILL_LABEL, Runtime
from drills.units import MIB

LARGEST = 1024 * MIB  # bytes of a volume that may be filled: it is memory of the host


def _full(runtime: Runtime, undo: Undo) -> bool:
    """Whether our file is there, and no more is free than is to be left."""
    filling = runtime.volumes.filling(undo.place.volume, undo.arguments["mark"])
    return filling.there and filling.free <= int(undo.arguments.get("rest", "0"))


def _clear(runtime: Runtime, undo: Undo) -> None:
    """Remove our file, and have run what ran before.

    The volume may outlive its container, so that is no proof of anything.
    """
    runtime.volumes.clear(undo.place.volume, undo.arguments["mark"])
    if undo.before.get("status") == "running":
        with suppress(UnknownTarget):
            start(runtime, undo)


def _cleared(runtime: Runtime, undo: Undo) -> bool:
    return not runtime.volumes.filling(undo.place.volume, undo.arguments["mark"]).there


OPERATIONS: Mapping[str, Operation] = {
    "clear-volume": Operation(
        _clear,
        _cleared,
        "without the file that filled it",
        "rm -f $(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})/.drill-{mark}",
    ),
}


@dataclass(frozen=True, slots=True)
class VolumeFilled:
    """A volume of the service is full but for ``rest`` bytes: what is written there fails.

    ``volume`` is its name in the compose file. It has to be the drill's own and of a size that its
    options limit (``type: tmpfs`` with a ``size``), so that nobody else runs out of anything.
    """

    volume: str
    rest: int = 0
    kind: ClassVar[str] = "full volume"
    phrase: ClassVar[str] = "a full {volume:quoted} volume with {rest:size} left"
    label: ClassVar[str] = "volume full"
    colour: ClassVar[Colour] = Colour.DISK
    effect: ClassVar[Effect] = ReadBack("the volume is full", _full)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.VOLUMES,)
    needs: ClassVar[tuple[str, ...]] = (
        "a volume that the drill made, of type tmpfs with a size of at most 1 GiB",
    )

    @property
    def by_hand(self) -> str:
        """As a person would fill it, as root on the engine's host."""
        path = "$(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})"
        return f"dd if=/dev/zero of={path}/.drill-{{mark}} bs=4k"

    @property
    def beside(self) -> tuple[str, ...]:
        """Nobody else."""
        return ()

    def parameters(self) -> Mapping[str, Json]:
        """The volume, and the bytes that are left free."""
        return {"volume": self.volume, "rest_bytes": self.rest}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """It is the drill's own and limited. A folder, or an external volume, is not among them."""
        if self.volume not in volumes:
            raise PlanError(
                f"{self.kind} of {service}: expected a volume that the drill makes "
                f"({', '.join(volumes) or 'it mounts none'}), got {self.volume!r}"
            )
        self._check_limit(service, self.volume, volumes[self.volume])

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The volume as the engine knows it. Raises PlanError for one that is not to be filled."""
        name = place.container.name
        found = runtime.volumes.mounted(place.container, self.volume)
        drill = place.container.labels.get(DRILL_LABEL, "")
        if not drill or found.drill != drill:
            raise PlanError(
                f"{self.kind} of {name}: expected a volume that this drill made, {found.name} is "
                f"{f'of {found.drill}' if found.drill else 'of nobody known'}; nothing was done"
            )
        if found.strangers:
            raise PlanError(
                f"{self.kind} of {name}: {found.name} is also mounted by "
                f"{', '.join(found.strangers)}, which is not this drill's; nothing was done"
            )
        self._check_limit(name, found.name, found.limit)
        return replace(place, volume=found.name)

    def _check_limit(self, owner: str, volume: str, limit: int) -> None:
        if not 0 < limit <= LARGEST:
            size = f"{limit // MIB} MiB" if limit else "no limit of its own"
            raise PlanError(
                f"{self.kind} of {owner}: expected a volume with a limit of at most "
                f"{LARGEST // MIB} MiB, {volume} has {size}: its host would run full. Hint: "
                'driver_opts: {type: tmpfs, device: tmpfs, o: "size=64m"}'
            )
        if self.rest >= limit:
            raise PlanError(
                f"{self.kind} of {owner}: expected to leave less free than the {limit} bytes "
                f"that {volume} holds, got {self.rest}"
            )

    def undo(self, place: Place, injection: str) -> Undo:
        """Remove the one file that fills it."""
        there = replace(place, volume=place.volume or self.volume)
        return Undo("clear-volume", there, {"mark": injection, "rest": str(self.rest)})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Fill it. Raises EngineError where that is refused."""
        runtime.volumes.fill(place.volume, injection, self.rest)
        return Applied(way="one file")


FAULTS: tuple[type[Fault], ...] = (VolumeFilled,)
