"""Which lines of the runbook are carried out by a procedure, and which by none."""

from __future__ import annotations

from collections.abc import Iterable

from drills.runbook.incident import Incident
from drills.runbook.written.command import Command


def uncovered(commands: Iterable[Command], incidents: Iterable[Incident]) -> list[Command]:
    """The commands, and what is for people, that no step of a procedure names as its line."""
    named = {
        number for incident in incidents for step in incident.procedure for number in step.lines
    }
    return [each for each in commands if named.isdisjoint(range(each.line, each.last_line + 1))]
