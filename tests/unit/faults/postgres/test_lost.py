"""A server whose data is gone: it is set aside, put back, or removed where there is other data."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, InjectionFailed, PlanError
from drills.faults import PrimaryLost, ReplicaCutOff, ReplicaDataLost
from drills.faults.catalogue import operation_of
from drills.faults.undo import Undo, typed
from drills.journal.facts import FaultEffective, FaultIntended, UndoVerified
from drills.stack.abilities import Ability
from drills.stack.folders import Folder, beside
from drills.stack.runtime import Container, Executed
from tests.doubles.databases import Databases


@pytest.fixture
def kept(databases: Databases) -> Folder:
    """The standby's data on a volume of the drill; its server does not start without."""
    runtime, standby = databases.runtime, databases.standby
    folder = runtime.folders.keep(standby, "/data/pg", runtime.volumes.add(standby, "data"))
    runtime.starts(standby, lambda: None if runtime.folders.there(folder) else 1)
    return folder


def lose(databases: Databases) -> Undo:
    """The undo, as another process reads it from the journal."""
    databases.inject(ReplicaDataLost(), "standby")
    return Undo.from_data(databases.on_disk(FaultIntended)[-1].undo)


def test_the_data_is_gone_and_comes_back_as_it_was(databases: Databases, kept: Folder) -> None:
    """The server does not run without it; the undo is proven by what the server says."""
    lose(databases)
    assert not databases.runtime.folders.there(kept)
    assert not databases.runtime.state(databases.standby).running
    assert databases.event(FaultEffective).at_ns
    assert databases.undo() == ""
    assert databases.runtime.folders.there(kept)
    assert databases.runtime.state(databases.standby).running
    assert "a standby that answers" in databases.event(UndoVerified).proof


def test_what_was_copied_anew_stays_and_the_rest_is_removed(
    databases: Databases, kept: Folder
) -> None:
    """By the server's own user, inside its container."""
    runtime = databases.runtime
    undo = lose(databases)
    runtime.folders.make(kept)
    runtime.start(databases.standby)
    said: list[tuple[str, ...]] = []

    def removed(_: Container, line: tuple[str, ...]) -> Executed:
        said.append(line)
        runtime.folders.remove(kept, "d-1")
        return Executed(0, b"")

    runtime.answer("rm", with_=removed)
    assert databases.undo() == ""
    assert said == [("rm", "-rf", "/data/.drill-d-1")]
    assert undo.arguments["aside"] == "/data/.drill-d-1"
    assert runtime.folders.there(kept)


def test_a_copy_under_way_ends_and_the_data_is_put_back(databases: Databases, kept: Folder) -> None:
    """A server that dies of that is started once more."""
    runtime, standby = databases.runtime, databases.standby
    lose(databases)
    runtime.starts(standby, lambda: None)
    runtime.start(standby)
    runtime.clock.after(0.05, lambda: runtime.die(standby))
    assert databases.undo() == ""
    assert runtime.folders.there(kept)
    assert runtime.state(standby).running


def test_the_only_data_there_is_is_never_removed(databases: Databases, kept: Folder) -> None:
    """Where it could not be put back, though a server runs (one that copies its primary does)."""
    runtime, standby = databases.runtime, databases.standby
    lose(databases)
    runtime.starts(standby, lambda: None)
    runtime.start(standby)
    runtime.folders.deaf = True
    assert "By hand" in databases.undo(budget=0.5)
    said = [call.argument for call in runtime.calls if call.method == "execute"]
    assert not [line for line in said if isinstance(line, tuple) and line[0] == "rm"]
    assert runtime.folders.aside(kept, "d-1").there


def test_another_process_undoes_it_from_the_journal_and_twice(
    databases: Databases, kept: Folder
) -> None:
    """To undo it again changes nothing."""
    undo = lose(databases)
    assert undo.place.volume == kept.volume
    operation = operation_of(undo)
    for _ in range(2):
        operation.apply(databases.runtime, undo)
        assert operation.undone(databases.runtime, undo)
        assert databases.runtime.folders.there(kept)
    assert f"mv -nT .drill-d-1 {kept.path}" in operation.line(undo)
    assert f"mv -nT {kept.path} .drill-d-1" in typed(ReplicaDataLost().by_hand, undo)


def test_a_replica_that_is_gone_takes_its_data_along(databases: Databases, kept: Folder) -> None:
    """Nothing is left that could answer; what is on a volume that stayed is put back."""
    lose(databases)
    databases.runtime.vanish(databases.standby)
    assert databases.undo() == ""
    assert databases.runtime.folders.there(kept)
    assert "gone" in databases.event(UndoVerified).proof


def test_an_engine_that_says_yes_and_does_nothing_proves_nothing(
    databases: Databases, kept: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the fault nor its undo; a person is told what to type."""
    monkeypatch.setattr("drills.faults.injection.EFFECT_WITHIN", 0.5)
    databases.runtime.folders.deaf = True
    with pytest.raises(InjectionFailed, match="the data is gone, and the server with it"):
        databases.inject(ReplicaDataLost(), "standby")
    databases.runtime.folders.deaf = False
    assert databases.undo() == ""
    databases.inject(ReplicaDataLost(), "standby")
    databases.runtime.folders.deaf = True
    assert "By hand: cd $(docker volume inspect" in databases.undo(budget=0.5)


@pytest.mark.parametrize(
    ("sabotage", "why"),
    [
        ("layer", "it is in its own layer"),
        ("foreign", "expected its data on a volume that this drill made"),
        ("shared", "db-of-the-team mounts it too"),
        ("stands", "expected a replica that streams, it does not"),
        ("primary", "expected a standby, it is a primary"),
        ("unable", "expected a machine where a helper container can write into a volume"),
    ],
)
def test_data_that_could_not_be_put_back_is_left_alone(
    databases: Databases, kept: Folder, sabotage: str, why: str
) -> None:
    """Nor is a volume touched that is somebody else's, or a server that could tell nothing."""
    runtime, standby = databases.runtime, databases.standby
    if sabotage == "layer":
        databases.postgres.settings.alter(standby, "data_directory", "/elsewhere")
    elif sabotage == "foreign":
        runtime.volumes.add(standby, "x", drill="team")
        runtime.folders.keep(standby, "/data/pg", "x")
    elif sabotage == "shared":
        strangers = ("db-of-the-team",)
        shared = runtime.volumes.add(standby, "data", strangers=strangers)
        runtime.folders.keep(standby, "/data/pg", shared)
    elif sabotage == "stands":
        databases.postgres.settings.alter(standby, "primary_conninfo", "right")
        databases.inject(ReplicaCutOff(), "standby")
    elif sabotage == "unable":
        runtime.lacking[Ability.VOLUMES] = "no helper starts"
    with pytest.raises((PlanError, InjectionFailed, EngineError), match=why):
        databases.inject(ReplicaDataLost(), "db" if sabotage == "primary" else "standby")
    assert "replica data lost" not in [one.fault for one in databases.on_disk(FaultIntended)]
    assert runtime.folders.there(kept)


@pytest.mark.parametrize(("path", "aside"), [("data", ".drill-m"), ("17/data", "17/.drill-m")])
def test_it_is_set_aside_beside_itself(path: str, aside: str) -> None:
    """On the same volume, so that it takes no time and no room."""
    assert beside(path, "m") == aside


class TestPrimaryLost:
    @pytest.fixture
    def kept(self, databases: Databases) -> Folder:
        """The primary's data on a volume of the drill; its server does not start without."""
        runtime, db = databases.runtime, databases.db
        folder = runtime.folders.keep(db, "/data/pg", runtime.volumes.add(db, "data"))
        runtime.starts(db, lambda: None if runtime.folders.there(folder) else 1)
        return folder

    @pytest.mark.parametrize("promoted", [False, True])
    def test_no_start_brings_it_back_until_its_machine_is(
        self, databases: Databases, kept: Folder, *, promoted: bool
    ) -> None:
        """As a primary, or as a replica of who was promoted meanwhile: its data is there."""
        runtime, db = databases.runtime, databases.db
        databases.inject(PrimaryLost(), "db")
        runtime.start(db)
        assert (runtime.state(db).status, runtime.state(db).exit_code) == ("exited", 1)
        assert databases.event(FaultEffective).at_ns
        if promoted:
            databases.postgres.follow("db")
        assert databases.undo() == ""
        assert runtime.folders.there(kept)
        assert runtime.state(db).running
        assert "a server that answers, with its data" in databases.event(UndoVerified).proof

    def test_a_standby_is_no_primary(self, databases: Databases) -> None:
        """It has a fault of its own."""
        with pytest.raises(PlanError, match="expected a primary, it is a standby"):
            databases.inject(PrimaryLost(), "standby")
        assert databases.on_disk(FaultIntended) == []
