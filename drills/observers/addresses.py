"""Where the stack's services are published on this host now: a restart may change that.

The engine publishes a port that it chose itself at another one after each start. Whoever asks here
is told the address of now; who sends all the time, as the prober does, is told of each change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from drills.clock import Clock
from drills.journal.facts import AddressMoved, Note
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.runtime import EngineEvent, Runtime
from drills.units import NS, format_seconds
from drills.wait import Watcher

Place = tuple[str, int]  # a service and a port inside its containers
Address = tuple[str, int]  # of this host
NOWHERE: Place = ("", 0)  # what is asked of no port


class Addresses:
    """The published addresses of one stack, asked anew after each start that the engine tells of.

    ``follow`` has somebody told where a service is after each of its starts; what was sent to the
    old address from the start on until then is ours and is written down as such.
    """

    def __init__(
        self, runtime: Runtime, engine: EngineWatch, journal: Journal, clock: Clock
    ) -> None:
        self._runtime = runtime
        self._engine = engine
        self._journal = journal
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[Place, Address] = {}
        self._followers: dict[Place, Callable[[Address], list[str]]] = {}
        self._given: dict[Place, Address] = {}  # what whoever asked last was told
        self._astray: set[Place] = set()  # where somebody may still go by another address
        self._awaited: dict[Place, EngineEvent] = {}
        self._position = 0
        self._watcher = Watcher("addresses", self.look, interval=0.01, failed=self._failed)

    def start(self) -> None:
        """Begin to listen for starts."""
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent."""
        self._watcher.stop()

    def of(self, service: str, port: int) -> Callable[[], Address]:
        """Who tells where that is now. Asking raises EngineError where it is nowhere."""

        def now() -> Address:
            known = self._known.get((service, port))
            return known or self._ask((service, port))

        return now

    def follow(self, service: str, port: int, moved: Callable[[Address], list[str]]) -> None:
        """Have ``moved`` called with each new address; it returns whose requests went astray."""
        self._followers[service, port] = moved

    def look(self) -> None:
        """See to what was started since the last look. Raises EngineError and what ``moved`` does.

        A service that ended again is nowhere, and nobody is told.
        """
        events, self._position = self._engine.known(self._position)
        for event in events:
            if event.action == "start":
                self._started(event)
            elif event.action == "die":
                self._awaited = {p: a for p, a in self._awaited.items() if p[0] != event.service}
        for place, event in list(self._awaited.items()):
            address = self._ask(place)
            del self._awaited[place]
            if place in self._astray:
                self._astray.discard(place)
                self._tell(place, event, address)

    def _ask(self, place: Place) -> Address:
        address = self._runtime.port(*place)
        with self._lock:
            if self._given.get(place, address) != address:
                self._astray.add(place)
            self._known[place] = self._given[place] = address
        return address

    def _started(self, event: EngineEvent) -> None:
        with self._lock:
            for place in [p for p in self._known if p[0] == event.service]:
                del self._known[place]
        self._awaited |= {p: event for p in self._followers if p[0] == event.service}

    def _tell(self, place: Place, event: EngineEvent, address: Address) -> None:
        lanes = self._followers[place](address)
        now_ns = self._clock.monotonic_ns()
        late = format_seconds(max(0, now_ns - event.at_ns) / NS)
        moved = AddressMoved(
            f"{place[0]} is published anew, at {address[0]}:{address[1]}, which was known {late} "
            "after its start; what was sent to the old address until then does not count",
            service=place[0],
            lanes=tuple(lanes),
            low_ns=event.at_ns - event.error_ns,
            high_ns=now_ns,
        )
        self._journal.write(moved)

    def _failed(self, error: Exception) -> None:
        self._journal.write(Note(f"an address is not known yet: {error}"))
