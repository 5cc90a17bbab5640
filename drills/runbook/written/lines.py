"""The lines of a runbook that were followed, as a journal tells: the tries of each together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.journal.facts import CommandTried
from drills.journal.timeline import Timeline
from drills.runbook.written.following import together
from drills.runbook.written.nature import nature_of
from drills.runbook.written.outcome import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with its last try on a healthy stack, and in the incident."""

    first: CommandTried
    healthy: CommandTried | None
    disturbed: CommandTried | None

    @property
    def verdict(self) -> Verdict:
        """What comes of it."""
        hides = nature_of(self.first.command).hides
        return together(_verdict(self.healthy), _verdict(self.disturbed), hides, self.first.step)

    @property
    def told(self) -> str:
        """``runbook.md:90: sudo systemctl ...: failed: exit 1: needs systemd``."""
        verdict, command = self.verdict, self.first.command.strip().split("\n")[0]
        because = f": {verdict.why}" if verdict.why else ""
        return f"{self.first.file}:{self.first.line}: {command}: {verdict.outcome}{because}"


def lines_of(timeline: Timeline) -> list[Line]:
    """One for each line, in the order of the file."""
    told: dict[tuple[str, int], list[CommandTried]] = {}
    for fact in timeline.all(CommandTried):
        told.setdefault((fact.file, fact.line), []).append(fact)
    return [_line(told[key]) for key in sorted(told)]


def _line(facts: Sequence[CommandTried]) -> Line:
    healthy = next((each for each in reversed(facts) if not each.disturbed), None)
    disturbed = next((each for each in reversed(facts) if each.disturbed), None)
    return Line(facts[0], healthy, disturbed)


def _verdict(fact: CommandTried | None) -> Verdict | None:
    if fact is None:
        return None
    known = {each.value: each for each in Outcome}
    return Verdict(known.get(fact.outcome, Outcome.FAILED), fact.why)
