"""Faults of a whole container: it stops, dies, freezes, or restarts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.rollback import Undo
from drills.runtime import Container, Runtime
from drills.timeline import Json


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
    """An end that is asked for, and forced after ``grace`` seconds."""

    grace: float = 10.0

    def parameters(self) -> Mapping[str, Json]:
        """The grace, in seconds."""
        return {"grace_s": self.grace}


@dataclass(frozen=True, slots=True)
class Stop(_Orderly):
    """The service is shut down in order, and killed if that takes longer than ``grace`` seconds."""

    kind: ClassVar[str] = "stop"

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Stop the container."""
        runtime.stop(container, self.grace)
        return ""


@dataclass(frozen=True, slots=True)
class Restart(_Orderly):
    """The service is stopped and started in one go."""

    kind: ClassVar[str] = "restart"

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Restart the container."""
        runtime.restart(container, self.grace)
        return ""


@dataclass(frozen=True, slots=True)
class Kill(_Death):
    """The service dies at once, without a chance to clean up."""

    signal: str = "SIGKILL"
    kind: ClassVar[str] = "kill"

    def parameters(self) -> Mapping[str, Json]:
        """The signal's name."""
        return {"signal": self.signal}

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Signal the container's first process."""
        runtime.kill(container, self.signal)
        return ""


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

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Freeze every process of the container."""
        runtime.pause(container)
        return ""
