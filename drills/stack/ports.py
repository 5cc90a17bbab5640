"""The ports of containers on the engine's host, and who else may have them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """Where a container's port is to be found: an address of the host, "" for all of them.

    ``port`` is 0 where the engine chooses one whenever the container starts.
    """

    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.address or '*'}:{self.port or 'any'}"
