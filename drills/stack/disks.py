"""What is asked of the disks on which a stack's containers keep their volumes."""

from __future__ import annotations

from typing import Protocol

from drills.stack.container import Container


class Disks(Protocol):
    """The disks of the engine's host, by the kernel's numbers of them: ``254:0``.

    How many writes a second a container may make to a disk is a limit of that container alone.
    Whoever else writes there is not slowed down. It ends with the container's processes.
    """

    def under(self, volume: str) -> str:
        """The disk that a volume, by the engine's name of it, lies on.

        Raises PlanError where it lies on none that could be told (in memory, on a network).
        """

    def writes(self, container: Container, disk: str) -> int:
        """How many writes a second it may make there, 0 where nothing limits them.

        Nothing does where it does not run. Raises EngineError where that is not seen here.
        """

    def limit_writes(self, container: Container, disk: str, writes: int) -> None:
        """So many a second from now on, 0 for no limit.

        Nothing is done where it does not run. Raises EngineError where that is refused.
        """
