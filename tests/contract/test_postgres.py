"""A pause of replay on a real standby: effect, undo, and the restart that undoes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from docker import APIClient

from drills.clock import SystemClock
from drills.errors import PlanError
from drills.faults import ReplayPaused
from drills.faults.injection import Injector
from drills.faults.postgres import PAUSE_STATE, psql
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import FaultEffective, FaultIntended
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.runtime import DRILL_LABEL, Container
from drills.wait import until

pytestmark = pytest.mark.engine
PRIMARY = "incident-drills/postgres-primary:latest"
STANDBY = "incident-drills/postgres-replica:latest"


class Database:
    """One PostgreSQL of the reference stack, and what injects into it."""

    def __init__(self, directory: Path) -> None:
        self.clock = SystemClock()
        engine = Engine()
        self.client: APIClient = engine.client()
        self.project = f"contract-{uuid4().hex[:12]}"
        self.runtime = DockerRuntime(self.project, self.clock, engine=engine)
        self.journal = Journal(directory, self.clock)
        self.rollbacks = RollbackStack(self.runtime, self.journal, self.clock)

    def up(self, image: str) -> Container:
        """Start it; it replays (or not) without any other node."""
        created = self.client.create_container(
            image,
            labels={
                "com.docker.compose.project": self.project,
                "com.docker.compose.service": "db",
                "com.docker.compose.container-number": "1",
                DRILL_LABEL: self.project,
            },
            host_config=self.client.create_host_config(network_mode="none", init=True),
        )
        self.client.start(created["Id"])
        (container,) = self.runtime.containers()
        until(lambda: self.state(container), awaited="the database answers", within=30)
        return container

    def state(self, container: Container) -> str:
        """What it says of its replay; "" where it does not answer."""
        done = psql(self.runtime, container, PAUSE_STATE, "postgres", "postgres")
        return done.output.decode().strip() if done.exit_code == 0 else ""

    def inject(self, fault: ReplayPaused) -> None:
        watch = EngineWatch(self.runtime, self.journal)
        try:
            radius = BlastRadius(("db",), 1)
            Injector(self.runtime, watch, self.rollbacks, radius, self.journal, self.clock).inject(
                fault, Target("db"), self.project
            )
        finally:
            watch.stop()

    def close(self) -> None:
        for container in self.runtime.containers():
            self.client.remove_container(container.id, force=True, v=True)
        self.client.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """All of it is removed afterwards."""
    database = Database(tmp_path / "journal")
    try:
        yield database
    finally:
        database.close()


def test_a_standby_is_paused_and_replays_again(database: Database) -> None:
    """As it says itself, within an interval that is known."""
    standby = database.up(STANDBY)
    assert database.state(standby) == "not paused"
    database.inject(ReplayPaused())
    assert database.state(standby) == "paused"
    (effective,) = database.journal.timeline().all(FaultEffective)
    low, high = effective.low_ns, effective.high_ns
    assert low < effective.at_ns < high < low + 5e9
    (done,) = database.rollbacks.unwind(budget=10)
    assert done.problem == ""
    assert database.state(standby) == "not paused"


@pytest.mark.parametrize("how", ["restart", "stop"])
def test_a_server_that_ended_meanwhile_has_no_pause_left(database: Database, how: str) -> None:
    """It runs afterwards as before, and is proven by asking it."""
    standby = database.up(STANDBY)
    database.inject(ReplayPaused())
    getattr(database.runtime, how)(standby, 5)
    (done,) = database.rollbacks.unwind(budget=20)
    assert done.problem == ""
    assert database.state(standby) == "not paused"


def test_a_container_that_is_gone_took_it_along(database: Database) -> None:
    """There is nothing to resume."""
    standby = database.up(STANDBY)
    database.inject(ReplayPaused())
    database.client.remove_container(standby.id, force=True, v=True)
    (done,) = database.rollbacks.unwind(budget=10)
    assert done.problem == ""


@pytest.mark.parametrize(
    ("image", "fault", "why"),
    [
        (PRIMARY, ReplayPaused(), "expected a standby"),
        (STANDBY, ReplayPaused(role="observer"), "observer may pause replay, it may not"),
        (STANDBY, ReplayPaused(role="nobody"), 'role "nobody" does not exist'),
    ],
)
def test_what_cannot_be_paused_is_refused(
    database: Database, image: str, fault: ReplayPaused, why: str
) -> None:
    """Before anything is done or armed."""
    database.up(image)
    with pytest.raises(PlanError, match=why):
        database.inject(fault)
    assert database.journal.timeline().all(FaultIntended) == []
