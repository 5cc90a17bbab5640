"""An undo is data: a named operation from a closed list, on a place, with plain arguments.

It is written and synced to the journal before the fault is applied, so that whoever reads the
journal can carry it out. What the names mean is in ``catalogue``, to which every family of faults
contributes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from drills.errors import PlanError
from drills.journal.timeline import Json
from drills.stack.runtime import Container, ContainerState, Runtime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault acts: a container, or what is reached through it.

    ``peers`` are the containers at the other end of a link, ``database`` is one that the container
    serves, ``volume`` the engine's name of one that it mounts. ``found`` is what a probe read
    there, for the undo to put back.
    """

    container: Container
    peers: tuple[Container, ...] = ()
    database: str = ""
    volume: str = ""
    found: Mapping[str, str] = field(default_factory=dict)

    @property
    def containers(self) -> tuple[Container, ...]:
        """All that the fault acts on."""
        return (self.container, *self.peers)

    def __str__(self) -> str:
        name = self.container.name
        if self.peers:
            return f"the link between {name} and {', '.join(one.name for one in self.peers)}"
        if self.volume:
            return f"the volume {self.volume} of {name}"
        return f"the database {self.database} of {name}" if self.database else name


@dataclass(frozen=True, slots=True)
class Undo:
    """How one injection is undone: an operation of the catalogue on one place.

    ``before`` is what the engine said of the container before the fault, see ``condition``.
    """

    operation: str
    place: Place
    arguments: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)

    @property
    def container(self) -> Container:
        """The container that the place is, or is reached through."""
        return self.place.container

    def data(self) -> Mapping[str, Json]:
        """The undo as the journal holds it; what a place does not have is left out."""
        place: dict[str, Json] = {
            "database": self.place.database,
            "volume": self.place.volume,
            "peers": [_told(peer) for peer in self.place.peers],
        }
        return {
            "operation": self.operation,
            **_told(self.container),
            "arguments": dict(self.arguments),
            "before": dict(self.before),
            **{key: value for key, value in place.items() if value},
        }

    @classmethod
    def from_data(cls, data: Json) -> Undo:
        """The undo that a journal holds; what it does not tell is "" or empty."""
        told = _mapping(data)
        peers = told.get("peers")
        place = Place(
            _container(told),
            tuple(_container(_mapping(one)) for one in peers) if isinstance(peers, list) else (),
            str(told.get("database", "")),
            str(told.get("volume", "")),
        )
        arguments, before = _texts(told.get("arguments")), _texts(told.get("before"))
        return cls(str(told.get("operation", "")), place, arguments, before)


def _told(container: Container) -> Mapping[str, Json]:
    return {
        "container_id": container.id,
        "container": container.name,
        "service": container.service,
    }


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _container(told: Mapping[str, Json]) -> Container:
    return Container(
        id=str(told.get("container_id", "")),
        name=str(told.get("container", "")),
        service=str(told.get("service", "")),
    )


def _texts(value: Json) -> Mapping[str, str]:
    return {str(key): str(item) for key, item in _mapping(value).items()}


def condition(state: ContainerState) -> Mapping[str, str]:
    """What has to be again as it was before a fault."""
    return {"status": state.status, "paused": str(state.paused).lower()}


class _Known(dict[str, str]):
    """What a line may name; a name that nothing is known of stays as it is."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


@dataclass(frozen=True, slots=True)
class Operation:
    """A named way back: do it, prove it, and what a person would type if it failed.

    ``by_hand`` may name ``{container}``, ``{peers}``, ``{database}``, ``{volume}`` and the undo's
    arguments.
    """

    apply: Callable[[Runtime, Undo], None]
    undone: Callable[[Runtime, Undo], bool]
    proof: str
    by_hand: str

    def line(self, undo: Undo, prefix: str = "") -> str:
        """What a person would type; ``prefix`` comes before the names of containers."""
        return typed(self.by_hand, undo, prefix)


def typed(line: str, undo: Undo, prefix: str = "") -> str:
    """A line to type, with the names of the undo's place and its arguments put in."""
    place = undo.place
    known = {
        **undo.arguments,
        "container": f"{prefix}{place.container.name}",
        "peers": " ".join(f"{prefix}{peer.name}" for peer in place.peers),
        "database": place.database or "postgres",
        "volume": place.volume or "<volume>",
    }
    return line.format_map(_Known(known))


def merged(*families: Mapping[str, Operation]) -> Iterator[tuple[str, Operation]]:
    """All operations of the families. Raises PlanError for a name that two of them claim."""
    claimed: set[str] = set()
    for family in families:
        for name, operation in family.items():
            if name in claimed:
                raise PlanError(f"two families of faults claim the operation {name!r}")
            claimed.add(name)
            yield name, operation
