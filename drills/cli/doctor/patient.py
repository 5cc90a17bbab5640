"""What is examined: a manifest, the stack that it describes, where drills leave reports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from drills.config.document import Manifest
from drills.stack.engines.engine import Engine
from drills.stack.engines.source import Source

if TYPE_CHECKING:
    from drills.stack.engines.composed import Composed

DRILL = "doctor"  # stands for a drill's id; nothing is made under it
PROJECT = f"drill-{DRILL}"


@dataclass(frozen=True)
class Patient:
    """``folder`` is where the manifest lies; ``reports`` need not be there yet."""

    manifest: Manifest
    folder: Path
    reports: Path
    allow_remote: bool = False

    @cached_property
    def source(self) -> Source:
        """The team's compose file, with what the manifest needs of it."""
        from drills.config.composed import source_of

        return source_of(self.manifest, self.folder)

    @cached_property
    def composed(self) -> Composed:
        """What compose makes of that file. Raises PlanError where it refuses it."""
        return self.source.command(PROJECT, DRILL, self.folder / "nowhere").resolve()

    @property
    def engine(self) -> Engine:
        """The engine that a drill would use. Raises EngineError for one that is not allowed."""
        return Engine(allow_remote=self.allow_remote)

    @property
    def attached(self) -> str:
        """The running project that is visited, "" where a drill makes a stack of its own."""
        return self.manifest.stack.attach
