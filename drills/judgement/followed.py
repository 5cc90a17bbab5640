"""What became of each line of the runbook that was carried out as it is written."""

from __future__ import annotations

from collections.abc import Sequence

from drills.journal.facts import CommandTried
from drills.judgement.metric import Observations
from drills.judgement.runbook_line import RunbookLine
from drills.runbook.written.following import together
from drills.runbook.written.nature import nature_of
from drills.runbook.written.outcome import Outcome, Verdict


def followed(seen: Observations) -> list[RunbookLine]:
    """One for each line, on a healthy stack and in the incident, in the order of the file."""
    told: dict[tuple[str, int], list[CommandTried]] = {}
    for fact in seen.timeline.all(CommandTried):
        told.setdefault((fact.file, fact.line), []).append(fact)
    return [_line(told[key]) for key in sorted(told)]


def _line(facts: Sequence[CommandTried]) -> RunbookLine:
    healthy = next((each for each in reversed(facts) if not each.disturbed), None)
    disturbed = next((each for each in reversed(facts) if each.disturbed), None)
    first = facts[0]
    hides = nature_of(first.command).hides
    verdict = together(_verdict(healthy), _verdict(disturbed), hides, first.step)
    return RunbookLine(
        file=first.file,
        line=first.line,
        last_line=first.last_line,
        section=first.section,
        step=first.step,
        command=first.command,
        outcome=verdict.outcome.value,
        why=verdict.why,
        healthy=healthy.outcome if healthy else None,
        in_incident=disturbed.outcome if disturbed else None,
        exit_code=healthy.exit_code if healthy else None,
        exit_code_in_incident=disturbed.exit_code if disturbed else None,
        notes=list(first.notes),
        evidence=[each.evidence for each in (healthy, disturbed) if each and each.evidence],
    )


def _verdict(fact: CommandTried | None) -> Verdict | None:
    if fact is None:
        return None
    known = {each.value: each for each in Outcome}
    return Verdict(known.get(fact.outcome, Outcome.FAILED), fact.why)
