"""A memory leak on real containers, whatever their images have or lack."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from docker import APIClient

from drills.clock import SystemClock
from drills.errors import EngineError, InjectionFailed
from drills.faults import MemoryLeak
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import FaultCalled
from drills.journal.journal import Journal
from drills.observers.engine import EngineWatch
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.engines.lend import Lender
from drills.stack.engines.marked import HELPER_LABEL
from drills.stack.engines.program import keeper
from drills.stack.runtime import DRILL_LABEL, Container
from drills.units import MIB
from drills.wait import until

pytestmark = pytest.mark.engine
BARE = "contract-bare"  # nothing but a program that sleeps: no shell, no interpreter, no library


class Place:
    """A stack of one container, and what injects into it."""

    def __init__(self, directory: Path) -> None:
        self.clock = SystemClock()
        self.engine = Engine()
        self.client: APIClient = self.engine.client()
        self.project = f"contract-{uuid4().hex[:12]}"
        self.mark = f"{self.project}-1"
        self.runtime = DockerRuntime(self.project, self.clock, engine=self.engine)
        self.journal = Journal(directory, self.clock)
        self.images: list[str] = []

    def bare_image(self) -> str:
        """An image of one static program."""
        machine = str(self.client.version()["Arch"])
        packed, program = io.BytesIO(), keeper(machine, 600)
        with tarfile.open(fileobj=packed, mode="w") as archive:
            file = tarfile.TarInfo("sleeper")
            file.mode, file.size = 0o755, len(program)
            archive.addfile(file, io.BytesIO(program))
        tag = f"{BARE}:{self.project}"
        self.client.import_image_from_data(packed.getvalue(), repository=BARE, tag=self.project)
        self.images.append(tag)
        return tag

    def add(self, image: str, command: list[str], user: str, **host: Any) -> Container:
        """A container that runs, hardened as its host configuration says."""
        labels = {
            "com.docker.compose.project": self.project,
            "com.docker.compose.service": "app",
            "com.docker.compose.container-number": "1",
            DRILL_LABEL: self.project,
        }
        created = self.client.create_container(
            image,
            entrypoint=command,
            user=user,
            labels=labels,
            host_config=self.client.create_host_config(network_mode="none", **host),
        )
        self.client.start(created["Id"])
        (container,) = self.runtime.containers()
        return container

    def inject(self) -> RollbackStack:
        rollbacks = RollbackStack(self.runtime, self.journal, self.clock)
        watch = EngineWatch(self.runtime, self.journal)
        try:
            radius = BlastRadius(("app",), 1)
            injector = Injector(self.runtime, watch, rollbacks, radius, self.journal, self.clock)
            leak = MemoryLeak(rate=64 * MIB, bound=48 * MIB, time_to_live=120)
            injector.inject(leak, Target("app"), self.project)
        finally:
            watch.stop()
        return rollbacks

    def memory(self, container: Container) -> int:
        return int(str(self.runtime.stats(container)["memory_working_set_bytes"]))

    def helpers(self) -> list[str]:
        filters = {"label": f"{HELPER_LABEL}={self.mark}"}
        return [row["Id"] for row in self.client.containers(all=True, filters=filters)]

    def close(self) -> None:
        for helper in self.helpers():
            self.client.remove_container(helper, force=True, v=True)
        for container in self.runtime.containers():
            self.client.remove_container(container.id, force=True, v=True)
        for image in self.images:
            self.client.remove_image(image)
        self.client.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """All of it is removed afterwards."""
    place = Place(tmp_path / "journal")
    try:
        yield place
    finally:
        place.close()


SLEEP = ["sleep", "600"]
PYTHON = ["python3", "-c", "import time; time.sleep(600)"]
PLACES = {
    "no python": ("debian:trixie-slim", SLEEP, ""),
    "no python, a user": ("debian:trixie-slim", SLEEP, "nobody"),
    "the reference's app": ("incident-drills/erp:latest", PYTHON, ""),
    "no shell, a user": ("", ["/sleeper"], "10001:10001"),
}
HARDENED: dict[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
}


def held(place: Place, container: Container, before: int) -> None:
    """The leak's bound is counted in the container's own memory."""
    until(
        lambda: place.memory(container) - before >= 47 * MIB,
        awaited="the leak holds its bound",
        within=30,
        last_seen=lambda: f"{place.memory(container) - before} bytes more",
    )
    assert place.memory(container) - before < 64 * MIB


@pytest.mark.parametrize(
    ("image", "command", "user", "hardened"),
    [
        pytest.param(
            *place,
            hardened,
            id=f"{name}-{'read-only' if hardened else 'writable'}",
            # Each place once, three of them hardened, which asks for more.
            marks=[] if hardened is (name != "no python") else pytest.mark.thorough,
        )
        for name, place in PLACES.items()
        for hardened in (False, True)
    ],
)
def test_grows_in_the_container_and_is_undone(
    place: Place, image: str, command: list[str], user: str, *, hardened: bool
) -> None:
    """Lent to it: its memory grows to the bound, and with the undo all of it is given back."""
    limits: dict[str, Any] = {"mem_limit": "256m", "memswap_limit": "256m", "init": True}
    hardening = HARDENED if hardened else {}
    container = place.add(image or place.bare_image(), command, user, **limits, **hardening)
    before = place.memory(container)
    rollbacks = place.inject()
    held(place, container, before)
    called = place.journal.timeline().first(FaultCalled)
    assert called is not None
    assert called.way == "a program lent to it"
    assert len(place.helpers()) == 1
    assert [one.problem for one in rollbacks.unwind(budget=10)] == [""]
    assert place.helpers() == []
    assert place.memory(container) - before < 8 * MIB
    assert len(place.runtime.containers()) == 1


def test_by_its_own_shell_where_nothing_can_be_lent(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a read-only container without Python; and all of it is given back."""
    monkeypatch.setattr(Lender, "lend", refuse)
    container = place.add("debian:trixie-slim", SLEEP, "nobody", init=True, **HARDENED)
    before = place.memory(container)
    rollbacks = place.inject()
    held(place, container, before)
    assert [one.problem for one in rollbacks.unwind(budget=10)] == [""]
    assert place.memory(container) - before < 8 * MIB


def test_where_no_way_works_it_says_what_is_missing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was started, and its undo is proven all the same."""
    monkeypatch.setattr(Lender, "lend", refuse)
    place.add(place.bare_image(), ["/sleeper"], "10001")
    rollbacks = RollbackStack(place.runtime, place.journal, place.clock)
    with pytest.raises(InjectionFailed, match=r"lent to it: refused; its own shell: .*sh"):
        rollbacks = place.inject()
    rollbacks.rearm(place.journal.timeline())
    assert [one.problem for one in rollbacks.unwind(budget=10)] == [""]


def test_ends_with_its_container_and_leaves_no_helper(place: Place) -> None:
    """Where the runbook restarts the container, its helper goes with it."""
    container = place.add("debian:trixie-slim", SLEEP, "", init=True)
    rollbacks = place.inject()
    place.runtime.restart(container)
    until(lambda: not place.helpers(), awaited="the helper is gone", within=20)
    assert [one.problem for one in rollbacks.unwind(budget=10)] == [""]


def test_what_is_still_there_is_not_undone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container that cannot be looked into the engine's own word is asked for."""
    container = place.add(place.bare_image(), ["/sleeper"], "10001")
    rollbacks = place.inject()
    with monkeypatch.context() as patch:
        patch.setattr(Lender, "take_back", lambda *_: None)
        (done,) = rollbacks.unwind(budget=1)
        assert "no process of the injection is left" in done.problem
        for helper in place.helpers():  # the engine still knows of the command itself
            assert place.runtime.left(container, place.mark)[0] == f"helper container {helper[:12]}"
        assert any("memory-leak" in one for one in place.runtime.left(container, place.mark))
    assert [one.problem for one in rollbacks.unwind(budget=10)] == [""]


def refuse(*_: object) -> str:
    raise EngineError("refused")
