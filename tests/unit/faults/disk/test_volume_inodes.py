"""The inodes of a volume are used up by empty files of the injection's own, and given back."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import InodesUsedUp
from drills.faults.disk import MOST_INODES
from drills.faults.target import Target
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultEffective, FaultIntended
from tests.doubles.bench import Bench

REPLICA = Target("replica")


@pytest.fixture
def volume(bench: Bench) -> str:
    """The replica's volume, which holds a thousand files."""
    return bench.runtime.volumes.add(bench.runtime.find("replica"), "data")


def use_up(bench: Bench) -> str:
    (injection,) = bench.injector().inject(InodesUsedUp("data"), REPLICA, "d")
    return injection


def undone(bench: Bench) -> str:
    (done,) = bench.rollbacks.unwind(budget=5)
    return done.problem


def test_no_file_can_be_made_until_they_are_given_back(bench: Bench, volume: str) -> None:
    """Which the volume itself says; there is as much room as before."""
    before = bench.runtime.volumes.filling(volume, "")
    injection = use_up(bench)
    now = bench.runtime.volumes.filling(volume, injection)
    assert (now.there, now.inodes, now.free) == (True, 0, before.free)
    assert bench.event(FaultEffective).low_ns <= bench.event(FaultEffective).high_ns
    assert undone(bench) == ""
    assert bench.runtime.volumes.filling(volume, injection) == before


def test_its_undo_names_the_folder_and_survives_the_journal(bench: Bench, volume: str) -> None:
    """What a person would type does both."""
    injection = use_up(bench)
    (intended,) = bench.on_disk(FaultIntended)
    undo = Undo.from_data(intended.undo)
    assert (undo.place.volume, undo.arguments) == (volume, {"mark": injection})
    folder = f"$(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})/.drill-{injection}-inodes"
    assert folder in typed(InodesUsedUp("data").by_hand, undo)


@pytest.mark.parametrize("how", ["stop", "kill", "lose", "vanish"])
def test_what_ended_or_went_meanwhile_is_no_trouble(bench: Bench, volume: str, how: str) -> None:
    """A service that ended of it runs again; files, and volumes, that somebody removed are gone."""
    injection = use_up(bench)
    replica = bench.runtime.find("replica")
    if how == "lose":
        bench.runtime.volumes.lose(volume, injection)
    elif how == "vanish":
        bench.runtime.volumes.vanish(volume)
    else:
        getattr(bench.runtime, how)(replica)
    assert undone(bench) == ""
    assert bench.runtime.state(replica).running


def test_an_engine_that_does_nothing_is_found_out(bench: Bench, volume: str) -> None:
    """Neither effect nor undo is believed without being read back."""
    bench.runtime.volumes.deaf = True
    with pytest.raises(InjectionFailed, match="it is read back that no inode is free"):
        use_up(bench)
    bench.runtime.volumes.deaf = False
    bench.rollbacks.unwind(budget=1)
    use_up(bench)
    bench.runtime.volumes.deaf = True
    assert "rm -rf" in undone(bench)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"drill": "e"}, "expected a volume that this drill made, fake_data is of e"),
        ({"strangers": ("shop-db",)}, "also mounted by shop-db, which is not this drill's"),
        ({"inodes": 0}, f"holds at most {MOST_INODES} files, fake_data has no limit of its own"),
        ({"inodes": MOST_INODES + 1}, f"fake_data has {MOST_INODES + 1}"),
    ],
)
def test_what_others_would_miss_is_left_alone(
    bench: Bench, made: dict[str, object], why: str
) -> None:
    """Before anything is done or armed."""
    bench.runtime.volumes.add(bench.runtime.find("replica"), "data", **made)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match=why):
        use_up(bench)
    assert bench.on_disk(FaultIntended) == []
