"""On a real engine: a drill's lease, and neighbours that see nothing of its process."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import APIClient

from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.guard import Guard
from drills.lifecycle.watchdog.heal import on_docker
from drills.stack.engines.engine import Engine
from drills.stack.engines.lease import LEASE_SECONDS, Lease, remains_of
from drills.wait import until
from tests.doubles.processes import ROOT, Child
from tests.paper.test_killed import DRILL, finished, states

pytestmark = pytest.mark.engine

HEAL = "from drills.cli import main; raise SystemExit(main(['heal']))"


@pytest.fixture
def drill_id() -> Iterator[str]:
    """A drill's id; nothing of it is left afterwards, whatever the test did."""
    chosen = secrets.token_hex(4)
    yield chosen
    on_docker().clear(registry.project_of(chosen), chosen)


def test_there_is_one_lease_and_the_engine_dates_it(drill_id: str) -> None:
    """Renewed, it is another one; ended, there is none."""
    engine = Engine()
    lease = Lease(engine, drill_id)
    lease.renew()
    first = remains_of(engine)[drill_id]
    lease.renew()
    second = remains_of(engine)[drill_id]
    assert (len(first.leases), len(second.leases)) == (1, 1)
    assert first.leases.keys() != second.leases.keys()
    assert first.youngest is None
    assert all(
        0 <= age < LEASE_SECONDS for age in (*first.leases.values(), *second.leases.values())
    )
    lease.end()
    lease.end()
    assert drill_id not in remains_of(engine)


def healed_elsewhere(state: Path, *line: str) -> subprocess.CompletedProcess[str]:
    """What ``drills heal`` says where nothing of this machine's drills is seen."""
    return subprocess.run(
        [*line, sys.executable, "-c", HEAL],
        cwd=ROOT,
        env={**os.environ, "DRILLS_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.alone  # who heals removes whatever looks like a dead drill's
@pytest.mark.parametrize("namespaces", [(), ("unshare", "--net")])
def test_a_neighbour_who_heals_touches_nothing_of_a_running_drill(
    namespaces: tuple[str, ...], drill_id: str, tmp_path: Path
) -> None:
    """With another state directory, and from a network namespace of its own, as CI jobs run."""
    directory = tmp_path / "reports" / f"20260101T000000Z-small-{drill_id}"
    with Child(DRILL, drill_id, directory, "freeze") as drill:
        drill.hears("armed")
        drill.hears("injected")
        before = sorted(remains_of(Engine())[drill_id].names)
        told = healed_elsewhere(tmp_path / "other-state", *namespaces)
        assert states(drill_id) == ["paused"]
        assert len(before) == len(remains_of(Engine())[drill_id].names)
        assert f"drill {drill_id} is left as it is" in told.stdout
        assert told.returncode in (0, 75), told.stderr  # 75: another one's is to be asked for again
        drill.kill(signal.SIGKILL)
        finished(directory)
    until(lambda: drill_id not in remains_of(Engine()), awaited="no lease is left", within=30)


def test_the_lease_is_there_before_the_drill_begins(drill_id: str, tmp_path: Path) -> None:
    """Before its first container; and it goes with the watchdog."""
    guards = """
        import sys, time
        from pathlib import Path
        from drills.stack.engines.engine import Engine
        from drills.lifecycle.watchdog.guard import Guard
        drill, folder = sys.argv[1], Path(sys.argv[2])
        guard = Guard(drill, folder, "drill-" + drill, engine=Engine().target)
        guard.check()
        say("armed")
        while not (folder / "seen").exists():
            time.sleep(0.02)
        guard.end(clean=True)
        say("ended", guard.left)
    """
    directory = tmp_path / "drill"
    directory.mkdir()
    with Child(guards, drill_id, directory) as drill:
        drill.hears("armed")
        assert len(remains_of(Engine())[drill_id].leases) == 1
        (directory / "seen").touch()
        assert drill.hears("ended") == []
    assert drill_id not in remains_of(Engine())


def test_it_goes_with_the_drill_where_the_watchdog_was_killed(
    drill_id: str, tmp_path: Path
) -> None:
    """The drill removes it in its stead, once nothing else is left."""
    engine = Engine()
    guard = Guard(drill_id, tmp_path / "drill", f"drill-{drill_id}", engine=engine.target)
    guard.check()
    assert len(remains_of(engine)[drill_id].leases) == 1
    os.kill(guard.watchdog.pid, signal.SIGKILL)
    guard.end(clean=True)
    assert guard.left == ""
    assert drill_id not in remains_of(engine)


def test_a_volume_of_the_drill_tells_its_age(drill_id: str) -> None:
    """As containers and networks do; all by the engine's clock."""
    client = APIClient()
    client.create_volume(f"drill-{drill_id}_data", labels={"incident-drills.drill": drill_id})
    client.create_network(f"drill-{drill_id}_x", labels={"incident-drills.drill": drill_id})
    client.close()
    found = remains_of(Engine())[drill_id]
    assert sorted(found.names) == [f"network drill-{drill_id}_x", f"volume drill-{drill_id}_data"]
    assert found.youngest is not None
    assert 0 <= found.youngest < LEASE_SECONDS
