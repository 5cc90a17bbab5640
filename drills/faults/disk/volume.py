"""A volume that takes no more, made and read back in the volume itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import PlanError, UnknownTarget, near
from drills.faults.fault import Applied, Colour, Effect, ReadBack
from drills.faults.process import start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.runtime import DRILL_LABEL, Runtime
from drills.stack.volumes import Mounted
from drills.units import MIB

LARGEST = 1024 * MIB  # bytes of a volume that may be filled: it is memory of the host
MOST_INODES = 20_000  # of a volume that may be used up: each costs a kilobyte of the kernel's


def _full(runtime: Runtime, undo: Undo) -> bool:
    """Whether our file is there, and no more is free than is to be left."""
    filling = runtime.volumes.filling(undo.place.volume, undo.arguments["mark"])
    return filling.there and filling.free <= int(undo.arguments.get("rest", "0"))


def _used_up(runtime: Runtime, undo: Undo) -> bool:
    """Whether our files are there, and no other can be made."""
    filling = runtime.volumes.filling(undo.place.volume, undo.arguments["mark"])
    return filling.there and filling.inodes == 0


def _clear(runtime: Runtime, undo: Undo) -> None:
    """Remove our files, and have run what ran before.

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
    "give-inodes-back": Operation(
        _clear,
        _cleared,
        "without the empty files that used its inodes up",
        "rm -rf $(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})/.drill-{mark}-inodes",
    ),
}


class OfVolume:
    """A fault of one volume that a service mounts, which is the drill's own and nobody else's."""

    __slots__ = ()
    volume: str
    kind: ClassVar[str]
    colour: ClassVar[Colour] = Colour.DISK
    asks: ClassVar[tuple[Ability, ...]] = (Ability.VOLUMES,)

    @property
    def beside(self) -> tuple[str, ...]:
        """Nobody else."""
        return ()

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """It is the drill's own. A folder, or an external volume, is not among them."""
        if self.volume not in volumes:
            raise PlanError(
                f"{self.kind} of {service}: expected a volume that the drill makes "
                f"({', '.join(volumes) or 'it mounts none'}), got {self.volume!r}"
                f"{near(self.volume, volumes)}"
            )

    def _own(self, runtime: Runtime, place: Place) -> Mounted:
        """The volume as the engine knows it. Raises PlanError for one that is not ours alone."""
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
        return found


@dataclass(frozen=True, slots=True)
class VolumeFilled(OfVolume):
    """A volume of the service is full but for ``rest`` bytes: what is written there fails.

    ``volume`` is its name in the compose file. It has to be the drill's own and of a size that its
    options limit (``type: tmpfs`` with a ``size``), so that nobody else runs out of anything.
    """

    volume: str
    rest: int = 0
    kind: ClassVar[str] = "full volume"
    phrase: ClassVar[str] = "a full {volume:quoted} volume with {rest:size} left"
    label: ClassVar[str] = "volume full"
    effect: ClassVar[Effect] = ReadBack("the volume is full", _full)
    needs: ClassVar[tuple[str, ...]] = (
        "a volume that the drill made, of type tmpfs with a size of at most 1 GiB",
    )

    @property
    def by_hand(self) -> str:
        """As a person would fill it, as root on the engine's host."""
        path = "$(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})"
        return f"dd if=/dev/zero of={path}/.drill-{{mark}} bs=4k"

    def parameters(self) -> Mapping[str, Json]:
        """The volume, and the bytes that are left free."""
        return {"volume": self.volume, "rest_bytes": self.rest}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """It is the drill's own and limited. A folder, or an external volume, is not among them."""
        OfVolume.foresee(self, service, volumes)
        self._check_limit(service, self.volume, volumes[self.volume])

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The volume as the engine knows it. Raises PlanError for one that is not to be filled."""
        found = self._own(runtime, place)
        self._check_limit(place.container.name, found.name, found.limit)
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


@dataclass(frozen=True, slots=True)
class InodesUsedUp(OfVolume):
    """No new file can be made on a volume of the service, though it has room.

    What writes into files that are there goes on. ``volume`` is its name in the compose file. It
    has to be the drill's own, and its options have to say how many files it holds (``type: tmpfs``
    with ``nr_inodes``).
    """

    volume: str
    kind: ClassVar[str] = "inodes used up"
    phrase: ClassVar[str] = "a {volume:quoted} volume without inodes"
    label: ClassVar[str] = "no inodes"
    effect: ClassVar[Effect] = ReadBack("no inode is free", _used_up)
    needs: ClassVar[tuple[str, ...]] = (
        f"a volume that the drill made, of type tmpfs with nr_inodes of at most {MOST_INODES}",
    )

    @property
    def by_hand(self) -> str:
        """As a person would use them up, as root on the engine's host."""
        path = "$(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})/.drill-{mark}-inodes"
        return f"mkdir {path}; n=0; while : > {path}/$n; do n=$((n+1)); done"

    def parameters(self) -> Mapping[str, Json]:
        """The volume."""
        return {"volume": self.volume}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The volume as the engine knows it. Raises PlanError for one that takes any number."""
        found = self._own(runtime, place)
        if not 0 < found.inodes <= MOST_INODES:
            raise PlanError(
                f"{self.kind} of {place.container.name}: expected a volume that holds at most "
                f"{MOST_INODES} files, {found.name} has {found.inodes or 'no limit of its own'}. "
                'Hint: driver_opts: {type: tmpfs, device: tmpfs, o: "size=64m,nr_inodes=5000"}'
            )
        return replace(place, volume=found.name)

    def undo(self, place: Place, injection: str) -> Undo:
        """Remove the folder of empty files."""
        there = replace(place, volume=place.volume or self.volume)
        return Undo("give-inodes-back", there, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Use them up. Raises EngineError where that is refused."""
        runtime.volumes.use_up_inodes(place.volume, injection)
        return Applied(way="empty files in one folder")
