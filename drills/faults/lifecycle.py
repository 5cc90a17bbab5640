"""Faults of a whole container: it stops, dies, freezes, or restarts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.rollback import Undo
from drills.runtime import Container, Runtime
from drills.timeline import Json


@dataclass(frozen=True, slots=True)
class Stop:
    """The service is shut down in order, and killed if that takes longer than ``grace`` seconds."""

    grace: float = 10.0
    kind: ClassVar[str] = "stop"
    effect: ClassVar[frozenset[str]] = frozenset({"die"})
    begun: ClassVar[frozenset[str]] = frozenset({"kill"})

    def parameters(self) -> Mapping[str, Json]:
        """The grace, in seconds."""
        return {"grace_s": self.grace}

    def undo(self, container: Container, injection: str) -> Undo:
        """Start it again."""
        return Undo("start", container)

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Stop the container."""
        runtime.stop(container, self.grace)
        return ""


@dataclass(frozen=True, slots=True)
class Kill:
    """The service dies at once, without a chance to clean up."""

    signal: str = "SIGKILL"
    kind: ClassVar[str] = "kill"
    effect: ClassVar[frozenset[str]] = frozenset({"die"})
    begun: ClassVar[frozenset[str]] = frozenset({"kill"})

    def parameters(self) -> Mapping[str, Json]:
        """The signal's name."""
        return {"signal": self.signal}

    def undo(self, container: Container, injection: str) -> Undo:
        """Start it again."""
        return Undo("start", container)

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


@dataclass(frozen=True, slots=True)
class Restart:
    """The service is stopped and started in one go."""

    grace: float = 10.0
    kind: ClassVar[str] = "restart"
    effect: ClassVar[frozenset[str]] = frozenset({"die"})
    begun: ClassVar[frozenset[str]] = frozenset({"kill"})

    def parameters(self) -> Mapping[str, Json]:
        """The grace, in seconds."""
        return {"grace_s": self.grace}

    def undo(self, container: Container, injection: str) -> Undo:
        """See that it runs."""
        return Undo("start", container)

    def apply(self, runtime: Runtime, container: Container, injection: str) -> str:
        """Restart the container."""
        runtime.restart(container, self.grace)
        return ""
