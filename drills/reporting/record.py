"""The incident record: in Markdown, after the runbook's template, and for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drills.judgement.result import DrillResult, RecordField
from drills.reporting.duties import field, is_open, open_text, plain_name
from drills.reporting.follow_ups import TITLE, named, owners, told
from drills.reporting.markdown import escape
from drills.reporting.notices import notices
from drills.reporting.opening import Sentence, opening

HEAD = ("INCIDENT ID", "SEVERITY", "START TIME", "END TIME", "DURATION")
_WRITTEN_ELSEWHERE = {plain_name(name) for name in (*HEAD, "DESCRIPTION", "ROOT CAUSE")}


def render_incident(result: DrillResult, note: str = "", *, sentences: bool = True) -> str:
    """``incident.md``: what the journal knows is filled in, what people must add is named.

    ``note`` is what its reader has to know first. Without ``sentences`` it is as an older version
    wrote it, which did not begin with the five.
    """
    record = result.record
    parts = [
        f"# Incident record {escape(record.id)}",
        f"**{escape(note)}**" if note else "",
        "\n".join(f"**{escape(each.sentence)}** {escape(each.more)}" for each in notices(result)),
        _lines(result, HEAD),
        _section("In five sentences", [*map(_sentence, opening(result) if sentences else ())]),
        _section("Description", [_value(result, field(result, "DESCRIPTION"))]),
        _section("Impact", _observed(result, "IMPACT", record.impact, record.impact_by)),
        _section(
            "Affected services",
            _observed(result, "AFFECTED SERVICES", record.affected_services, record.affected_by),
        ),
        _section("Root cause", _texts(result, "ROOT CAUSE", record.root_cause)),
        _section("Resolution actions", _numbered(result, record.resolution_actions)),
        _section("Workarounds used", _texts(result, "WORKAROUNDS USED", record.workarounds)),
        _roles(result),
        _section("Post-incident actions", _afterwards(result)),
        _section("Prevention measures", _texts(result, "PREVENTION MEASURES", record.prevention)),
        _section("Findings on the runbook", _findings(result)),
        _section(TITLE, [f"- {escape(told(each))}" for each in result.follow_ups]),
        *_others(result),
        _closing(result),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


RECORDED = {"id", "feature", "scenario", "severity", "incident", "record", "left", "follow_ups"}


def record_json(result: DrillResult) -> str:
    """``incident.json``: the same for machines, each part as ``drill.json`` has it."""
    return result.model_dump_json(include=RECORDED, indent=1) + "\n"


def _section(name: str, lines: Sequence[str]) -> str:
    return f"## {name}\n\n" + "\n".join(lines) if lines else ""


def _lines(result: DrillResult, names: Sequence[str]) -> str:
    return "\n".join(f"- **{name}:** {_value(result, field(result, name))}" for name in names)


def _sentence(one: Sentence) -> str:
    command = one.command.replace("`", "'")  # it stands as code, in which nothing is escaped
    return f"- **{one.question}:** {escape(one.text)}" + (f" `{command}`" if command else "")


def _roles(result: DrillResult) -> str:
    names = [name.upper() for name in result.record.roles]
    return "## Roles\n\n" + _lines(result, names) if names else ""


def _value(result: DrillResult, one: RecordField) -> str:
    if plain_name(one.name) == "severity":
        return _severity(result, one)
    if is_open(one):
        return _open(result, one)
    return f"{escape(one.value)} *({one.source})*"


def _severity(result: DrillResult, one: RecordField) -> str:
    """The boxes of all severities, one ticked; anything else is said beside them."""
    known = result.record.severities
    boxes = " ".join(f"[{'x' if one.value == name else ' '}] {escape(name)}" for name in known)
    if is_open(one):
        return f"{boxes} {_open(result, one)}"
    return boxes if one.value in known else f"{boxes} {escape(one.value)}"


def _open(result: DrillResult, one: RecordField) -> str:
    return f"*open, {escape(open_text(result.record, one))}*"


def _observed(
    result: DrillResult, name: str, boxes: Mapping[str, bool], by: Mapping[str, str]
) -> list[str]:
    """The boxes with what ticked them, and what the record says besides."""
    said = field(result, name)
    lines = [
        line + (f" *({escape(by[box])})*" if box in by else "")
        for box, line in zip(boxes, _boxes(boxes), strict=True)
    ]
    if lines and (is_open(said) or not said.value):
        return lines
    return [*lines, *([""] if lines else []), _value(result, said)]


def _boxes(boxes: Mapping[str, bool]) -> list[str]:
    return [f"- [{'x' if ticked else ' '}] {escape(name)}" for name, ticked in boxes.items()]


def _numbered(result: DrillResult, texts: Sequence[str]) -> list[str]:
    if not texts:
        return [_value(result, field(result, "RESOLUTION ACTIONS"))]
    return [f"{number}. {escape(text)}" for number, text in enumerate(texts, 1)]


def _texts(result: DrillResult, name: str, texts: Sequence[str]) -> list[str]:
    """The record's own list; where it is empty, the field of that name, or who has to fill it."""
    if texts:
        return [f"- {escape(text)}" for text in texts]
    return [_value(result, field(result, name))]


def _afterwards(result: DrillResult) -> list[str]:
    """The boxes of the actions after the incident, each with whose it is and until when."""
    boxes, whose = result.record.post_incident, owners(result)
    return [
        line + (f" *({escape(whose[box])})*" if box in whose else "")
        for box, line in zip(boxes, _boxes(boxes), strict=True)
    ]


def _findings(result: DrillResult) -> list[str]:
    """Each with the id by which it is attested."""
    ids = named(result)
    return [
        f"- {escape(each)}" + (f" *({escape(ids[each])})*" if each in ids else "")
        for each in result.record.findings
    ]


def _others(result: DrillResult) -> list[str]:
    """Fields that the template does not know, so that nothing in the record is lost."""
    lists = {"impact", "affected services", "resolution actions", "workarounds used"}
    lists |= {"post incident actions", "prevention measures"}
    lists |= {plain_name(name) for name in result.record.roles}
    others = [
        f"- **{escape(one.name)}:** {_value(result, one)}"
        for one in result.record.fields
        if plain_name(one.name) not in _WRITTEN_ELSEWHERE | lists
    ]
    return [_section("Further notes", others)] if others else []


def _closing(result: DrillResult) -> str:
    """What is missing, and where all of this was taken from."""
    missing = ", ".join(escape(name) for name in result.record.missing)
    lines = [f"Not filled in yet: {missing}."] if missing else []
    lines.append(
        f"Drill {escape(result.id)}, {escape(result.scenario)}. The word in brackets says what a "
        "field was filled from; the measurements are in drill.json, the events in journal.jsonl."
    )
    return "---\n\n" + "\n\n".join(lines)
