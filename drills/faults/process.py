"""Faults of a whole container: it stops, dies, freezes, or restarts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied
from drills.faults.rollback import Undo
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime

OWN = "its own"  # a grace that the service itself declares, as compose's stop_grace_period


class _Death:
    """What takes a container down: the engine tells of a signal, and of the end that it brought."""

    __slots__ = ()
    effect: ClassVar[frozenset[str]] = frozenset({"die"})
    begun: ClassVar[frozenset[str]] = frozenset({"kill"})

    def undo(self, container: Container, injection: str) -> Undo:
        """Start it again; where it came up by itself, see that it runs."""
        return Undo("start", container)


@dataclass(frozen=True, slots=True)
class _Orderly(_Death):
    """An end that is asked for, and forced after ``grace`` seconds.

    Without one it is the service's own: compose's ``stop_grace_period``, else the engine's 10 s.
    """

    grace: float | None = None

    def parameters(self) -> Mapping[str, Json]:
        """The grace, in seconds, or in words where it is the service's own."""
        return {"grace_s": OWN if self.grace is None else self.grace}


@dataclass(frozen=True, slots=True)
class Stop(_Orderly):
    """The service is shut down in order, and killed if that takes longer than the grace."""

    kind: ClassVar[str] = "stop"

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Stop the container."""
        runtime.stop(container, self.grace)
        return Applied()


@dataclass(frozen=True, slots=True)
class Restart(_Orderly):
    """The service is stopped and started in one go."""

    kind: ClassVar[str] = "restart"

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Restart the container."""
        runtime.restart(container, self.grace)
        return Applied()


@dataclass(frozen=True, slots=True)
class SuddenDeath(_Death):
    """The service's process dies at once, as of a crash: what is to restart it does so.

    The engine is told nothing, so to it the death is nobody's doing, and a restart policy acts.
    """

    kind: ClassVar[str] = "sudden death"
    begun: ClassVar[frozenset[str]] = frozenset()  # the signal is not the engine's

    def parameters(self) -> Mapping[str, Json]:
        """Nothing to set."""
        return {}

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Let the container's main process die."""
        way, begun_ns = runtime.crash(container)
        return Applied(way=way, begun_ns=begun_ns)


@dataclass(frozen=True, slots=True)
class Kill(_Death):
    """The engine sends the container a signal, as ``docker kill`` does.

    To an engine that is a stop by hand, after which no restart policy acts.
    """

    signal: str = "SIGKILL"
    kind: ClassVar[str] = "kill"

    def parameters(self) -> Mapping[str, Json]:
        """The signal's name."""
        return {"signal": self.signal}

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Signal the container's first process."""
        runtime.kill(container, self.signal)
        return Applied()


@dataclass(frozen=True, slots=True)
class Freeze:
    """The service hangs: it keeps its connections and answers nothing."""

    kind: ClassVar[str] = "freeze"
    effect: ClassVar[frozenset[str]] = frozenset({"pause"})
    begun: ClassVar[frozenset[str]] = frozenset()

    def parameters(self) -> Mapping[str, Json]:
        """Nothing to set."""
        return {}

    def undo(self, container: Container, injection: str) -> Undo:
        """Thaw it."""
        return Undo("unpause", container)

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Freeze every process of the container."""
        runtime.pause(container)
        return Applied()
