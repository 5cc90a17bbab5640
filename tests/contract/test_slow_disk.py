"""A real disk that is slow for one container: who waits for it, who does not, and its end."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.faults import DiskSlow
from drills.stack.abilities import Ability
from drills.stack.runtime import Container
from tests.contract.faulted import PYTHON, Faulted

pytestmark = pytest.mark.engine
TIMES = 6
# Milliseconds for each time that a page was written and is safely on the disk.
PROGRAM = """
import os, sys, time
file = os.open("/data/" + sys.argv[1], os.O_RDWR | os.O_CREAT)
for _ in range(int(sys.argv[2])):
    began = time.monotonic()
    os.pwrite(file, os.urandom(8192), 0)
    os.fsync(file)
    print((time.monotonic() - began) * 1000)
"""


class Store(Faulted):
    """Services that write to volumes on the engine's own disk."""

    def up(self, service: str, volume: str) -> Container:
        """One that has the volume at /data, and nothing else that is worth a word."""
        return self.add(service, image=PYTHON, user="0", binds=[f"{volume}:/data"])

    def written(self, container: Container, name: str, times: int = TIMES) -> float:
        """How many milliseconds it takes it, half of the time, to be sure of a page."""
        said = self.run(container, "python3", "-c", PROGRAM, name, str(times))
        return statistics.median(float(line) for line in said.splitlines())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """All of it is removed afterwards."""
    with closing(Store(tmp_path / "journal", "db", "tmpfs")) as store:
        yield store


def test_it_waits_and_its_neighbour_on_the_same_disk_does_not(store: Store) -> None:
    """Until it is undone, also where that is called for twice, and where it was started anew."""
    data = store.volume("data", {})
    db, neighbour = store.up("db", data), store.up("neighbour", store.volume("other", {}))
    if lacking := store.runtime.lacks(Ability.DISKS, db):
        pytest.fail(f"this machine cannot slow a disk down: {lacking}")
    disk = store.runtime.disks.under(data)
    store.inject(DiskSlow("data", 4), "db")
    low, high = store.effect()
    assert low < high
    slow, beside = store.written(db, "page"), store.written(neighbour, "page")
    assert slow > 200
    assert beside < slow / 4
    assert store.runtime.disks.writes(neighbour, disk) == 0
    store.undo()
    assert store.written(db, "page") < slow / 4
    store.inject(DiskSlow("data", 4), "db")
    store.runtime.restart(db, 0)
    assert store.runtime.disks.writes(db, disk) == 0
    store.undo()
    store.inject(DiskSlow("data", 4), "db")
    store.remove(db)
    store.undo()
    assert store.helpers() == []


def test_a_volume_in_memory_has_no_disk(store: Store) -> None:
    """So nothing is limited, and nothing armed."""
    memory = store.volume("data", {"type": "tmpfs", "device": "tmpfs", "o": "size=8m"})
    store.up("tmpfs", memory)
    with pytest.raises(PlanError, match="is on tmpfs: that has none"):
        store.inject(DiskSlow("data"), "tmpfs")
    assert store.intended() == []
