"""A real volume that is filled: who gets no space, what is removed, and what is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drills.errors import EngineError, PlanError
from drills.faults import InodesUsedUp, VolumeFilled
from drills.stack.abilities import Ability
from drills.stack.runtime import Container
from drills.units import MIB
from tests.contract.faulted import Faulted

pytestmark = pytest.mark.engine
SIZED = {"type": "tmpfs", "device": "tmpfs", "o": "size=8m,mode=700,uid=1000"}


class Shelf(Faulted):
    """One service with one volume, and what injects into it."""

    name = ""  # the volume's, to the engine

    def up(
        self, options: dict[str, str] | None = None, drill: str = "", *, bind: str = ""
    ) -> Container:
        """Start the service, by a user who is not root, with a volume or a folder at /data."""
        self.name = "" if bind else self.volume("data", options or SIZED, drill=drill)
        return self.beside("db", bind or self.name)

    def beside(self, service: str, source: str, drill: str = "") -> Container:
        """A container, of this drill or another, that has it at /data."""
        binds = [f"{source}:/data"]
        return self.add(service, user="1000", drill=drill, binds=binds, cap_drop=["ALL"])

    def write(self, container: Container, name: str, size: str = "4k") -> str:
        """What comes of writing a file: "" where it fits."""
        line = f"head -c {size} /dev/zero >/data/{name}"
        done = self.runtime.execute(container, ["sh", "-c", line])
        return "" if done.exit_code == 0 else done.output.decode().strip()

    def files(self, container: Container) -> list[str]:
        """The names of all that is in it."""
        return self.run(container, "ls", "-A", "/data").split()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """All of it is removed afterwards."""
    with closing(Shelf(tmp_path / "journal", "db")) as shelf:
        yield shelf


def test_what_is_written_there_fails_until_it_is_undone(shelf: Shelf) -> None:
    """With the kernel's own words; what was there stays, and so does what else fits."""
    db = shelf.up()
    assert shelf.write(db, "kept", "1M") == ""
    injection = shelf.inject(VolumeFilled("data"), "db")
    assert "No space left on device" in shelf.write(db, "new")
    shelf.undo()
    assert not shelf.runtime.volumes.filling(shelf.name, injection).there
    assert shelf.write(db, "new", "6M") == ""
    assert shelf.files(db) == ["kept", "new"]
    assert shelf.helpers() == []


def test_a_rest_is_left_free(shelf: Shelf) -> None:
    """So much still fits, and no more."""
    db = shelf.up()
    shelf.inject(VolumeFilled("data", 2 * MIB), "db")
    assert shelf.write(db, "fits", "1M") == ""
    assert "No space left on device" in shelf.write(db, "does-not", "2M")
    shelf.effect()
    shelf.undo()


def test_without_inodes_no_file_is_made_and_others_grow(shelf: Shelf) -> None:
    """Also where somebody who is not root cleaned up meanwhile; then as many as before fit."""
    db = shelf.up({**SIZED, "o": "size=8m,nr_inodes=100,mode=0777"})
    assert shelf.write(db, "kept", "4k") == ""
    before = shelf.runtime.volumes.filling(shelf.name, "")
    injection = shelf.inject(InodesUsedUp("data"), "db")
    assert "No space left on device" in shelf.write(db, "new")
    assert shelf.write(db, "kept", "1M") == ""
    shelf.run(db, "sh", "-c", "rm /data/.drill-*/1*")
    assert shelf.write(db, "new") == ""
    shelf.effect()
    shelf.undo()
    assert shelf.files(db) == ["kept", "new"]
    assert shelf.runtime.volumes.filling(shelf.name, injection).inodes == before.inodes - 1
    shelf.inject(InodesUsedUp("data"), "db")
    shelf.remove(db)
    shelf.undo()
    assert shelf.helpers() == []


def test_a_volume_that_holds_any_number_of_files_is_left_alone(shelf: Shelf) -> None:
    """Its inodes are the host's memory."""
    shelf.up()
    with pytest.raises(PlanError, match="has no limit of its own"):
        shelf.inject(InodesUsedUp("data"), "db")
    assert shelf.intended() == []


@pytest.mark.parametrize(
    "how", [pytest.param("stop", marks=pytest.mark.thorough), "gone", "volume"]
)
def test_what_went_meanwhile_is_no_trouble(shelf: Shelf, how: str) -> None:
    """A container that stopped runs again; one that is gone, with its volume or not, is undone."""
    db = shelf.up()
    injection = shelf.inject(VolumeFilled("data"), "db")
    if how == "stop":
        shelf.runtime.stop(db, 0)
    else:
        shelf.remove(db)
    if how == "volume":
        shelf.client.remove_volume(shelf.name)
    shelf.undo()
    assert not shelf.runtime.volumes.filling(shelf.name, injection).there
    if how == "stop":
        assert shelf.write(db, "new") == ""


def test_the_file_stays_while_somebody_holds_the_volume_and_is_cleared(shelf: Shelf) -> None:
    """Though the target is gone, and the volume with all in it is not."""
    db = shelf.up()
    shelf.beside("reader", shelf.name)
    injection = shelf.inject(VolumeFilled("data"), "db")
    shelf.remove(db)
    assert shelf.runtime.volumes.filling(shelf.name, injection).there
    shelf.undo()
    assert not shelf.runtime.volumes.filling(shelf.name, injection).there


def test_only_its_own_file_is_removed(shelf: Shelf) -> None:
    """Another one of its name, and one that is gone already, are left as they are."""
    db = shelf.up()
    volumes = shelf.runtime.volumes
    shelf.write(db, ".drill-mark")
    with pytest.raises(EngineError, match="File exists"):
        volumes.fill(shelf.name, "mark", 0)
    volumes.clear(shelf.name, "mark")
    assert shelf.files(db) == [".drill-mark"]
    volumes.fill(shelf.name, "other", 0)
    for _ in range(2):
        volumes.clear(shelf.name, "other")
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
        shelf.beside("guest", shelf.name, "another")
    with pytest.raises(PlanError, match=why):
        shelf.inject(VolumeFilled("data"), "db")
    assert shelf.intended() == []
