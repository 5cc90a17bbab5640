"""A real volume that is filled: who gets no space, what is removed, and what is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from docker import APIClient
from docker.errors import NotFound

from drills.clock import SystemClock
from drills.errors import EngineError, PlanError
from drills.faults import VolumeFilled
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
from drills.stack.engines.volumes import KEY_LABEL
from drills.stack.runtime import DRILL_LABEL, Container
from drills.units import MIB

pytestmark = pytest.mark.engine
IMAGE = "debian:trixie-slim"
SIZED = {"type": "tmpfs", "device": "tmpfs", "o": "size=8m,mode=700,uid=1000"}


class Shelf:
    """One service with one volume, and what injects into it."""

    def __init__(self, directory: Path) -> None:
        self.clock = SystemClock()
        engine = Engine()
        self.client: APIClient = engine.client()
        self.project = f"contract-{uuid4().hex[:12]}"
        self.volume = f"{self.project}_data"
        self.runtime = DockerRuntime(self.project, self.clock, engine=engine)
        self.journal = Journal(directory, self.clock)
        self.rollbacks = RollbackStack(self.runtime, self.journal, self.clock)

    def up(
        self, options: dict[str, str] | None = None, drill: str = "", *, bind: str = ""
    ) -> Container:
        """Start the service, by a user who is not root, with a volume or a folder at /data."""
        if not bind:
            labels = {KEY_LABEL: "data", DRILL_LABEL: drill or self.project}
            self.client.create_volume(self.volume, "local", options or SIZED, labels)
        self.beside("db", self.project, bind or self.volume)
        (container,) = self.runtime.containers("db")
        return container

    def beside(self, service: str, drill: str, source: str) -> None:
        host = self.client.create_host_config(
            network_mode="none", init=True, binds=[f"{source}:/data"], cap_drop=["ALL"]
        )
        created = self.client.create_container(
            IMAGE,
            ["sleep", "600"],
            user="1000",
            labels={
                "com.docker.compose.project": self.project,
                "com.docker.compose.service": service,
                "com.docker.compose.container-number": "1",
                DRILL_LABEL: drill,
            },
            host_config=host,
        )
        self.client.start(created["Id"])

    def write(self, container: Container, name: str, size: str = "4k") -> str:
        """What comes of writing a file: "" where it fits."""
        line = f"head -c {size} /dev/zero >/data/{name}"
        done = self.runtime.execute(container, ["sh", "-c", line])
        return "" if done.exit_code == 0 else done.output.decode().strip()

    def files(self, container: Container) -> list[str]:
        done = self.runtime.execute(container, ["ls", "-A", "/data"])
        return done.output.decode().split()

    def inject(self, fault: VolumeFilled) -> str:
        watch = EngineWatch(self.runtime, self.journal)
        try:
            radius = BlastRadius(("db",), 1)
            (injection,) = Injector(
                self.runtime, watch, self.rollbacks, radius, self.journal, self.clock
            ).inject(fault, Target("db"), self.project)
            return injection
        finally:
            watch.stop()

    def helpers(self) -> list[str]:
        rows = self.client.containers(all=True, filters={"label": HELPER_LABEL})
        return [row["Id"] for row in rows if row["Labels"].get(DRILL_LABEL) == self.project]

    def close(self) -> None:
        for container in self.runtime.containers():
            self.client.remove_container(container.id, force=True, v=True)
        with suppress(NotFound):
            self.client.remove_volume(self.volume, force=True)
        self.client.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """All of it is removed afterwards."""
    shelf = Shelf(tmp_path / "journal")
    try:
        yield shelf
    finally:
        shelf.close()


def test_what_is_written_there_fails_until_it_is_undone(shelf: Shelf) -> None:
    """With the kernel's own words; what was there stays, and so does what else fits."""
    db = shelf.up()
    assert shelf.write(db, "kept", "1M") == ""
    injection = shelf.inject(VolumeFilled("data"))
    assert "No space left on device" in shelf.write(db, "new")
    (done,) = shelf.rollbacks.unwind(budget=20)
    assert done.problem == ""
    assert not shelf.runtime.volumes.filling(shelf.volume, injection).there
    assert shelf.write(db, "new", "6M") == ""
    assert shelf.files(db) == ["kept", "new"]
    assert shelf.helpers() == []


def test_a_rest_is_left_free(shelf: Shelf) -> None:
    """So much still fits, and no more."""
    db = shelf.up()
    shelf.inject(VolumeFilled("data", 2 * MIB))
    assert shelf.write(db, "fits", "1M") == ""
    assert "No space left on device" in shelf.write(db, "does-not", "2M")
    (effective,) = shelf.journal.timeline().all(FaultEffective)
    assert effective.low_ns < effective.high_ns
    (done,) = shelf.rollbacks.unwind(budget=20)
    assert done.problem == ""


@pytest.mark.parametrize("how", ["stop", "gone", "volume"])
def test_what_went_meanwhile_is_no_trouble(shelf: Shelf, how: str) -> None:
    """A container that stopped runs again; one that is gone, with its volume or not, is undone."""
    db = shelf.up()
    injection = shelf.inject(VolumeFilled("data"))
    if how == "stop":
        shelf.runtime.stop(db, 0)
    else:
        shelf.client.remove_container(db.id, force=True)
    if how == "volume":
        shelf.client.remove_volume(shelf.volume)
    (done,) = shelf.rollbacks.unwind(budget=20)
    assert done.problem == ""
    assert not shelf.runtime.volumes.filling(shelf.volume, injection).there
    if how == "stop":
        assert shelf.write(db, "new") == ""


def test_the_file_stays_while_somebody_holds_the_volume_and_is_cleared(shelf: Shelf) -> None:
    """Though the target is gone, and the volume with all in it is not."""
    db = shelf.up()
    shelf.beside("reader", shelf.project, shelf.volume)
    injection = shelf.inject(VolumeFilled("data"))
    shelf.client.remove_container(db.id, force=True)
    assert shelf.runtime.volumes.filling(shelf.volume, injection).there
    (done,) = shelf.rollbacks.unwind(budget=20)
    assert done.problem == ""
    assert not shelf.runtime.volumes.filling(shelf.volume, injection).there


def test_only_its_own_file_is_removed(shelf: Shelf) -> None:
    """Another one of its name, and one that is gone already, are left as they are."""
    db = shelf.up()
    volumes = shelf.runtime.volumes
    shelf.write(db, ".drill-mark")
    with pytest.raises(EngineError, match="File exists"):
        volumes.fill(shelf.volume, "mark", 0)
    volumes.clear(shelf.volume, "mark")
    assert shelf.files(db) == [".drill-mark"]
    volumes.fill(shelf.volume, "other", 0)
    for _ in range(2):
        volumes.clear(shelf.volume, "other")
        assert shelf.files(db) == [".drill-mark"]
    assert shelf.runtime.lacks(Ability.VOLUMES, db) == ""


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("unlimited", "has no limit of its own"),
        ("relative", "has no limit of its own"),
        ("foreign", "expected a volume that this drill made"),
        ("shared", "which is not this drill's"),
        ("folder", "a folder is none"),
    ],
)
def test_what_is_not_to_be_filled_is_never_touched(
    shelf: Shelf, tmp_path: Path, what: str, why: str
) -> None:
    """What would fill the host's memory or disk, and what is somebody else's."""
    unlimited = {"type": "tmpfs", "device": "tmpfs"}
    made: dict[str, Callable[[], Container]] = {
        "unlimited": lambda: shelf.up(unlimited),
        "relative": lambda: shelf.up({**unlimited, "o": "size=1%"}),
        "foreign": lambda: shelf.up(drill="another"),
        "shared": shelf.up,
        "folder": lambda: shelf.up(bind=str(tmp_path)),
    }
    made[what]()
    if what == "shared":
        shelf.beside("guest", "another", shelf.volume)
    with pytest.raises(PlanError, match=why):
        shelf.inject(VolumeFilled("data"))
    assert shelf.journal.timeline().all(FaultIntended) == []
