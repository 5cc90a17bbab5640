"""The ports of containers on the engine's host, and who else may have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from drills.stack.container import Container


@dataclass(frozen=True, slots=True)
class Published:
    """Where a container's port is to be found: an address of the host, "" for all of them.

    ``port`` is 0 where the engine chooses one whenever the container starts.
    """

    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.address or '*'}:{self.port or 'any'}"


class HostPorts(Protocol):
    """Where the ports of one stack's containers are to be found on the engine's host."""

    def published(self, container: Container, port: int) -> Sequence[Published]:
        """All places that its own TCP port is published at, by its configuration."""

    def expired(self, container: Container, port: int) -> bool:
        """Whether the certificate that it shows at that port of its own has ended.

        Not so where it does not run. Raises EngineError where it shows none, or does not publish
        the port.
        """

    def take(
        self, container: Container, places: Collection[Published], time_to_live: float, mark: str
    ) -> None:
        """Have another container, beside it, publish a port at these places of the host.

        It ends after so many seconds. Raises EngineError where a place is not free.
        """

    def taken(self, mark: str) -> bool:
        """Whether that container is there."""

    def give_back(self, mark: str) -> None:
        """Remove that container. Idempotent."""
