"""Disks on paper: which volume lies on which, and how many writes each container may make."""

from __future__ import annotations

from collections.abc import Callable

from drills.errors import PlanError
from drills.stack.runtime import Container
from drills.testing.fake_container import FakeContainer

DISK = "254:0"


class FakeDisks:
    """Every volume lies on one disk, but for those that ``in_memory`` names, by the engine's names.

    A limit ends with the container's run. ``deaf`` has it say yes to everything and do nothing.
    """

    def __init__(self, find: Callable[[Container], FakeContainer]) -> None:
        self.deaf = False
        self.in_memory: set[str] = set()
        self._find = find
        self._writes: dict[tuple[str, str, str], int] = {}  # by container, its start and the disk

    def under(self, volume: str) -> str:
        """The one disk. Raises PlanError for what lies in memory."""
        if volume in self.in_memory:
            raise PlanError(f"expected a volume on a disk, {volume} is on tmpfs")
        return DISK

    def writes(self, container: Container, disk: str) -> int:
        """The limit, 0 for none, and where it does not run."""
        state = self._find(container).state
        return self._writes.get((container.id, state.started_at, disk), 0) if state.running else 0

    def limit_writes(self, container: Container, disk: str, writes: int) -> None:
        """Until it is started anew."""
        state = self._find(container).state
        if state.running and not self.deaf:
            self._writes[container.id, state.started_at, disk] = writes
