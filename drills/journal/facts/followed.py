"""What is told of a runbook that is followed as it is written."""

from __future__ import annotations

from dataclasses import dataclass

from drills.journal.fact import Fact
from drills.journal.timeline import Kind
from drills.units import NS


@dataclass(frozen=True, kw_only=True)
class CommandTried(Fact):
    """A line of the runbook was carried out, or could not be: its outcome, and why.

    ``line`` to ``last_line`` are those of ``file``. ``disturbed`` is whether a fault was in effect.
    ``exit_code`` is absent where nothing was run. ``notes`` say where it was read otherwise than it
    is written, ``evidence`` is the name of what it said.
    """

    kind = Kind.COMMAND_TRIED
    file: str
    line: int
    last_line: int
    section: str
    command: str
    outcome: str
    why: str = ""
    step: str = ""
    disturbed: bool = False
    seconds: float = 0.0
    exit_code: int | None = None
    notes: tuple[str, ...] = ()
    evidence: str = ""

    @property
    def begun_ns(self) -> int:
        """When it was begun."""
        return self.at_ns - round(self.seconds * NS)

    def words(self) -> str:
        """The line, what it is, and what became of it."""
        because = f": {self.why}" if self.why else ""
        return f"{self.file}:{self.line}: {self.command.split(chr(10))[0]}: {self.outcome}{because}"
