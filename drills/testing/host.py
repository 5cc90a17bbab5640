"""What a system on paper is part of: containers, in which commands are run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from drills.stack.runtime import Container, ContainerState, Executed

Answer = Executed | Callable[[Container, tuple[str, ...]], Executed]


class Host(Protocol):
    """What the database's containers are part of; a ``FakeRuntime`` is one."""

    def answer(self, *argv: str, with_: Answer) -> None:
        """What a command gives from now on."""

    def state(self, container: Container) -> ContainerState:
        """What a container is in."""

    def running(self, container: Container) -> Mapping[str, tuple[str, ...]]:
        """The commands that run in it now, by the engine's id of each."""

    def finish(self, spawned_id: str, exit_code: int) -> None:
        """One of them ends."""
