"""A file of the configuration that is changed for a while, and who has read it meanwhile.

The instances of a service share it and read it when they start. So whoever was started between the
change and its end runs with what was changed, and is started anew once the file is put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from drills.errors import EngineError, PlanError, UnknownTarget
from drills.faults.fault import Colour, OfContainer
from drills.faults.process import start
from drills.faults.undo import Operation, Place, Undo
from drills.stack.configuration import Held
from drills.stack.runtime import Container, Runtime


def held(runtime: Runtime, undo: Undo) -> Held | None:
    """The file as it is now, None where it is gone."""
    return runtime.configuration.held(undo.arguments["path"], undo.arguments["mark"])


def as_before(now: Held, undo: Undo) -> bool:
    """Whether it holds what it held, and whoever could read it can."""
    before = undo.arguments
    return (now.digest, now.mode) == (before["digest"], int(before["mode"], 8))


def put_back(runtime: Runtime, undo: Undo) -> bool:
    """Whether there was anything to put back. The undo's arguments say what it was."""
    before = undo.arguments
    return runtime.configuration.put_back(
        before["path"], before["mark"], before["digest"], int(before["mode"], 8)
    )


def misled(runtime: Runtime, container: Container, now: Held) -> bool:
    """Whether it was started last while the file was changed."""
    started = datetime.fromisoformat(runtime.state(container).started_at)
    started_ns = round(started.timestamp() * 1_000_000) * 1000
    return bool(now.kept_ns) and now.kept_ns <= started_ns <= now.written_ns


def _restore(runtime: Runtime, undo: Undo) -> None:
    """Put the file back, then have all run with it again."""
    put_back(runtime, undo)
    now = held(runtime, undo)
    for container in _instances(runtime, undo):
        if now is not None and misled(runtime, container, now):
            runtime.unpause(container)
            runtime.restart(container)
    if undo.before.get("status") == "running":
        start(runtime, undo)


def _restored(runtime: Runtime, undo: Undo) -> bool:
    now = held(runtime, undo)
    if now is None:
        return True
    found = [misled(runtime, container, now) for container in _instances(runtime, undo)]
    return as_before(now, undo) and not any(found)


def _instances(runtime: Runtime, undo: Undo) -> Iterator[Container]:
    """The target and the others of its service, as far as they are still there."""
    for container in runtime.containers(undo.container.service):
        with suppress(UnknownTarget):
            runtime.state(container)
            yield container


BY_HAND = "put {path} back as it was (its copy is {mark}-* in kept, two folders up), then "
OPERATIONS: Mapping[str, Operation] = {
    "restore-file": Operation(
        _restore,
        _restored,
        "as before, its file too, and nobody runs with what was in it",
        f"{BY_HAND}docker restart {{container}}",
    ),
}


class OfFile(OfContainer):
    """A fault by a file that the service reads when it starts.

    ``file`` is its name, or its path inside the container; "" for the one ``.env`` file.
    """

    __slots__ = ()
    colour: ClassVar[Colour] = Colour.APPLICATION
    needs: ClassVar[tuple[str, ...]] = (
        "a file of the manifest's configuration folder, whose copy the service mounts",
    )
    file: str

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The drill's own copy of the file, as it is. Raises PlanError where there is none."""
        path = runtime.configuration.find(place.container.id, self.file)
        now = runtime.configuration.held(path, "none")
        if now is None:
            raise PlanError(f"expected the file {path}, it is gone")
        return replace(place, found={"path": path, "digest": now.digest, "mode": f"{now.mode:o}"})

    def undo(self, place: Place, injection: str) -> Undo:
        """Put it back, and start whoever has read it meanwhile anew."""
        return Undo("restore-file", place, {"mark": injection or "none", **place.found})

    def restarted(self, runtime: Runtime, place: Place) -> None:
        """Have the service read it, whatever comes of that."""
        with suppress(EngineError):  # an engine may say that it did not start
            runtime.restart(place.container)
