"""Real containers of one project, and all that injects a fault into them and undoes it.

What the contract tests of every family of faults stand on. It may serve one test, or all tests of
a module where the faults leave nothing behind: every injection has a mark of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from docker import APIClient
from docker.errors import NotFound

from drills.clock import SystemClock
from drills.faults.fault import Fault
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import FaultEffective, FaultIntended
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.engines.marked import HELPER_LABEL
from drills.stack.engines.volumes import KEY_LABEL
from drills.stack.runtime import DRILL_LABEL, Container
from drills.units import NS

PLAIN = "debian:trixie-slim"
PYTHON = "incident-drills/erp:latest"  # it has a Python
SLEEP = ("sleep", "600")
AT_ONCE = 8  # containers that faults may act on


class Faulted:
    """Containers, networks and volumes that all carry one drill's label, and its injector.

    ``services`` are those that a fault may act on. ``close`` removes everything it made.
    """

    def __init__(self, directory: Path, *services: str) -> None:
        self.clock = SystemClock()
        self.engine = Engine()
        self.client: APIClient = self.engine.client()
        self.project = f"contract-{uuid4().hex[:12]}"
        self.runtime = DockerRuntime(self.project, self.clock, engine=self.engine)
        self.journal = Journal(directory, self.clock)
        self.rollbacks = RollbackStack(self.runtime, self.journal, self.clock)
        self.watch = EngineWatch(self.runtime, self.journal)
        radius = BlastRadius(services, AT_ONCE)
        self._injector = Injector(
            self.runtime, self.watch, self.rollbacks, radius, self.journal, self.clock
        )
        self.networks: list[str] = []
        self._volumes: list[str] = []

    def network(self, name: str = "default") -> str:
        """Make a network of the drill; returns the engine's name of it."""
        made = f"{self.project}_{name}"
        self.client.create_network(made, labels={DRILL_LABEL: self.project})
        self.networks.append(made)
        return made

    def volume(self, name: str, options: Mapping[str, str], *, drill: str = "") -> str:
        """Make a local volume, of this drill or another; returns the engine's name of it."""
        made = f"{self.project}_{name}"
        labels = {KEY_LABEL: name, DRILL_LABEL: drill or self.project}
        self.client.create_volume(made, "local", dict(options), labels)
        self._volumes.append(made)
        return made

    def add(
        self,
        service: str,
        command: Sequence[str] = SLEEP,
        *,
        image: str = PLAIN,
        user: str = "",
        instance: int = 1,
        drill: str = "",
        network: str = "none",
        healthcheck: Mapping[str, Any] | None = None,
        exposed: Sequence[int] = (),
        **host: Any,
    ) -> Container:
        """Start a container, labelled as compose would; ``host`` is as for the engine's own API.

        An empty ``command`` is the image's own. ``network`` is one that ``network`` made, on which
        the container is called as its service, or a mode of the engine. ``exposed`` are the ports
        that ``port_bindings`` names.
        """
        named = network in self.networks
        own = self.client.create_endpoint_config(aliases=[service]) if named else None
        created = self.client.create_container(
            image,
            [] if command else None,
            entrypoint=list(command) or None,
            user=user or None,
            ports=list(exposed) or None,
            healthcheck=healthcheck,
            labels={
                "com.docker.compose.project": self.project,
                "com.docker.compose.service": service,
                "com.docker.compose.container-number": str(instance),
                DRILL_LABEL: drill or self.project,
            },
            host_config=self.client.create_host_config(
                **{"network_mode": network, "init": True, **host}
            ),
            networking_config={"EndpointsConfig": {network: own}} if named else None,
        )
        self.client.start(created["Id"])
        return self.found(service, instance)

    def found(self, service: str, instance: int = 1) -> Container:
        """The container of that name."""
        (container,) = (one for one in self.runtime.containers(service) if one.instance == instance)
        return container

    def remove(self, container: Container) -> None:
        """Take it away by force, as somebody would who knows of no drill."""
        self.client.remove_container(container.id, force=True, v=True)

    def run(self, container: Container, *argv: str) -> str:
        """What a command inside it says, without the space around it."""
        return self.runtime.execute(container, argv).output.decode().strip()

    def inject(self, fault: Fault, service: str) -> str:
        """Inject it into the one instance of the service; returns the injection's id."""
        (injection,) = self._injector.inject(fault, Target(service), self.project)
        return injection

    def effect(self) -> tuple[int, int]:
        """Between which two instants the last fault took effect; seen within ten seconds."""
        effective = self.journal.timeline().all(FaultEffective)[-1]
        low, high = effective.low_ns, effective.high_ns
        assert low < effective.at_ns <= high < low + 10 * NS
        return low, high

    def undo(self, budget: float = 20) -> None:
        """Undo all that is armed, each with so many seconds; all of it is proven."""
        done = self.rollbacks.unwind(budget=budget)
        assert done, "nothing is armed"
        assert [one.problem for one in done] == [""] * len(done)

    def intended(self) -> Sequence[FaultIntended]:
        """The faults that were armed so far."""
        return self.journal.timeline().all(FaultIntended)

    def helpers(self) -> list[str]:
        """Our helper containers that are there now."""
        rows = self.client.containers(all=True, filters={"label": HELPER_LABEL})
        return [row["Id"] for row in rows if row["Labels"].get(DRILL_LABEL) == self.project]

    def close(self) -> None:
        """Remove all that was made."""
        self.watch.stop()
        self.journal.close()
        for one in [*(one.id for one in self.runtime.containers()), *self.helpers()]:
            self.client.remove_container(one, force=True, v=True)
        for volume in self._volumes:
            with suppress(NotFound):
                self.client.remove_volume(volume, force=True)
        for network in self.networks:
            self.client.remove_network(network)
        self.client.close()
