"""What is told of the other files in a drill's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.journal.fact import Fact
from drills.journal.timeline import Kind


@dataclass(frozen=True, kw_only=True)
class FinalReadDone(Fact):
    """The databases were read: those whose table is gone, and those that failed, with why."""

    kind = Kind.FINAL_READ
    gone: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EvidenceKept(Fact):
    """An artefact was captured: its path in the folder, its hash, its size in bytes.

    ``moment`` is when in the drill, of ``observed.MOMENTS``; ``bundle`` is what it tells of: logs,
    the system, the database. Older journals say neither.
    """

    kind = Kind.EVIDENCE
    name: str
    path: str
    sha256: str
    size: int
    moment: str = ""
    bundle: str = ""


@dataclass(frozen=True, kw_only=True)
class Sealed(Fact):
    """The hash of every file that the journal does not hold itself, by its path."""

    kind = Kind.SEALED
    files: Mapping[str, str]

    def words(self) -> str:
        """How many."""
        return f"{len(self.files)} files sealed"
