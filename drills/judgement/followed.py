"""What became of each line of the runbook that was carried out as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.journal.facts import CommandTried
from drills.journal.timeline import Timeline
from drills.judgement.metric import Observations
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.runbook.written.lines import Line, lines_of
from drills.runbook.written.outcome import FINDINGS, WELL, Outcome
from drills.units import Interval

if TYPE_CHECKING:
    from drills.judgement.runbook_line import RunbookLine


def followed(seen: Observations) -> list[RunbookLine]:
    """One for each line, on a healthy stack and in the incident, in the order of the file."""
    return [_line(each) for each in lines_of(seen.timeline)]


def unworkable(seen: Observations, _subject: str) -> Measurement:
    """How many lines that were followed do not work as they are written."""
    lines = lines_of(seen.timeline)
    if not lines:
        return Unmeasured("the runbook was not followed as it is written")
    bad = [line.told for line in lines if line.verdict.outcome in FINDINGS]
    source = "; ".join([f"{len(lines)} lines that were followed", *bad])
    return Measured(Interval.exact(len(bad)), source)


def typed(timeline: Timeline) -> list[str]:
    """What people did in the incident, as they were told to by the runbook; what failed says so."""
    return [
        f"{each.command.strip().split(chr(10))[0]} [{each.file}:{each.line}]"
        + ("" if each.outcome in WELL else f" ({each.outcome})")
        for each in timeline.all(CommandTried, disturbed=True)
        if each.outcome != Outcome.PEOPLE
    ]


def _line(line: Line) -> RunbookLine:
    healthy, disturbed, first = line.healthy, line.disturbed, line.first
    verdict = line.verdict
    # Loaded when somebody judges: a drill that begins does not wait for it.
    from drills.judgement.runbook_line import RunbookLine

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
