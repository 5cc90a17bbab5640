"""A stack of one container that carries a drill's labels, and faults for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from docker import APIClient

from drills.faults import Freeze, Stop
from drills.faults.fault import Applied, Colour, Effect, EngineTells, Fault, OfContainer
from drills.faults.resource.lent import MARK
from drills.faults.undo import Place, Undo
from drills.stack.runtime import DRILL_LABEL, Runtime

IMAGE = "debian:trixie-slim"
# Ends when asked to. `wait` gives way to a trap at once, a sleep in the foreground would not.
POLITE = "trap 'exit 0' TERM INT; sleep 600 & wait"


def up(drill_id: str, *, label: str = "") -> None:
    """Start it, as compose would."""
    client = APIClient()
    created = client.create_container(
        IMAGE,
        ["sh", "-c", POLITE],
        name=f"drill-{drill_id}-app-1",
        labels={
            "com.docker.compose.project": f"drill-{drill_id}",
            "com.docker.compose.service": "app",
            "com.docker.compose.container-number": "1",
            DRILL_LABEL: label or drill_id,
        },
        host_config=client.create_host_config(network_mode="none"),
    )
    client.start(created["Id"])
    client.close()


@dataclass(frozen=True, slots=True)
class Lingering(OfContainer):
    """A process in the container, as a leak is one, that needs no interpreter."""

    kind: ClassVar[str] = "leak"
    phrase: ClassVar[str] = "lingering"
    label: ClassVar[str] = "lingers"
    colour: ClassVar[Colour] = Colour.RESOURCE
    effect: ClassVar[Effect] = EngineTells(frozenset({"exec_start"}))
    by_hand: ClassVar[str] = "docker exec -d {container} sleep 600"

    def undo(self, place: Place, injection: str) -> Undo:
        return Undo("end-processes", place, {"mark": injection})

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        return Applied(runtime.spawn(place.container, ["sleep", "600"], {MARK: injection}))


FAULTS: Mapping[str, Fault] = {"freeze": Freeze(), "stop": Stop(2.0), "leak": Lingering()}
