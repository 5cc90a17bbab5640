"""A line of the runbook, as ``drill.json`` tells what became of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RunbookLine(BaseModel):
    """A line of the runbook that was carried out as it is written, and what became of it.

    ``outcome`` is one of: worked, worked with nothing to do, failed, changed nothing although it
    should act, shows the console and not the system, dangerous, cannot fail, for people.
    ``healthy`` and ``in_incident`` are those of each try; null where it was not tried so.
    ``evidence`` names what it said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int
    last_line: int
    section: str
    step: str
    command: str
    outcome: str
    why: str
    healthy: str | None
    in_incident: str | None
    exit_code: int | None
    exit_code_in_incident: int | None
    notes: list[str]
    evidence: list[str]
