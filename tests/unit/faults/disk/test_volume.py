"""A volume that is filled: by one file of the injection's own, and never anybody else's volume."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import VolumeFilled
from drills.faults.disk import LARGEST
from drills.faults.target import Target
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultCalled, FaultEffective, FaultIntended
from drills.stack.abilities import Ability
from drills.stack.volumes import Filling
from drills.units import MIB
from tests.doubles.bench import Bench

REPLICA = Target("replica")


@pytest.fixture
def volume(bench: Bench) -> str:
    """The replica's volume of 64 MiB, 10 of which are used."""
    name = bench.runtime.volumes.add(bench.runtime.find("replica"), "data")
    bench.runtime.volumes.use(name, 10 * MIB)
    return name


def fill(bench: Bench, rest: int = 0) -> str:
    (injection,) = bench.injector().inject(VolumeFilled("data", rest), REPLICA, "d")
    return injection


@pytest.mark.parametrize("rest", [0, 2 * MIB])
def test_no_more_is_free_than_is_to_be_left(bench: Bench, volume: str, rest: int) -> None:
    """Which the volume itself says, and what was free before is free again."""
    injection = fill(bench, rest)
    filled = Filling(there=True, free=rest, inodes=1000)
    assert bench.runtime.volumes.filling(volume, injection) == filled
    called, effective = bench.event(FaultCalled), bench.event(FaultEffective)
    assert called.at_ns <= effective.low_ns <= effective.high_ns
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    cleared = Filling(there=False, free=54 * MIB, inodes=1000)
    assert bench.runtime.volumes.filling(volume, injection) == cleared


def test_its_undo_names_the_volume_and_survives_the_journal(bench: Bench, volume: str) -> None:
    """Another process finds it by the engine's name, and the file by its mark."""
    injection = fill(bench, MIB)
    (intended,) = bench.on_disk(FaultIntended)
    undo = Undo.from_data(intended.undo)
    assert undo.place.volume == volume
    assert undo.arguments == {"mark": injection, "rest": str(MIB)}
    assert (intended.label, intended.colour) == ("volume full", "disk")
    path = f"$(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})/.drill-{injection}"
    assert path in typed(VolumeFilled("data").by_hand, undo)


@pytest.mark.parametrize("how", ["restart", "stop", "kill"])
def test_a_service_that_ended_of_it_is_started_once_there_is_room(
    bench: Bench, volume: str, how: str
) -> None:
    """The file outlives the server, and is removed all the same."""
    injection = fill(bench)
    replica = bench.runtime.find("replica")
    getattr(bench.runtime, how)(replica)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.state(replica).running
    assert not bench.runtime.volumes.filling(volume, injection).there


def test_a_container_that_is_gone_leaves_its_volume_to_be_cleared(
    bench: Bench, volume: str
) -> None:
    """Volumes outlive their containers."""
    injection = fill(bench)
    bench.runtime.vanish(bench.runtime.find("replica"))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert not bench.runtime.volumes.has(volume, injection)


def test_a_file_that_vanished_meanwhile_is_no_trouble(bench: Bench, volume: str) -> None:
    """Nor is a volume that did."""
    bench.runtime.volumes.lose(volume, fill(bench))
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    fill(bench)
    bench.runtime.volumes.vanish(volume)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""


def test_a_foreign_file_of_its_name_is_neither_taken_nor_removed(bench: Bench, volume: str) -> None:
    """The injection fails, and the undo leaves it where it is."""
    bench.runtime.volumes.put(volume, "d-1")
    with pytest.raises(InjectionFailed, match="File exists"):
        fill(bench)
    (done,) = bench.rollbacks.unwind(budget=5)
    assert done.problem == ""
    assert bench.runtime.volumes.has(volume, "d-1")


def test_a_filling_that_has_no_effect_is_a_failed_injection(bench: Bench, volume: str) -> None:
    """An engine that says yes and does nothing filled nothing."""
    bench.runtime.volumes.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that the volume is full"):
        fill(bench)
    assert bench.on_disk(FaultEffective) == []


def test_a_clearing_that_does_nothing_is_a_failed_undo(bench: Bench, volume: str) -> None:
    """And a person is told what to type."""
    fill(bench)
    bench.runtime.volumes.deaf = True
    (done,) = bench.rollbacks.unwind(budget=1)
    assert f"{{{{.Mountpoint}}}}' {volume})/.drill-d-1".replace("{{{{", "{{") in done.problem


@pytest.mark.parametrize(
    ("made", "rest", "why"),
    [
        ({"drill": ""}, 0, "expected a volume that this drill made, fake_data is of nobody known"),
        ({"drill": "e"}, 0, "expected a volume that this drill made, fake_data is of e"),
        ({"strangers": ("shop-db",)}, 0, "also mounted by shop-db, which is not this drill's"),
        ({"limit": 0}, 0, "has no limit of its own: its host would run full. Hint: driver_opts"),
        ({"limit": LARGEST + 1}, 0, "has 1024 MiB: its host would run full"),
        ({}, 64 * MIB, "expected to leave less free than the 67108864 bytes"),
    ],
)
def test_what_is_not_to_be_filled_is_left_alone(
    bench: Bench, made: dict[str, object], rest: int, why: str
) -> None:
    """Before anything is done or armed."""
    bench.runtime.volumes.add(bench.runtime.find("replica"), "data", **made)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match=why):
        fill(bench, rest)
    assert bench.on_disk(FaultIntended) == []


def test_a_volume_that_it_does_not_mount_is_an_error_with_those_it_does(
    bench: Bench, volume: str
) -> None:
    """By the compose file's names."""
    with pytest.raises(PlanError, match=r"fake-replica-1 \(data\), got 'wal'"):
        bench.injector().inject(VolumeFilled("wal"), REPLICA, "d")


def test_a_machine_without_helpers_is_no_fault_of_the_plan(bench: Bench, volume: str) -> None:
    """So the drill is inconclusive there, and may be met elsewhere."""
    bench.runtime.lacking[Ability.VOLUMES] = "no program for it"
    with pytest.raises(InjectionFailed, match="no program for it; nothing was done"):
        fill(bench)
