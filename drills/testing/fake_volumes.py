"""Volumes on paper: how much each holds, who made it, and what fills it."""

from __future__ import annotations

from dataclasses import replace

from drills.errors import EngineError, PlanError
from drills.stack.runtime import DRILL_LABEL, Container
from drills.stack.volumes import Filling, Mounted
from drills.units import MIB


class FakeVolumes:
    """Volumes that ``add`` made. ``deaf`` has the engine say yes to everything and do nothing."""

    def __init__(self) -> None:
        self.deaf = False
        self._mounted: dict[tuple[str, str], Mounted] = {}
        self._there: set[str] = set()
        self._of_its_drill: set[str] = set()
        self._used: dict[str, int] = {}
        self._filled: dict[tuple[str, str], int] = {}
        self._foreign: set[tuple[str, str]] = set()
        self._empties: dict[tuple[str, str], int] = {}

    # What a test scripts

    def add(
        self,
        container: Container,
        name: str,
        *,
        drill: str | None = None,
        limit: int = 64 * MIB,
        strangers: tuple[str, ...] = (),
        inodes: int = 1000,
    ) -> str:
        """The container mounts a volume of that name; returns the engine's name.

        It is of the container's drill, unless another one (or "", none) is named.
        """
        made = Mounted(f"fake_{name}", drill or "", limit, strangers, inodes)
        self._mounted[container.id, name] = made
        own = self._of_its_drill
        (own.add if drill is None else own.discard)(made.name)
        self._there.add(made.name)
        return made.name

    def use(self, volume: str, size: int) -> None:
        """So many bytes of it are somebody's."""
        self._used[volume] = size

    def put(self, volume: str, mark: str) -> None:
        """Somebody has a file there that is called as ours would be."""
        self._foreign.add((volume, mark))

    def has(self, volume: str, mark: str) -> bool:
        """Whether a file of that name is there, whosever it is."""
        key = (volume, mark)
        return key in self._foreign or key in self._filled or key in self._empties

    def lose(self, volume: str, mark: str) -> None:
        """Somebody removes the files that fill it."""
        self._filled.pop((volume, mark), None)
        self._empties.pop((volume, mark), None)

    def vanish(self, volume: str) -> None:
        """Somebody removes it, with all that is in it."""
        self._there.discard(volume)
        for kept in (self._filled, self._empties):
            for key in [key for key in kept if key[0] == volume]:
                del kept[key]

    # What a fault asks: see drills.stack.runtime.Volumes

    def mounted(self, container: Container, volume: str) -> Mounted:
        """One that ``add`` made."""
        known = {name: one for (owner, name), one in self._mounted.items() if owner == container.id}
        by_engine = {one.name: one for one in known.values()}
        if volume not in known and volume not in by_engine:
            has = ", ".join(known) or "it has none"
            raise PlanError(f"expected a volume of {container.name} ({has}), got {volume!r}")
        found = known.get(volume) or by_engine[volume]
        if found.name in self._of_its_drill:
            return replace(found, drill=container.labels.get(DRILL_LABEL, ""))
        return found

    def fill(self, volume: str, mark: str, rest: int) -> None:
        """Note it. Refuses a file that is there."""
        if self.has(volume, mark):
            raise EngineError(f"fill the volume {volume}: File exists")
        if not self.deaf:
            self._filled[volume, mark] = self._free(volume) - rest

    def use_up_inodes(self, volume: str, mark: str) -> None:
        """Note it. Refuses files that are there."""
        if self.has(volume, mark):
            raise EngineError(f"use up the inodes of the volume {volume}: File exists")
        if not self.deaf:
            self._empties[volume, mark] = self._inodes(volume)

    def filling(self, volume: str, mark: str) -> Filling:
        """What was noted."""
        if volume not in self._there:
            return Filling(there=False)
        there = (volume, mark) in self._filled or (volume, mark) in self._empties
        return Filling(there, self._free(volume), self._inodes(volume))

    def clear(self, volume: str, mark: str) -> None:
        """Forget it."""
        if not self.deaf:
            self.lose(volume, mark)

    def _inodes(self, volume: str) -> int:
        limit = next(one.inodes for one in self._mounted.values() if one.name == volume)
        return limit - sum(many for (name, _), many in self._empties.items() if name == volume)

    def _free(self, volume: str) -> int:
        limit = next(one.limit for one in self._mounted.values() if one.name == volume)
        filled = sum(size for (name, _), size in self._filled.items() if name == volume)
        return limit - self._used.get(volume, 0) - filled
