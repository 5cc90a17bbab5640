"""What a drill leaves on this machine when its process dies, and the end of it.

Besides what carries its labels that is the compose command it ran and its private configuration.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from drills.clock import Clock, SystemClock
from drills.stack.engines.attachment import Attachment
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.engines.lease import Lease, Remains, remains_of
from drills.stack.engines.private import forget
from drills.stack.engines.sweep import NO_DRILL, sweep
from drills.stack.runtime import Runtime

LOOKS_AFTER_A_KILL = 10  # a tenth of a second apart: the engine may still finish what was asked
CLEAR_SECONDS = 60.0


class Ground(Protocol):
    """What cleaning up after a drill asks of engine and machine."""

    def ready(self) -> None:
        """Raise EngineError where no engine answers."""

    def runtime(self, project: str) -> Runtime:
        """The containers of a stack."""

    def visited(self, project: str, drill_id: str) -> Runtime:
        """The containers of a project of the team's that a drill visits."""

    def clear(self, project: str, drill_id: str) -> None:
        """Remove all that is left of a drill. Idempotent; raises StackError naming what stays."""

    def drills(self) -> Mapping[str, Remains]:
        """What this engine has of drills, dead or alive, by the drill's id."""


class DockerGround:
    """A container engine that speaks Docker's API, and this host. See ``Ground``."""

    def __init__(
        self, engine: str = "", *, allow_remote: bool = False, clock: Clock | None = None
    ) -> None:
        self._engine = Engine(engine, allow_remote=allow_remote)
        self._clock = clock or SystemClock()

    def ready(self) -> None:
        """Raise EngineError where no engine answers."""
        self._engine.version()

    def runtime(self, project: str) -> Runtime:
        """The containers of a stack."""
        return DockerRuntime(project, self._clock, engine=self._engine)

    def visited(self, project: str, drill_id: str) -> Runtime:
        """The containers of a project of the team's; helpers beside them get the drill's label."""
        attachment = Attachment(drill_id)
        return DockerRuntime(project, self._clock, engine=self._engine, attachment=attachment)

    def clear(self, project: str, drill_id: str) -> None:
        """Remove all that is left of a drill: processes, containers, networks, volumes, files.

        Its lease goes last: until then somebody cares for it.
        """
        looks = LOOKS_AFTER_A_KILL if end_processes(drill_id) else 1
        try:
            if drill_id not in ("", NO_DRILL):
                sweep(self._engine, drill_id, self._clock, looks=looks, within=CLEAR_SECONDS)
            self.lease(drill_id).end()
        finally:
            forget_configuration(project)

    def drills(self) -> Mapping[str, Remains]:
        """What this engine has of drills, dead or alive, by the drill's id."""
        return remains_of(self._engine)

    def lease(self, drill_id: str) -> Lease:
        """What shows on this engine that somebody cares for the drill."""
        return Lease(self._engine, drill_id)


def end_processes(drill_id: str) -> int:
    """Kill the compose commands of a drill; returns how many there were.

    They run in sessions of their own, so they outlive its process and go on creating containers.
    """
    ended = 0
    mark = f"DRILL_ID={drill_id}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # another user's, or gone by now
            pid = int(path.parent.name)
            if pid != os.getpid() and mark in path.read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)
                ended += 1
    return ended


def forget_configuration(project: str) -> None:
    """Remove the copies of the stack's configuration that its drill made for itself.

    Raises StackError where something of them stays.
    """
    for path in Path(tempfile.gettempdir()).glob(f"drills-{project}-*"):
        own = False
        with suppress(OSError):
            own = path.lstat().st_uid == os.getuid()
        if own:
            forget(path)
