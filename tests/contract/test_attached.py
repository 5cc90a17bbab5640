"""A project that runs already: a drill visits it, and leaves it as it was, also when it dies."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from docker import APIClient

from drills.clock import SystemClock
from drills.errors import BlastRadiusExceeded, PlanError, StackError
from drills.faults import Freeze
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal
from drills.lifecycle.closing import anchored
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.heal import Healer, on_docker
from drills.observers.engine import EngineWatch
from drills.stack.engines import attached
from drills.stack.engines.attached import AttachedStack, preview_attached
from drills.stack.engines.needs import Need
from drills.stack.engines.picture import Picture
from drills.stack.engines.sweep import leftovers
from drills.stack.runtime import DRILL_LABEL
from tests.contract.neighbours import IMAGE

pytestmark = pytest.mark.engine

COMPOSE = f"""
services:
  web: &service
    image: {IMAGE}
    init: true
    command: [sleep, "14400"]
    environment: {{TOKEN: of-the-team}}
    ports: ["127.0.0.1::8080"]
    volumes: ["data:/data"]
  worker: {{<<: *service, ports: [], volumes: [], deploy: {{replicas: 2}}}}
volumes: {{data: }}
"""


class Running:
    """A team's project, brought up by the team's own hand."""

    def __init__(self, folder: Path) -> None:
        self.name = f"team-{uuid4().hex[:8]}"
        self.client = APIClient()
        self._file = folder / "compose.yaml"
        self._file.write_text(COMPOSE)
        self._compose("up", "-d")

    def visit(self, *services: str, drill: str = "", needs: tuple[Need, ...] = ()) -> AttachedStack:
        """The stack of a drill that may touch these services."""
        drill = drill or f"of-{uuid4().hex[:8]}"
        return AttachedStack(
            *(self.name, f"drill-{drill}", drill, SystemClock()), services=services, needs=needs
        )

    def states(self) -> dict[str, str]:
        """Each container's id and state."""
        only: dict[str, Any] = {"label": f"com.docker.compose.project={self.name}"}
        return {row["Id"]: row["State"] for row in self.client.containers(all=True, filters=only)}

    def close(self) -> None:
        self._compose("down", "-v", "-t", "0")
        self.client.close()

    def _compose(self, *words: str) -> None:
        line = ["docker", "compose", "-p", self.name, "-f", str(self._file), *words]
        subprocess.run(line, check=True, capture_output=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The project, for all tests of the module: each leaves it as it was, or says so."""
    found = Running(tmp_path_factory.mktemp("team"))
    try:
        yield found
    finally:
        found.close()


def test_it_is_left_as_it_was_and_nothing_of_the_drill_stays(running: Running) -> None:
    """It is neither made nor removed; what was stopped and started again is as before."""
    before, stack = running.states(), running.visit("web")
    runtime = stack.up()
    (web,) = runtime.containers("web")
    runtime.stop(web, 0)
    runtime.start(web)
    assert stack.environments()["web"]["TOKEN"] == "of-the-team"
    assert stack.environment_file().read_bytes() == b""
    stack.down()
    stack.down()
    assert running.states() == before
    assert leftovers(stack._drill_id) == []
    assert not stack.environment_file().parent.exists()


def test_what_is_not_as_it_was_is_told(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each difference by name, and nothing of the project is removed for it."""
    monkeypatch.setattr(attached, "AS_BEFORE_SECONDS", 0.5)
    stack = running.visit("web")
    runtime = stack.up()
    (web,) = runtime.containers("web")
    runtime.pause(web)
    runtime.limits.limit_processes(web, 77)
    try:
        with pytest.raises(StackError) as told:
            stack.down()
    finally:
        runtime.unpause(web)
        runtime.limits.limit_processes(web, 0)
    assert f"container {web.name}: state was running, is paused" in str(told.value)
    assert f"container {web.name}: process limit was 0, is 77" in str(told.value)
    stack.down()


def test_only_what_the_blast_radius_names_is_touched(running: Running) -> None:
    """Whoever asks: a fault, or a step of a procedure. Reading is everybody's."""
    stack = running.visit("web")
    runtime = stack.up()
    try:
        worker, _ = runtime.containers("worker")
        for act in (runtime.stop, runtime.kill, runtime.pause, runtime.restart, runtime.start):
            with pytest.raises(BlastRadiusExceeded, match="this drill may touch web"):
                act(worker)
        with pytest.raises(BlastRadiusExceeded):
            runtime.limits.restart_by(worker, "always")
        assert runtime.execute(worker, ["echo", "read"]).output == b"read\n"
        with pytest.raises(StackError, match="cannot be scaled"):
            stack.scale("web", 2)
    finally:
        stack.down()


def test_two_drills_do_not_visit_it_at_once(running: Running) -> None:
    """Each would take the other's fault for its own; the second one touches nothing."""
    first, second = running.visit("web"), running.visit("web")
    first.up()
    with pytest.raises(PlanError, match="is visited by the drill of-"):
        second.up()
    second.down()
    first.down()
    running.visit("web").up()
    for name in running.client.volumes(filters={"label": attached.ATTACHED_LABEL})["Volumes"]:
        if name["Labels"][attached.ATTACHED_LABEL] == running.name:
            running.client.remove_volume(name["Name"])


def test_what_keeps_it_from_being_visited_is_told_before_anything_happens(running: Running) -> None:
    """All at once, with what there is, and a near miss."""
    needs = (Need("drills.toml:3: stack.entry", "web", 9090), Need("x", "wrker"))
    stack = running.visit("web", "databse", needs=needs)
    with pytest.raises(PlanError) as told:
        stack.up()
    for line in (
        "blast_radius.services: expected a service of",
        "expected web of",
        "publish its port 9090, it publishes 8080",
        "got 'wrker'; did you mean 'worker'?",
    ):
        assert line in str(told.value)
    seen = preview_attached(running.name, ["web", "databse"], needs)
    assert len(seen.problems) == 3
    assert seen.services == {"web": 1, "worker": 2}
    stack.down()
    gone = AttachedStack("nobodys", "drill-x", "of-x", SystemClock(), services=["web"])
    with pytest.raises(PlanError, match="expected a compose project that runs"):
        gone.up()


def test_a_drill_that_dies_leaves_it_as_it_was(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever heals thaws what it froze and removes what it made, and nothing of the project."""
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))
    drill, clock, before = uuid4().hex[:8], SystemClock(), running.states()
    stack = running.visit("web", drill=drill)
    directory = tmp_path / "drill"
    held = registry.register(
        drill, directory, f"drill-{drill}", engine=stack.engine, attached=running.name
    )
    runtime, journal = stack.up(), Journal(directory, clock)
    watch = EngineWatch(runtime, journal)
    anchored(journal, clock, DrillStarted(id=drill, schema=2, attached=running.name))
    picture = Picture.of(stack._engine, running.name)
    radius = BlastRadius(("web",), 1, unlabelled=("web",))
    rollbacks = RollbackStack(runtime, journal, clock)
    injector = Injector(runtime, watch, rollbacks, radius, journal, clock)
    injector.inject(Freeze(), Target("web"), drill)
    assert "paused" in running.states().values()
    watch.stop()
    journal.close()
    held.release()  # as its death does

    (healed,) = Healer(on_docker, clock).heal_all("the test")

    assert healed.problems == []
    assert f"what it made beside {running.name} is gone" in healed.done
    assert running.states() == before
    assert picture.differences(Picture.of(stack._engine, running.name)) == []
    assert leftovers(drill) == []
    assert not stack.environment_file().parent.exists()


def test_what_is_made_beside_it_carries_the_drill_s_label(running: Running) -> None:
    """So it is found and removed whatever happens, though the project's containers have none."""
    stack = running.visit("web", drill=(drill := uuid4().hex[:8]))
    runtime = stack.up()
    try:
        (web,) = runtime.containers("web")
        runtime.host_ports.take(web, [], 60, mark := uuid4().hex)
        only: dict[str, Any] = {"label": f"{DRILL_LABEL}={drill}"}
        assert len(running.client.containers(all=True, filters=only)) == 1
        assert runtime.host_ports.taken(mark)
    finally:
        stack.down()
    assert leftovers(drill) == []


def test_whose_network_is_another_s_too_is_not_touched(running: Running) -> None:
    """The other one would lose it for good; it is said before anything happens."""
    (web,) = [each for each, state in running.states().items() if state == "running"][:1]
    guest = running.client.create_container(
        IMAGE,
        command=["sleep", "600"],
        name=f"{running.name}-guest",
        host_config=running.client.create_host_config(network_mode=f"container:{web}"),
    )["Id"]
    running.client.start(guest)
    try:
        services = ["web", "worker"]
        (problem,) = preview_attached(running.name, services, []).problems
        assert f"{running.name}-guest lives in the network of" in problem
        stack = running.visit(*services)
        with pytest.raises(PlanError, match="lives in the network of"):
            stack.up()
        stack.down()
    finally:
        running.client.remove_container(guest, force=True)
