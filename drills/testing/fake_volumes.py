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

    # What a test scripts

    def add(
        self,
        container: Container,
        name: str,
        *,
        drill: str | None = None,
        limit: int = 64 * MIB,
        strangers: tuple[str, ...] = (),
    ) -> str:
        """The container mounts a volume of that name; returns the engine's name.

        It is of the container's drill, unless another one (or "", none) is named.
        """
        made = Mounted(f"fake_{name}", drill or "", limit, strangers)
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
        return (volume, mark) in self._foreign or (volume, mark) in self._filled

    def lose(self, volume: str, mark: str) -> None:
        """Somebody removes the file that fills it."""
        self._filled.pop((volume, mark), None)

    def vanish(self, volume: str) -> None:
        """Somebody removes it, with all that is in it."""
        self._there.discard(volume)
        for key in [key for key in self._filled if key[0] == volume]:
            del self._filled[key]

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

    def filling(self, volume: str, mark: str) -> Filling:
        """What was noted."""
        if volume not in self._there:
            return Filling(there=False)
        return Filling((volume, mark) in self._filled, self._free(volume))

    def clear(self, volume: str, mark: str) -> None:
        """Forget it."""
        if not self.deaf:
            self._filled.pop((volume, mark), None)

    def _free(self, volume: str) -> int:
        limit = next(one.limit for one in self._mounted.values() if one.name == volume)
        filled = sum(size for (name, _), size in self._filled.items() if name == volume)
        return limit - self._used.get(volume, 0) - filled
