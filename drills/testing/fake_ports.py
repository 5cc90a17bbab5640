"""Ports on paper: where each container publishes its own, and which are taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from drills.errors import EngineError
from drills.stack.ports import Published
from drills.stack.runtime import Container
from drills.testing.fake_container import FakeContainer


class FakePorts:
    """``add`` has a container publish a port. ``deaf`` has the engine do nothing it is told.

    ``expires`` says whether the certificate that a container shows at a port has ended.
    """

    def __init__(self) -> None:
        self.deaf = False
        self.held: dict[str, frozenset[Published]] = {}  # by the mark; whoever holds them may end
        self.expires: Callable[[Container, int], bool] = lambda _container, _port: False
        self._published: dict[tuple[str, int], list[Published]] = {}

    # What a test scripts

    def add(self, container: Container, port: int, place: Published) -> None:
        """It publishes the port there."""
        self._published.setdefault((container.id, port), []).append(place)

    def start(self, one: FakeContainer) -> None:
        """Raises EngineError where a place of its own is taken, as an engine does."""
        taken = {place for held in self.held.values() for place in held}
        for (owner, _), places in self._published.items():
            own = taken.intersection(places) if owner == one.container.id else ()
            for place in () if one.state.running else own:
                raise EngineError(
                    f"start {one.container.name}: Bind for {place} failed: "
                    "port is already allocated"
                )
        one.start()

    # What a fault asks: see drills.stack.ports.HostPorts

    def published(self, container: Container, port: int) -> Sequence[Published]:
        """What ``add`` made."""
        return tuple(self._published.get((container.id, port), ()))

    def expired(self, container: Container, port: int) -> bool:
        """What ``expires`` says."""
        return self.expires(container, port)

    def take(
        self, container: Container, places: Collection[Published], time_to_live: float, mark: str
    ) -> None:
        """Note it."""
        if not self.deaf:
            self.held[mark] = frozenset(places)

    def taken(self, mark: str) -> bool:
        """Whether it was noted."""
        return mark in self.held

    def give_back(self, mark: str) -> None:
        """Forget it."""
        if not self.deaf:
            self.held.pop(mark, None)
