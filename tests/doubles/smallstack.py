"""A stack of one container that carries a drill's labels, and faults for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from docker import APIClient

from drills.faults import Freeze, Stop
from drills.faults.fault import Applied, Fault
from drills.faults.rollback import MARK, Undo
from drills.journal.timeline import Json
from drills.stack.runtime import DRILL_LABEL, Container, Runtime

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
class Lingering:
    """A process in the container, as a leak is one, that needs no interpreter."""

    kind: ClassVar[str] = "leak"
    effect: ClassVar[frozenset[str]] = frozenset({"exec_start"})
    begun: ClassVar[frozenset[str]] = frozenset()

    def parameters(self) -> Mapping[str, Json]:
        return {}

    def undo(self, container: Container, injection: str) -> Undo:
        return Undo("end-processes", container, {"mark": injection})

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        return Applied(runtime.spawn(container, ["sleep", "600"], {MARK: injection}))


FAULTS: Mapping[str, Fault] = {"freeze": Freeze(), "stop": Stop(2.0), "leak": Lingering()}
