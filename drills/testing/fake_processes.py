"""Processes of containers on paper: signals to a main process, as far as faults send them."""

from __future__ import annotations

from collections.abc import Callable

from drills.stack.processes import Files
from drills.stack.runtime import Container
from drills.testing.fake_container import FakeContainer

_ENDING = frozenset({"SIGINT", "SIGTERM"})


class FakeProcesses:
    """The main processes of a runtime's containers. ``sent`` holds the signals, in order.

    ``deaf`` has it say yes to everything and do nothing.
    """

    def __init__(self, find: Callable[[Container], FakeContainer]) -> None:
        self.deaf = False
        self.sent: list[tuple[str, str]] = []  # container and signal
        self.opened, self.soft = 17, 1024  # files of every process, and what each may open
        self._workers: dict[str, int] = {}
        self._soft: dict[tuple[str, str], int] = {}  # by container, and its start
        self._find = find

    def send(self, container: Container, name: str) -> str:
        """SIGSTOP and SIGCONT do what they do, SIGINT and SIGTERM end it, others are noted."""
        one = self._find(container)
        one.require_running(f"send {name} to the main process of")
        self.sent.append((container.name, name))
        if not self.deaf:
            if name in ("SIGSTOP", "SIGCONT"):
                one.suspended = name == "SIGSTOP"
            elif name == "SIGHUP":
                self._workers[container.id] = self._workers.get(container.id, 1) + 1
            elif name in _ENDING and not one.deaf and not one.suspended:
                one.end(0)
        return "a signal on paper"

    def files(self, container: Container) -> Files:
        """What ``opened`` and ``soft`` say, until it is limited; its start is its name."""
        one = self._find(container)
        one.require_running("look at the open files of")
        started = one.state.started_at
        soft = self._soft.get((container.id, started), self.soft)
        return Files(started, self.opened, soft)

    def limit_files(self, container: Container, process: str, soft: int) -> None:
        """Until its container is started anew."""
        one = self._find(container)
        if not self.deaf and one.state.started_at == process:
            self._soft[container.id, process] = soft

    def numbers(self, container: Container) -> frozenset[int]:
        """A main process, and a worker that is another one after each SIGHUP."""
        if not self._find(container).state.running:
            return frozenset()
        return frozenset({1, 1 + self._workers.get(container.id, 1)})

    def listed(self, container: Container) -> list[str]:
        """The main process and its workers, of one size."""
        service = container.service
        return [f"root {service}: 8 MiB" for _ in self.numbers(container)]

    def suspended(self, container: Container) -> bool:
        """Until it goes on, or its container is started anew."""
        one = self._find(container)
        return one.state.running and one.suspended
