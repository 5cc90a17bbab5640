"""The links between containers: what cuts one, and what proves that it is whole again.

A link is cut at one end, in the network namespace that one container has to itself; nothing else
is touched. A container that is started anew has a new one, where nothing is cut.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """Of the packets that are dropped, as the container sees them."""

    INCOMING = "from"
    OUTGOING = "to"


@dataclass(frozen=True, slots=True)
class Drop:
    """What a container drops: all that comes from an address, or goes to it."""

    way: Way
    address: str


def both_ways(addresses: Collection[str]) -> frozenset[Drop]:
    """What is dropped where nothing passes between a container and these addresses."""
    return frozenset(Drop(way, address) for way in Way for address in addresses)


@dataclass(frozen=True, slots=True)
class Attached:
    """How a container is attached: its addresses by the id of each network.

    ``shared`` says with whom it shares its network namespace, "" where it has it to itself.
    """

    addresses: Mapping[str, tuple[str, ...]]
    shared: str = ""
