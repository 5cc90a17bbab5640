"""A partition between real containers: what hangs, what goes on, and what its undo leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from docker import APIClient

from drills.clock import SystemClock
from drills.errors import EngineError, PlanError
from drills.faults import Partition
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import FaultEffective, FaultIntended
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.abilities import Ability
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.engines.lend import HELPER_LABEL
from drills.stack.links import both_ways
from drills.stack.runtime import DRILL_LABEL, Container
from drills.wait import until

pytestmark = pytest.mark.engine
IMAGE = "incident-drills/erp:latest"  # it has a Python

# Echoes whatever comes to port 7000, and keeps one connection to {peer}, told of on each answer.
SERVICE = """
import socket, sys, threading, time
def echo(one):
    while data := one.recv(9): one.sendall(data)
def serve():
    server = socket.create_server(("", 7000))
    while True: threading.Thread(target=echo, args=server.accept()[:1]).start()
threading.Thread(target=serve).start()
if len(sys.argv) > 1:
    while True:
        try: kept = socket.create_connection((sys.argv[1], 7000)); break
        except OSError: time.sleep(0.1)
    while True:
        kept.sendall(b"x"); print("broken" if not kept.recv(9) else "answered", flush=True)
        time.sleep(0.05)
"""
SERVE = ("python3", "-c", SERVICE)
ASK = """
import socket, sys
try: socket.create_connection((sys.argv[1], 7000), 1.5); print("reached")
except TimeoutError: print("silence")
except OSError as error: print(error)
"""


class Network:
    """A network with three services on it, and what injects into them."""

    def __init__(self, directory: Path) -> None:
        self.clock = SystemClock()
        engine = Engine()
        self.client: APIClient = engine.client()
        self.project = f"contract-{uuid4().hex[:12]}"
        self.runtime = DockerRuntime(self.project, self.clock, engine=engine)
        self.journal = Journal(directory, self.clock)
        self.rollbacks = RollbackStack(self.runtime, self.journal, self.clock)
        self.client.create_network(self.project, labels={DRILL_LABEL: self.project})

    def up(self, service: str, peer: str = "", *, network: str = "") -> Container:
        """Start one, with a connection to its peer that it keeps."""
        mode = network or self.project
        own = self.client.create_endpoint_config(aliases=[service])
        created = self.client.create_container(
            IMAGE,
            entrypoint=["sleep", "600"] if network else [*SERVE, *filter(None, [peer])],
            command=[],
            user="0",
            labels={
                "com.docker.compose.project": self.project,
                "com.docker.compose.service": service,
                "com.docker.compose.container-number": "1",
                DRILL_LABEL: self.project,
            },
            host_config=self.client.create_host_config(network_mode=mode, init=True),
            networking_config=None if network else {"EndpointsConfig": {self.project: own}},
        )
        self.client.start(created["Id"])
        (container,) = self.runtime.containers(service)
        return container

    def asked(self, whom: str, by: Container) -> str:
        """What comes of a new connection."""
        done = self.runtime.execute(by, ["python3", "-c", ASK, whom])
        return done.output.decode().strip()

    def answers(self, container: Container) -> int:
        """How often the connection that it keeps was answered so far; it is never broken."""
        told = self.client.logs(container.id)
        assert b"broken" not in told
        assert b"Error" not in told
        return bytes(told).count(b"answered")

    def inject(self, service: str, other: str) -> str:
        watch = EngineWatch(self.runtime, self.journal)
        try:
            radius = BlastRadius(("app", "db"), 2)
            (injection,) = Injector(
                self.runtime, watch, self.rollbacks, radius, self.journal, self.clock
            ).inject(Partition(other), Target(service), self.project)
            return injection
        finally:
            watch.stop()

    def helpers(self) -> list[str]:
        rows = self.client.containers(all=True, filters={"label": HELPER_LABEL})
        return [row["Id"] for row in rows if row["Labels"].get(DRILL_LABEL) == self.project]

    def close(self) -> None:
        for container in self.runtime.containers():
            self.client.remove_container(container.id, force=True, v=True)
        self.client.remove_network(self.project)
        self.client.close()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """All of it is removed afterwards."""
    network = Network(tmp_path / "journal")
    try:
        yield network
    finally:
        network.close()


def linked(network: Network) -> tuple[Container, Container]:
    """An app that keeps a connection to a database."""
    db, app = network.up("db"), network.up("app", "db")
    until(lambda: network.answers(app) > 3, awaited="the connection is in use", within=30)
    return app, db


@pytest.mark.parametrize(("service", "other"), [("app", "db"), ("db", "app")])
def test_what_goes_between_them_is_lost_and_all_else_arrives(
    network: Network, service: str, other: str
) -> None:
    """Whichever end it is cut at: an open connection hangs and goes on, a new one times out."""
    bystander = network.up("bystander")
    app, db = linked(network)
    network.inject(service, other)
    hung = network.answers(app)
    assert (network.asked("db", app), network.asked("app", db)) == ("silence", "silence")
    assert network.asked("bystander", app) == network.asked("bystander", db) == "reached"
    assert network.asked("app", bystander) == network.asked("db", bystander) == "reached"
    assert network.answers(app) <= hung + 1  # one may have been under way
    (effective,) = network.journal.timeline().all(FaultEffective)
    low, high = effective.low_ns, effective.high_ns
    assert low < effective.at_ns < high < low + 10e9
    (done,) = network.rollbacks.unwind(budget=20)
    assert done.problem == ""
    assert network.asked("db", app) == "reached"
    until(
        lambda: network.answers(app) > hung + 3,
        awaited="the connection that was open all along is in use again",
        within=60,
    )
    assert network.helpers() == []


@pytest.mark.parametrize("how", ["restart", "stop", "pause"])
def test_a_target_that_ended_or_froze_meanwhile_is_whole(network: Network, how: str) -> None:
    """It has a new network after its end; a frozen one is mended while it is frozen."""
    app, _ = linked(network)
    injection = network.inject("app", "db")
    if how == "pause":
        network.runtime.pause(app)
        assert len(network.runtime.links.dropped(app, injection)) == 2
    else:
        getattr(network.runtime, how)(app, 1)
        assert network.runtime.links.dropped(app, injection) == frozenset()
    (done,) = network.rollbacks.unwind(budget=20)
    assert done.problem == ""
    assert network.asked("db", app) == "reached"


def test_a_target_that_is_gone_took_it_along(network: Network) -> None:
    """There is nothing to mend."""
    app, _ = linked(network)
    network.inject("app", "db")
    network.client.remove_container(app.id, force=True, v=True)
    (done,) = network.rollbacks.unwind(budget=10)
    assert done.problem == ""


def test_two_on_one_link_are_taken_back_one_by_one(network: Network) -> None:
    """Each is proven by itself, and mending twice is no error."""
    app, _ = linked(network)
    links, addresses = network.runtime.links, ["192.0.2.1", "fd00::1"]
    for mark in ("one", "other"):
        links.cut(app, addresses, mark)
        assert links.dropped(app, mark) == both_ways(addresses)
    with pytest.raises(EngineError, match="File exists"):
        links.cut(app, addresses, "one")
    for _ in range(2):
        links.mend(app, "one")
        assert links.dropped(app, "one") == frozenset()
    assert links.dropped(app, "other") == both_ways(addresses)
    assert network.runtime.lacks(Ability.LINKS, app) == ""


@pytest.mark.parametrize("mode", ["none", "host", "sidecar", "shared"])
def test_a_network_that_is_not_its_own_is_never_touched(network: Network, mode: str) -> None:
    """Not the host's, and none that somebody else is in."""
    db = network.up("db")
    if mode == "shared":
        network.up("app")
        network.up("beside", network=f"container:{network.runtime.containers('app')[0].id}")
    else:
        network.up("app", network=f"container:{db.id}" if mode == "sidecar" else mode)
    (app,) = network.runtime.containers("app")
    with pytest.raises(PlanError, match=r"expected (a network|it to have its network to itself)"):
        network.inject("app", "db")
    if mode != "none":
        with pytest.raises(EngineError, match="shares its network with"):
            network.runtime.links.cut(app, ["192.0.2.1"], "mark")
    assert network.journal.timeline().all(FaultIntended) == []
