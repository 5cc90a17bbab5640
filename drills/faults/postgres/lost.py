"""A server whose data is gone: a replica that lost it, a primary lost with its machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import EngineError
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import NO, YES, answer, ask, reached
from drills.faults.postgres.database import OfDatabase, run_again
from drills.faults.postgres.settings import STREAMS
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.stack.abilities import Ability
from drills.stack.folders import Folder, beside
from drills.stack.runtime import DRILL_LABEL, Container, Runtime

WHERE = Statement("SELECT current_setting('data_directory')")
STANDBY = Statement("SELECT pg_is_in_recovery()")


def _folder(undo: Undo) -> tuple[Folder, str]:
    """The folder, and the mark under which it is aside."""
    return Folder(undo.place.volume, undo.arguments["folder"]), undo.arguments["mark"]


def _gone(runtime: Runtime, undo: Undo) -> bool:
    """Whether the data was set aside, and nothing runs on it any more."""
    there = runtime.folders.aside(*_folder(undo)).there
    return there and not runtime.state(undo.container).running


def _put_back(runtime: Runtime, undo: Undo) -> None:
    """Put the data back, unless there is other data by now, and have the server run."""
    runtime.folders.put_back(*_folder(undo))
    run_again(runtime, undo)


def _back(runtime: Runtime, undo: Undo, kinds: Sequence[str]) -> bool:
    """Whether a server of these kinds answers, and nothing is aside; what was replaced is removed.

    A server that was copying the primary when its data came back ends: it is started once more.
    """
    aside = runtime.folders.aside(*_folder(undo))
    if aside.there and not aside.replaced:
        _put_back(runtime, undo)
        return False
    there = reached(runtime, undo)
    if not runtime.state(there).running:
        run_again(runtime, undo)
        return False
    with suppress(EngineError):
        if aside.there:
            runtime.execute(there, ["rm", "-rf", undo.arguments["aside"]])
            return False
        return answer(ask(runtime, undo, STANDBY())) in kinds
    return False


_BY_HAND = (
    "cd $(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})"
    " && mv -nT {hidden} {folder}; docker start {container}"
)


OPERATIONS: Mapping[str, Operation] = {
    "put-data-back": Operation(
        _put_back,
        lambda runtime, undo: _back(runtime, undo, [YES]),
        "a standby that answers, with its data as before or copied anew",
        _BY_HAND,
    ),
    "bring-machine-back": Operation(
        _put_back,
        lambda runtime, undo: _back(runtime, undo, [YES, NO]),
        "a server that answers, with its data; a standby, where another was promoted meanwhile",
        _BY_HAND,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _DataLost(OfDatabase):
    """A server whose data is set aside, and which is killed then."""

    operation: ClassVar[str]
    asks: ClassVar[tuple[Ability, ...]] = (Ability.VOLUMES,)
    needs: ClassVar[tuple[str, ...]] = (
        *OfDatabase.needs,
        "its data in a folder of a volume that the drill made",
    )
    effect: ClassVar[Effect] = ReadBack("the data is gone, and the server with it", _gone)
    by_hand: ClassVar[str] = (
        "cd $(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})"
        " && mv -nT {folder} {hidden}; docker kill {container}"
    )

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """It keeps its data on a volume of this drill. Raises PlanError."""
        found = OfDatabase.probe(self, runtime, place)
        container = place.container
        path = self._told(runtime, container, WHERE())
        folder = runtime.folders.kept(container, path)
        volume = runtime.volumes.mounted(container, folder.volume)
        drill = container.labels.get(DRILL_LABEL, "")
        if not drill or volume.drill != drill or volume.strangers:
            others = ", ".join(volume.strangers)
            whose = f"{others} mounts it too" if others else f"it is of {volume.drill or 'nobody'}"
            raise self._refused(
                container, "its data on a volume that this drill made", f"{volume.name}: {whose}"
            )
        return replace(found, volume=volume.name, found={"folder": folder.path, "path": path})

    def undo(self, place: Place, injection: str) -> Undo:
        """Put it back; where other data is there by now, remove it."""
        folder, path = (place.found.get(each, "") for each in ("folder", "path"))
        hidden, aside = beside(folder, injection), beside(path, injection)
        return self._undo(self.operation, place, mark=injection, hidden=hidden, aside=aside)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Set the data aside, then kill the server, which would not notice for a while."""
        runtime.folders.set_aside(Folder(place.volume, place.found["folder"]), injection)
        runtime.kill(place.container)
        return Applied(way="another name for its folder")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaDataLost(_DataLost):
    """A replica's data is gone, and its server with it; it does not start without.

    Nothing helps but to copy the primary anew. The folder of its data is only set aside, under
    another name on the same volume; it takes its room there until the fault is undone, and is
    removed then where there is other data by now.
    """

    phrase: ClassVar[str] = "a loss of all its data"
    kind: ClassVar[str] = "replica data lost"
    label: ClassVar[str] = "data lost"
    standby: ClassVar[bool | None] = True
    operation: ClassVar[str] = "put-data-back"

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """It streams. Raises PlanError where it does not."""
        if self._told(runtime, container, STREAMS()) != YES:
            raise self._refused(container, "a replica that streams", "it does not")
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryLost(_DataLost):
    """The primary's server dies with the machine that it is on: no start brings it back.

    Only a replica that is promoted can take its place. When the fault is undone the machine is
    back, with the data that the primary had, and its server is started. Where a replica was
    promoted meanwhile it must not be a primary again: whoever starts it has to have it follow the
    new one, as the reference's does by pg_rewind. The folder of its data is only set aside, under
    another name on the same volume; it is removed where there is other data by then.
    """

    phrase: ClassVar[str] = "a loss of its machine"
    kind: ClassVar[str] = "primary lost"
    label: ClassVar[str] = "machine lost"
    standby: ClassVar[bool | None] = False
    operation: ClassVar[str] = "bring-machine-back"
