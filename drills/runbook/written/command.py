"""What a runbook tells to do: a command by its lines, or what only people can do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, or one thing for people, of a section of the runbook.

    ``line`` and ``last_line`` are those of the file, counted from 1. ``text`` is what is run,
    ``notes`` say where it is read otherwise than it is written. ``step`` is the comment above it.
    ``refused`` is why it is not run: an unset name, a placeholder, what no shell takes for whole.
    """

    line: int
    last_line: int
    text: str
    section: tuple[str, ...]
    section_line: int
    step: str = ""
    notes: tuple[str, ...] = ()
    refused: str = ""
    people: bool = False

    @property
    def title(self) -> str:
        """The name of its section."""
        return self.section[-1] if self.section else ""

    @property
    def shown(self) -> str:
        """Its first line, as a table shows it."""
        first, *more = self.text.strip().split("\n")
        return f"{first} ..." if more else first
