"""What containers on paper may have: noted, and kept whether they run or not."""

from __future__ import annotations

from collections.abc import Callable

from drills.errors import EngineError
from drills.stack.runtime import Container
from drills.testing.fake_container import FakeContainer

LEAST = 0.01  # of a processor


class FakeLimits:
    """Nothing is limited until somebody does. ``deaf`` has it say yes to everything."""

    def __init__(self, find: Callable[[Container], FakeContainer]) -> None:
        self.deaf = False
        self._find = find
        self._processors: dict[str, float] = {}
        self._processes: dict[str, int] = {}
        self._policies: dict[str, str] = {}

    def processors(self, container: Container) -> float:
        """The limit, 0 for none."""
        self._find(container)
        return self._processors.get(container.id, 0.0)

    def limit_processors(self, container: Container, processors: float) -> None:
        """Raises EngineError for less than an engine takes."""
        self._find(container)
        if 0 < processors < LEAST:
            raise EngineError(f"change the limits of {container.name}: at least {LEAST}")
        if not self.deaf:
            self._processors[container.id] = processors

    def processes(self, container: Container) -> int:
        """The limit, 0 for none."""
        self._find(container)
        return self._processes.get(container.id, 0)

    def limit_processes(self, container: Container, processes: int) -> None:
        """What runs already goes on."""
        self._find(container)
        if not self.deaf:
            self._processes[container.id] = processes

    def restart_policy(self, container: Container) -> str:
        """What was set; a restart of its own is scripted by the runtime's ``restarts``."""
        self._find(container)
        return self._policies.get(container.id, "no")

    def restart_by(self, container: Container, policy: str) -> None:
        """Noted, and kept to: one that ends by itself is started after 0.1 s, or not."""
        one = self._find(container)
        if not self.deaf:
            self._policies[container.id] = policy
            one.restart_after = None if policy == "no" else 0.1
