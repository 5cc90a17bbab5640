"""What a drill leaves to be done: steps that did not work, actions, measures that it proposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from drills.journal.facts import (
    Attested,
    DrillStarted,
    FaultEffective,
    ResponseStep,
    StillOpen,
)
from drills.journal.timeline import Timeline
from drills.runbook.policy import MEASURES
from drills.runbook.promised import promised
from drills.runbook.written.lines import Line, lines_of
from drills.runbook.written.outcome import FINDINGS, Outcome

FINDING, ACTION, MEASURE = "finding", "action", "measure"
FAILED = Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Leaving:
    """One thing that is to be done: ``id`` names it in every drill of the incident.

    ``owner`` sees to it, ``within`` that time of the incident; "" where the policy does not say.
    """

    id: str
    what: str
    text: str
    owner: str = ""
    within: str = ""


def id_of(what: str, key: str) -> str:
    """``f-3a9c21``: the same for the same step, action or measure, whichever drill it is of."""
    return f"{what[0]}-{sha256(f'{what}: {key}'.encode('utf-8', 'replace')).hexdigest()[:6]}"


def step_id(step: ResponseStep) -> str:
    """The id of a step, as of a finding on it: its place in the procedure may change."""
    return id_of(FINDING, f"{step.procedure}: {step.text}")


def lines_to_mend(timeline: Timeline) -> list[Leaving]:
    """The lines of the runbook that do not work as they are written.

    One that failed in the incident, and was not tried on a healthy stack, may be as it should be.
    """
    return [
        Leaving(line_id(line), FINDING, line.told)
        for line in lines_of(timeline)
        if line.verdict.outcome in FINDINGS and (line.healthy or line.verdict.outcome != FAILED)
    ]


def line_id(line: Line) -> str:
    """The id of a line, as of a finding on it: its place in the file may change."""
    return id_of(FINDING, f"{line.first.file}: {line.first.command.strip()}")


def leaving(timeline: Timeline) -> list[Leaving]:
    """What a drill leaves, each once. Without a fault that took effect there was no incident."""
    return list({each.id: each for each in _leaving(timeline)}.values())


def _leaving(timeline: Timeline) -> Iterator[Leaving]:
    for step in timeline.all(ResponseStep, works=False):
        yield Leaving(step_id(step), FINDING, step.finding)
    yield from lines_to_mend(timeline)
    started = timeline.first(DrillStarted)
    if started is None or not started.incident or timeline.first(FaultEffective) is None:
        return
    policy = promised(started)
    others = policy.otherwise if started.policy else ""  # earlier records named nobody
    for action in policy.after:
        owner, within = policy.owners.get(action, others), policy.within.get(action, "")
        yield Leaving(id_of(ACTION, action), ACTION, action, owner, within)
    usual = policy.fills.get(MEASURES, others) if started.policy else ""
    owner, within = policy.owners.get(MEASURES, usual), policy.within.get(MEASURES, "")
    for measure in started.prevention:
        yield Leaving(id_of(MEASURE, measure), MEASURE, measure, owner, within)


def attested(timeline: Timeline) -> Mapping[str, str]:
    """Who attested each subject, the last one of them."""
    return {each.subject: each.by for each in timeline.all(Attested)}


def who_attested(said: Mapping[str, str], id_: str, what: str, text: str) -> str:
    """Who said that it is done: by its id, by the action itself, or of all measures; "" nobody."""
    subject = {ACTION: text, MEASURE: MEASURES}.get(what, id_)
    return said.get(id_) or said.get(subject, "")


def ids(timeline: Timeline) -> list[str]:
    """What may be attested by its id: what this drill leaves, and what earlier ones left."""
    earlier = [each.id for each in timeline.all(StillOpen)]
    return [*earlier, *(each.id for each in leaving(timeline))]
