"""A disk is slow for one container by a limit of that container's, read back and taken away."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import DiskSlow
from drills.faults.target import Target
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultEffective, FaultIntended
from drills.stack.abilities import Ability
from drills.testing.fake_disks import DISK
from tests.doubles.bench import Bench

REPLICA = Target("replica")
SLOW = DiskSlow("wal", 2)


@pytest.fixture
def volume(bench: Bench) -> str:
    """The replica's volume, on a disk."""
    return bench.runtime.volumes.add(bench.runtime.find("replica"), "wal", limit=0)


def slow_down(bench: Bench) -> str:
    (injection,) = bench.injector().inject(SLOW, REPLICA, "d")
    return injection


def writes(bench: Bench) -> int:
    return bench.runtime.disks.writes(bench.runtime.find("replica"), DISK)


def undone(bench: Bench) -> str:
    (done,) = bench.rollbacks.unwind(budget=5)
    return done.problem


@pytest.mark.parametrize("before", [0, 100])
def test_it_is_allowed_what_it_was_before(bench: Bench, volume: str, before: int) -> None:
    """Whether there was a limit or none."""
    bench.runtime.disks.limit_writes(bench.runtime.find("replica"), DISK, before)
    slow_down(bench)
    assert writes(bench) == 2
    assert bench.event(FaultEffective).low_ns <= bench.event(FaultEffective).high_ns
    assert undone(bench) == ""
    assert writes(bench) == before


def test_its_undo_survives_the_journal(bench: Bench, volume: str) -> None:
    """With the disk and what was allowed, and what a person would type to do it."""
    slow_down(bench)
    (intended,) = bench.on_disk(FaultIntended)
    undo = Undo.from_data(intended.undo)
    assert undo.arguments == {"disk": DISK, "writes": "0", "to": "2"}
    assert undo.place.volume == volume
    line = typed(SLOW.by_hand, undo)
    assert "echo '254:0 2' >" in line
    assert "echo '254:0 wiops=2' >" in line
    assert "{{.State.Pid}}" in line


@pytest.mark.parametrize("how", ["stop", "kill", "restart", "pause", "vanish"])
def test_what_ended_or_began_anew_meanwhile_is_no_trouble(
    bench: Bench, volume: str, how: str
) -> None:
    """Who was started anew has no limit; who does not run any more runs again, without one."""
    slow_down(bench)
    replica = bench.runtime.find("replica")
    getattr(bench.runtime, how)(replica)
    if how == "pause":
        bench.runtime.unpause(replica)
    assert undone(bench) == ""
    if how != "vanish":
        assert bench.runtime.state(replica).running
        assert writes(bench) == 0


def test_an_engine_that_does_nothing_is_found_out(bench: Bench, volume: str) -> None:
    """Neither effect nor undo is believed without being read back."""
    bench.runtime.disks.deaf = True
    with pytest.raises(InjectionFailed, match="read back that its writes to the disk are limited"):
        slow_down(bench)
    bench.runtime.disks.deaf = False
    bench.rollbacks.unwind(budget=1)
    slow_down(bench)
    bench.runtime.disks.deaf = True
    assert "docker restart" in undone(bench)


def test_a_machine_that_cannot_is_told_by_name(bench: Bench, volume: str) -> None:
    """Before anything is done or armed."""
    bench.runtime.lacking[Ability.DISKS] = "there is no blkio"
    with pytest.raises(InjectionFailed, match="slowed down, but there is no blkio"):
        slow_down(bench)
    assert bench.on_disk(FaultIntended) == []


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"drill": "e"}, "expected a volume that this drill made, fake_wal is of e"),
        ({"strangers": ("shop-db",)}, "also mounted by shop-db, which is not this drill's"),
    ],
)
def test_what_is_not_ours_is_left_alone(bench: Bench, made: dict[str, object], why: str) -> None:
    """Before anything is done or armed."""
    bench.runtime.volumes.add(bench.runtime.find("replica"), "wal", **made)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match=why):
        slow_down(bench)
    assert bench.on_disk(FaultIntended) == []


def test_what_would_not_be_slower_is_refused(bench: Bench, volume: str) -> None:
    """A volume in memory, and one whose disk takes no more anyway; nothing is armed."""
    bench.runtime.disks.limit_writes(bench.runtime.find("replica"), DISK, 2)
    with pytest.raises(PlanError, match=r"more than 2 writes a second, it is allowed 2"):
        slow_down(bench)
    bench.runtime.disks.in_memory.add(volume)
    with pytest.raises(PlanError, match="on tmpfs"):
        slow_down(bench)
    assert bench.on_disk(FaultIntended) == []


def test_the_file_tells_already_of_what_cannot_be() -> None:
    """A volume of a size lies in memory, and no writes at all are a frozen disk."""
    with pytest.raises(PlanError, match="wal lies in memory"):
        SLOW.foresee("replica", {"wal": 1024})
    with pytest.raises(PlanError, match="expected at least 1 write a second, got 0"):
        DiskSlow("wal", 0).foresee("replica", {"wal": 0})
    with pytest.raises(PlanError, match=r"a volume that the drill makes \(data\), got 'wal'"):
        SLOW.foresee("replica", {"data": 0})
    SLOW.foresee("replica", {"wal": 0})
