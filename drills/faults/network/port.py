"""A published port that somebody else has when its service wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Applied, Colour, Effect, OfContainer, ReadBack
from drills.faults.process import runs, start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Runtime


def _taken(runtime: Runtime, undo: Undo) -> bool:
    """Whether another container has the port, and the service does not run."""
    return (
        runtime.host_ports.taken(undo.arguments["mark"])
        and not runtime.state(undo.container).running
    )


def _give_back(runtime: Runtime, undo: Undo) -> None:
    """First the port, whatever became of the service; then have that run."""
    runtime.host_ports.give_back(undo.arguments["mark"])
    start(runtime, undo)


def _given_back(runtime: Runtime, undo: Undo) -> bool:
    return not runtime.host_ports.taken(undo.arguments["mark"]) and runs(runtime, undo)


OPERATIONS: Mapping[str, Operation] = {
    "give-port-back": Operation(
        _give_back,
        _given_back,
        "running and not paused, and nobody else has its port",
        "docker rm -f $(docker ps -aq --filter label=incident-drills.injection={mark}); "
        "docker start {container}",
    ),
}


@dataclass(frozen=True, slots=True)
class PortTaken(OfContainer):
    """A service went down, and cannot be started, for another one has its port on the host.

    ``port`` is the one inside the container, as the compose file has it. The place where it is
    published has to be fixed, as that of a stack that somebody else brings up may be: the ports of
    a drill's own compose stack are chosen by the engine at each start, and such a one nobody can
    take. After ``time_to_live`` seconds the port is free.
    """

    port: int
    time_to_live: float = 3600.0
    kind: ClassVar[str] = "taken port"
    label: ClassVar[str] = "port taken"
    colour: ClassVar[Colour] = Colour.NETWORK
    phrase: ClassVar[str] = "port {port:number} being taken by another"
    effect: ClassVar[Effect] = ReadBack("it is down and another has its port", _taken)
    needs: ClassVar[tuple[str, ...]] = ("a port that is published at a fixed place of the host",)

    @property
    def by_hand(self) -> str:
        """As a person would take it."""
        held = "docker run -d -p <address>:<port>:9 --entrypoint sleep <image> 3600"
        return f"docker stop {{container}}; {held}"

    def parameters(self) -> Mapping[str, Json]:
        """The port, and seconds to live."""
        return {"port": self.port, "time_to_live_s": self.time_to_live}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """It is published, and wherever it is that is fixed. Raises PlanError otherwise."""
        name = place.container.name
        found = runtime.host_ports.published(place.container, self.port)
        if not found or not all(one.port for one in found):
            where = ", ".join(map(str, found)) or "not published"
            raise PlanError(
                f"{self.kind} of {name}: expected port {self.port} to be published at a fixed port "
                f"of the host, it is {where}. Hint: where the engine chooses a port at each start, "
                "nobody can have taken it"
            )
        return place

    def undo(self, place: Place, injection: str) -> Undo:
        """Give it back, and start the service."""
        return Undo("give-port-back", place, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Stop it, and have a helper publish its port. Raises EngineError where one is refused."""
        found = runtime.host_ports.published(place.container, self.port)
        runtime.stop(place.container)
        runtime.host_ports.take(place.container, found, self.time_to_live, injection)
        return Applied(way=f"a helper at {', '.join(map(str, found))}")
