"""One real service with a customer, and what injects into it: for the contracts of faults."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any
from uuid import uuid4

from docker import APIClient

from drills.clock import SystemClock
from drills.faults.fault import Fault
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.runtime import DRILL_LABEL, Container
from drills.wait import until

IMAGE = "incident-drills/erp:latest"
# Answers with a greeting, reads a file for each answer, and ends by itself where it may not start.
SERVER = """
import http.server, pathlib
class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = pathlib.Path("/etc/hostname").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answering).serve_forever()
"""
ANSWERS, SILENT, REFUSED = "answers", "silent", "refused"


class Shop:
    """The service "app" in one container, hardened as the reference's, reached from this host."""

    def __init__(self, directory: Path) -> None:
        self.clock = SystemClock()
        engine = Engine()
        self.client: APIClient = engine.client()
        self.project = f"contract-{uuid4().hex[:12]}"
        self.runtime = DockerRuntime(self.project, self.clock, engine=engine)
        self.journal = Journal(directory, self.clock)
        self.rollbacks = RollbackStack(self.runtime, self.journal, self.clock)
        self._count = 0

    def open(
        self, *, command: list[str] | None = None, init: bool = True, **host: Any
    ) -> Container:
        """One more instance; returns once it answers."""
        self._count += 1
        created = self.client.create_container(
            IMAGE,
            command or ["python3", "-c", SERVER],
            ports=[8000],
            labels={
                "com.docker.compose.project": self.project,
                "com.docker.compose.service": "app",
                "com.docker.compose.container-number": str(self._count),
                DRILL_LABEL: self.project,
            },
            host_config=self.client.create_host_config(
                init=init,
                port_bindings={8000: ("127.0.0.1",)},
                read_only=True,
                cap_drop=["ALL"],
                security_opt=["no-new-privileges:true"],
                **host,
            ),
        )
        self.client.start(created["Id"])
        app = self.runtime.containers("app")[-1]
        self.awaited(app, ANSWERS)
        return app

    def ask(self, app: Container, timeout: float = 0.5) -> str:
        """How a customer of this instance fares now."""
        ports = self.client.inspect_container(app.id)["NetworkSettings"]["Ports"]
        if not ports.get("8000/tcp"):
            return REFUSED
        port = int(ports["8000/tcp"][0]["HostPort"])
        customer = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            customer.request("GET", "/")
            return ANSWERS if customer.getresponse().status == 200 else "an error"
        except TimeoutError:
            return SILENT
        except (OSError, http.client.HTTPException):
            return REFUSED
        finally:
            customer.close()

    def awaited(self, app: Container, how: str) -> None:
        """Return once a customer fares so."""
        until(
            lambda: self.ask(app) == how,
            awaited=f"{app.name} {how}",
            within=20,
            last_seen=lambda: self.ask(app),
        )

    def inject(self, fault: Fault, instance: int = 1) -> str:
        watch = EngineWatch(self.runtime, self.journal)
        try:
            radius = BlastRadius(("app",), 1)
            (injection,) = Injector(
                self.runtime, watch, self.rollbacks, radius, self.journal, self.clock
            ).inject(fault, Target("app", instance), self.project)
            return injection
        finally:
            watch.stop()

    def undo(self) -> list[str]:
        """What is wrong with the undos of all that is armed."""
        done = self.rollbacks.unwind(budget=20)
        return [one.problem for one in done if one.problem]

    def picture(self, app: Container) -> dict[str, object]:
        """What the engine allows it and who runs in it, as before a fault and after its undo."""
        found = self.client.inspect_container(app.id)
        limits = {key: found["HostConfig"][key] or None for key in LIMITS}
        running = (
            self.client.top(app.id, "-eo pid,args")["Processes"] if found["State"]["Pid"] else []
        )
        return {**limits, "processes": sorted(args for _, args in running)}

    def helpers(self) -> list[str]:
        """Containers of the drill that are none of its stack."""
        filters = {"label": f"{DRILL_LABEL}={self.project}"}
        rows = self.client.containers(all=True, filters=filters)
        own = {one.id for one in self.runtime.containers()}
        return [row["Names"][0] for row in rows if row["Id"] not in own]

    def close(self) -> None:
        for container in self.runtime.containers():
            self.client.remove_container(container.id, force=True, v=True)
        self.client.close()


LIMITS = ("CpuQuota", "CpuPeriod", "NanoCpus", "PidsLimit", "Memory", "RestartPolicy")
