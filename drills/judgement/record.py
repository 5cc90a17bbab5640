"""The incident record, filled from what was observed. What only people know is left open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from drills.clock import Anchor
from drills.errors import JournalError
from drills.journal.facts import (
    Attested,
    DrillStarted,
    EngineTold,
    FaultEffective,
    FaultIntended,
    ResponseStep,
)
from drills.judgement.communication import notifications
from drills.judgement.criterion import Unit
from drills.judgement.data import reconciliation
from drills.judgement.detection import detection, said
from drills.judgement.followed import typed
from drills.judgement.impact import hurt_journeys, impact_of
from drills.judgement.metric import Observations, once
from drills.judgement.recovery import time_to_recover
from drills.judgement.result import IncidentRecord, RecordField
from drills.judgement.settling import settled
from drills.judgement.verdict import Measured
from drills.runbook.leaving import lines_to_mend
from drills.runbook.promised import Promised, promised
from drills.units import NS, format_seconds, with_sign


@once
def build(seen: Observations) -> IncidentRecord:
    """The record of what was observed. ``missing`` names required fields that nothing filled."""
    started = seen.timeline.first(DrillStarted)
    if started is None:
        raise JournalError("expected a journal that begins with the drill's start")
    anchor = started.anchor
    fields = _fields(seen, started, anchor)
    found, policy = impact_of(seen), promised(started)
    steps = seen.timeline.all(ResponseStep)
    actions = [_done(step) for step in steps] + typed(seen.timeline)
    cause = root_cause(seen)
    filled = {field.name for field in fields if field.value}
    filled |= {"Impact"} if any(found.boxes.values()) else set()
    filled |= {"Affected services"} if any(found.affected.values()) else set()
    filled |= {"Root cause"} if cause else set()
    filled |= {"Resolution actions"} if actions else set()
    return IncidentRecord(
        id=incident_id(started, anchor),
        fields=[*fields, *_people(seen, policy)],
        impact={box: bool(by) for box, by in found.boxes.items()},
        affected_services={box: bool(by) for box, by in found.affected.items()},
        impact_by={box: by for box, by in found.boxes.items() if by},
        affected_by={box: by for box, by in found.affected.items() if by},
        resolution_actions=actions,
        workarounds=[started.workaround] if started.workaround and steps else [],
        root_cause=cause,
        prevention=list(started.prevention),
        post_incident={box: bool(_attested(seen, box)) for box in policy.after},
        missing=[name for name in policy.required if name not in filled],
        findings=[step.finding for step in steps if not step.works]
        + [each.text for each in lines_to_mend(seen.timeline)],
        severities=list(policy.severities),
        roles=list(policy.roles),
        fills=dict(policy.fills),
        otherwise=policy.otherwise,
    )


def _done(step: ResponseStep) -> str:
    """A step as it is told: what did not work, and what only people do, was not done."""
    text = f"{step.text} [{step.runbook}]" if step.runbook else step.text
    if not step.works:
        return f"{text} (did not work)"
    if step.action != "people":
        return text
    if not step.detail.get("done"):
        return f"{text} (not done: only people can)"
    by, note = step.detail.get("by", ""), step.detail.get("note", "")
    return f"{text} (done by {by})" + (f": {note}" if note else "")


def nothing() -> IncidentRecord:
    """A record in which all is missing."""
    return IncidentRecord(
        id="",
        fields=[],
        impact={},
        affected_services={},
        resolution_actions=[],
        workarounds=[],
        root_cause=[],
        prevention=[],
        post_incident={},
        missing=list(Promised().required),
    )


def incident_id(started: DrillStarted, anchor: Anchor) -> str:
    """The number that the drill was given; of older drills ``INC-YYYY-MM-DD-`` and the drill's."""
    older = f"INC-{anchor.date(started.at_ns):%Y-%m-%d}-{started.id[-3:].upper()}"
    return started.incident_id or older


def _fields(seen: Observations, started: DrillStarted, anchor: Anchor) -> list[RecordField]:
    fault = seen.fault()
    recovered = settled(seen, time_to_recover(seen, ""), Unit.SECONDS)
    start = anchor.date(fault.ns) if fault else None
    end = (
        anchor.date(fault.ns + int(recovered.interval.value * NS))
        if fault and isinstance(recovered, Measured)
        else None
    )
    duration = format_seconds(recovered.interval.value) if isinstance(recovered, Measured) else ""
    return [
        RecordField(name="Severity", value=started.severity, source="runbook"),
        RecordField(name="Start time", value=_date(start), source="journal"),
        RecordField(name="End time", value=_date(end), source="journal"),
        RecordField(name="Duration", value=duration, source="journal"),
        RecordField(name="Description", value=_description(seen, started), source="journal"),
        RecordField(name="Detection", value=_detection(seen, anchor), source="journal"),
        RecordField(name="Data", value=_data(seen), source="journal"),
        *_where_known("Notifications", notifications(seen)),
        *_where_known("Impact", impact_of(seen).customers),
        *_where_known("Affected services", impact_of(seen).services),
    ]


def _where_known(name: str, value: str) -> list[RecordField]:
    """A field that is left out where nothing is to be said."""
    return [RecordField(name=name, value=value, source="journal")] if value else []


def _date(date: datetime | None) -> str:
    return f"{date:%Y-%m-%d %H:%M:%S} UTC" if date else ""


def _description(seen: Observations, started: DrillStarted) -> str:
    effect = seen.timeline.first(FaultEffective)
    if effect is None:
        return ""
    title = started.incident_title or started.scenario
    return f"{title}. {effect.text[:1].upper()}{effect.text[1:]}. {_customers(seen)}"


def _customers(seen: Observations) -> str:
    """What customers could see, without a word too much: nobody is whom nothing happened to."""
    due, hurt = sum(map(len, seen.journeys().values())), hurt_journeys(seen)
    if not due:
        return "Nobody asked, so it is not known what customers would have seen."
    if not hurt:
        return f"No customer could see it: all {due:,} requests were answered rightly and in time."
    out = sorted(lane for lane, spans in seen.outages().items() if spans)
    outages = f"Outages in: {', '.join(out)}." if out else "No outage."
    return f"Customers could see it: {', '.join(hurt.values())}. {outages}"


def _detection(seen: Observations, anchor: Anchor) -> str:
    alert = detection(seen, "")
    if alert is None:
        return ""
    return f"{said(alert)} at {_date(anchor.date(alert.at_ns))}"


def _data(seen: Observations) -> str:
    found = reconciliation(seen)
    if found is None:
        return ""
    changed = f", {len(found.altered)} altered" if found.altered else ""
    told = f"{len(found.lost)} acknowledged writes lost{changed}, {found.duplicated} duplicated"
    return f"{told}; {_lost_from(seen, found.lost)}" if found.lost else told


def _lost_from(seen: Observations, lost: Sequence[str]) -> str:
    """When the lost writes were acknowledged, from the fault."""
    started, fault = seen.timeline.first(DrillStarted), seen.fault()
    if started is None or fault is None:
        return "no fault took effect"
    ended = {s.subject: s.ended_ns for s in seen.samples.get(started.writes, ())}
    first, last = (with_sign((ended[each] - fault.ns) / NS) for each in (lost[0], lost[-1]))
    moment = f"at {first}" if first == last else f"from {first} to {last}"
    return f"they were acknowledged {moment} from the fault"


def root_cause(seen: Observations) -> list[str]:
    """What the evidence says of the cause: the engine's events, and the process that grew."""
    causes = [effective.text for effective in seen.timeline.all(FaultEffective)]
    inspections = seen.timeline.all(ResponseStep, action="inspect")
    causes += [process for step in inspections if (process := _process(step))]
    fault = seen.fault()
    ooms = [
        oom
        for oom in seen.timeline.all(EngineTold, action="oom")
        if fault is not None and oom.at_ns >= fault.low_ns
    ]
    if seen.timeline.first(FaultIntended, fault="memory leak"):
        killed = f"{len(ooms)} ({ooms[0].text})" if ooms else "none"
        causes.append(f"Out-of-memory events seen by the engine: {killed}")
    return causes


def _process(step: ResponseStep) -> str:
    detail = step.detail
    if "pid" not in detail:
        return ""
    return (
        f"Process {detail['pid']} in {detail['container']} held {detail['resident_mib']} MiB "
        f"and grew by {detail['growth_mib_per_s']} MiB/s: {str(detail['command'])[:120]}"
    )


def _people(seen: Observations, policy: Promised) -> list[RecordField]:
    fields = []
    for role, people in policy.roles.items():
        person = _attested(seen, role)
        fields.append(
            RecordField(
                name=role,
                value=person or f"to be filled in by the {people}",
                source="person" if person else "open",
            )
        )
    return fields


def _attested(seen: Observations, subject: str) -> str:
    attested = seen.timeline.last(Attested, subject=subject)
    return attested.by if attested else ""
