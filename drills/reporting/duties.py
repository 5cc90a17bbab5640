"""Who fills in what of an incident record, after the runbook's roles, and where its fields are."""

from __future__ import annotations

import re

from drills.judgement.result import DrillResult, IncidentRecord, RecordField
from drills.reporting.figures import instant
from drills.units import format_seconds


def plain_name(name: str) -> str:
    """A field's name as it is looked up: lower case, single spaces, no punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def who_fills(record: IncidentRecord, name: str) -> str:
    """Who the team's policy leaves a field to; ``team`` where it leaves it to nobody."""
    by_name = {plain_name(field): who for field, who in record.fills.items()}
    return by_name.get(plain_name(name)) or record.otherwise or "team"


def field(result: DrillResult, name: str) -> RecordField:
    """A field of the record; where the record has none, what the result itself knows, or open."""
    for one in result.record.fields:
        if plain_name(one.name) == plain_name(name):
            return one
    known = {
        "incident id": result.record.id,
        "severity": result.severity,
        "start time": instant(result.started_at),
        "end time": instant(result.ended_at),
        "duration": format_seconds(result.duration_s),
    }.get(plain_name(name), "")
    return RecordField(name=name, value=known, source="journal" if known else "open")


def open_text(record: IncidentRecord, one: RecordField) -> str:
    """Who has to fill in an open field: what the record itself says, or the runbook's role."""
    return one.value.strip() or f"to be filled in by the {who_fills(record, one.name)}"


def is_open(one: RecordField) -> bool:
    """Whether people still have to fill it in."""
    return one.source == "open" or not one.value.strip()
