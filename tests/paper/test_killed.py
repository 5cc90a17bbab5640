"""On a real engine: whoever is killed, the fault is undone, the stack gone, the report there.

One small container stands for the stack; the drill is a process of its own that gets killed.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker import APIClient

from drills.cli import main
from drills.clock import SystemClock
from drills.journal.facts import DrillEnded, DrillStarted, UndoCalled, UndoFailed, UndoVerified
from drills.journal.journal import read_timeline
from drills.journal.timeline import Timeline
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.heal import on_docker
from drills.reporting.files import read_result
from drills.reporting.verify import verify
from drills.stack.engines.sweep import leftovers
from drills.stack.runtime import DRILL_LABEL
from drills.units import NS
from drills.wait import until
from tests.doubles import smallstack
from tests.doubles.processes import Child

pytestmark = pytest.mark.engine

HARD_BOUND = 10.0  # seconds from a SIGKILL to the proof that the fault is undone
DRILL = """
    import sys, time
    from pathlib import Path
    from drills.observers.engine import EngineWatch
    from drills.clock import SystemClock
    from drills.faults.injection import Injector
    from drills.journal.journal import Journal
    from drills.faults.rollback import RollbackStack
    from drills.stack.engines.docker import DockerRuntime
    from drills.stack.engines.engine import Engine
    from drills.faults.target import BlastRadius, Target
    from drills.journal.facts import DrillStarted
    from drills.lifecycle.watchdog.guard import Guard
    from tests.doubles import smallstack

    drill, directory, fault = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    project, clock = f"drill-{drill}", SystemClock()
    guard = Guard(drill, directory, project, engine=Engine().target)
    guard.check()
    say("armed", guard.watchdog.pid)
    journal = Journal(directory, clock)
    anchor = clock.anchor()
    began = DrillStarted(id=drill, wall_ns=anchor.wall_ns, error_ns=anchor.error_ns)
    journal.write(began, at_ns=anchor.monotonic_ns, sync=True)
    smallstack.up(drill)
    runtime = DockerRuntime(project, clock)
    watch = EngineWatch(runtime, journal)
    watch.start()
    rollbacks = RollbackStack(runtime, journal, clock)
    injector = Injector(runtime, watch, rollbacks, BlastRadius(("app",)), journal, clock)
    injector.inject(smallstack.FAULTS[fault], Target("app"), drill)
    say("injected")
    while True:
        time.sleep(0.05)
        try:
            guard.check()
        except Exception as error:
            say("noticed", error)
            sys.exit(3)
"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No drill that anybody else runs on this machine is entered there."""
    monkeypatch.setenv("DRILLS_STATE", str(tmp_path / "state"))


@pytest.fixture
def drill_id() -> Iterator[str]:
    """A drill's id; nothing of it is left afterwards, whatever the test did."""
    chosen = secrets.token_hex(4)
    yield chosen
    on_docker().clear(registry.project_of(chosen), chosen)


@pytest.fixture
def directory(tmp_path: Path, drill_id: str) -> Path:
    return tmp_path / "reports" / f"20260101T000000Z-small-{drill_id}"


def states(drill_id: str) -> list[str]:
    """What the engine says of the drill's containers."""
    client = APIClient()
    rows = client.containers(all=True, filters={"label": f"{DRILL_LABEL}={drill_id}"})
    client.close()
    return [row["State"] for row in rows]


def finished(directory: Path) -> Timeline:
    """The journal of a drill that died, once somebody finished it; all that must hold then."""
    until(lambda: not registry.entries(), awaited="the drill is finished", within=90, interval=0.02)
    timeline = read_timeline(directory)
    (started,) = timeline.all(DrillStarted)
    assert leftovers(started.id) == []
    assert len(timeline.all(DrillEnded, status="aborted")) == 1
    assert read_result(directory).status == "aborted"
    assert (directory / "report.html").stat().st_size > 0
    assert verify(directory) == []
    assert timeline.all(UndoFailed) == []
    return timeline


def undone(timeline: Timeline) -> UndoVerified:
    """The one proof, which was found before the container went."""
    (verified,) = timeline.all(UndoVerified)
    assert verified.exists is True
    return verified


@pytest.mark.parametrize("fault", ["freeze", "stop", "leak"])
def test_the_drill_is_killed(
    fault: str,
    drill_id: str,
    directory: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """The watchdog undoes the fault at once, and then all the rest."""
    with Child(DRILL, drill_id, directory, fault) as drill:
        drill.hears("armed")
        drill.hears("injected")
        killed = SystemClock().monotonic_ns()
        drill.kill(signal.SIGKILL)
        timeline = finished(directory)
    called = timeline.all(UndoCalled)[0]
    proof = undone(timeline)
    assert (proof.at_ns - killed) / NS < HARD_BOUND
    record_property("seconds_to_undo_begun", (called.at_ns - killed) / NS)
    record_property("seconds_to_undo_verified", (proof.at_ns - killed) / NS)


def test_the_watchdog_is_killed(drill_id: str, directory: Path) -> None:
    """The drill notices and stops with an error; what it leaves, the next one heals."""
    with Child(DRILL, drill_id, directory, "freeze") as drill:
        (watchdog,) = drill.hears("armed")
        drill.hears("injected")
        os.kill(int(watchdog), signal.SIGKILL)
        assert " ".join(drill.hears("noticed")).startswith("the watchdog died")
        assert drill.wait() == 3
    assert states(drill_id) == ["paused"]
    assert main(["heal", drill_id]) == 0
    undone(finished(directory))


def test_both_are_killed(
    drill_id: str,
    directory: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is left; the next run, or ``drills heal``, finds the drill and finishes it.

    On the drill's own engine, whichever one is in use by then.
    """
    with Child(DRILL, drill_id, directory, "stop") as drill:
        (watchdog,) = drill.hears("armed")
        drill.hears("injected")
        os.kill(int(watchdog), signal.SIGKILL)
        drill.kill(signal.SIGKILL)
    assert states(drill_id) == ["exited"]
    assert [entry.alive for entry in registry.entries()] == [False]
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("DOCKER_HOST", f"unix://{directory}/no-engine.sock")
        assert main(["heal", str(directory)]) == 0
    out = capsys.readouterr().out
    assert f"drill {drill_id} ({directory}): start drill-{drill_id}-app-1" in out
    undone(finished(directory))


def test_a_drill_whose_entry_is_lost_is_found_by_its_label(drill_id: str, directory: Path) -> None:
    """A frozen container is thawed and removed, with its network; by its label alone."""
    smallstack.up(drill_id)
    client = APIClient()
    client.create_network(f"drill-{drill_id}_x", labels={DRILL_LABEL: drill_id})
    client.pause(f"drill-{drill_id}-app-1")
    client.close()
    ground = on_docker()
    names = [f"container drill-{drill_id}-app-1", f"network drill-{drill_id}_x"]
    assert sorted(ground.drills()[drill_id].names) == names
    ground.clear(registry.project_of(drill_id), drill_id)
    assert leftovers(drill_id) == []
    assert drill_id not in ground.drills()


def test_a_stack_that_was_started_by_hand_is_nobodys_leftover(drill_id: str) -> None:
    """It carries the label ``none``, and neither search nor sweep sees it."""
    smallstack.up(drill_id, label="none")
    ground = on_docker()
    assert "none" not in ground.drills()
    ground.clear("none", "none")
    client = APIClient()
    try:
        name = f"drill-{drill_id}-app-1"
        assert client.inspect_container(name)["State"]["Running"]
    finally:
        client.remove_container(name, force=True)
        client.close()
