"""What the incident record holds: the form of a runbook, or check lists under its heading."""

from __future__ import annotations

import re
from datetime import date

from drills.runbook.document import CodeBlock
from drills.runbook.draft import words
from drills.runbook.draft.drafted import Draft, Said
from drills.runbook.draft.words import Topic, topic_of
from drills.runbook.policy import FIELDS

_BOX = re.compile(r"^\s*(?:[-*]\s*)?(?:\[[ xX]?\]|[□☐▢])\s*(.+)$")
_FIELD = re.compile(r"^([^\d\W][^:：]{2,40})[:：]\s*(.*)$")
# The record's fields, by how a form may call them.
_CALLED = {
    "Severity": r"severity|priority|schweregrad|severidad|gravedad",
    "Start time": r"start|beginn|inicio",
    "End time": r"end\b|end time|ende|fin\b",
    "Duration": r"duration|dauer|duración",
    "Description": r"description|summary|beschreibung|descripción|resumen",
    "Detection": r"detect|erkannt|detección",
    "Data": r"data loss|datenverlust",
    "Impact": r"impact|auswirkung|impacto",
    "Affected services": r"affected|betroffen|servicios afectados",
    "Root cause": r"root cause|cause|ursache|causa",
    "Notifications": r"notif|benachricht",
    "Resolution actions": r"resolution|actions? taken|maßnahmen|lösung|acciones de resol",
}
# What every record has by itself: its number, workarounds, who took which role.
_BY_ITSELF = re.compile(
    r"\bid$|number|workaround|command|lead$|communicat|einsatzleit", re.IGNORECASE
)


def take(draft: Draft) -> None:
    """The boxes and the fields of the record's form."""
    for block in draft.document.code:
        if topic_of(block.section) is Topic.RECORD and is_form(block):
            _form(draft, [Said(line.text, line.number) for line in block.lines])
            draft.placed.add(block.first_line)
    items = [
        item
        for item in draft.document.items
        if topic_of(item.section) is Topic.RECORD and item.checked is not None
    ]
    for item in items:
        kind = _kind(item.section.name) or (_kind(item.parent.text) if item.parent else "")
        if kind:
            place = (item.section, item.parent)
            beside = [each for each in items if (each.section, each.parent) == place]
            _boxes(draft, kind, [Said(each.text, each.line) for each in beside])
    _ticks(draft)


def _ticks(draft: Draft) -> None:
    """Which box is ticked by what is observed, where its words say so."""
    impacts, _ = draft.tables.get(("record",), {}).get("impacts", ((), 0))
    boxes = [] if isinstance(impacts, str | date | bool) else impacts
    for kind, known in words.TICKS.items():
        if box := next((each for each in boxes if known.search(each.text)), None):
            draft.put(("record", "ticks"), kind, box.text, box.line)


def is_form(block: CodeBlock) -> bool:
    """Whether a block is to be filled in by people: fields and boxes, and nothing to run."""
    texts = [line.text for line in block.lines if line.text.strip()]
    return sum(bool(_FIELD.match(t) or _BOX.match(t)) for t in texts) * 2 > len(texts) > 3


def _form(draft: Draft, lines: list[Said]) -> None:
    kind, boxes, required = "", dict[str, list[Said]](), list[Said]()
    for said in lines:
        if field := _FIELD.match(said.text):
            kind = _kind(field[1])
            if (name := _field(field[1])) and name not in {each.text for each in required}:
                required.append(Said(name, said.line))
            elif not name and not kind and not _BY_ITSELF.search(field[1].strip()):
                draft.doubt(said.line, said.text, "the record has no such field")
        elif kind and (box := _BOX.match(said.text)):
            boxes.setdefault(kind, []).append(Said(box[1].strip(), said.line))
    for name, texts in boxes.items():
        _boxes(draft, name, texts)
    draft.put_all(("record",), "required", required)


def _boxes(draft: Draft, kind: str, texts: list[Said]) -> None:
    draft.put_all(("record",), kind, texts)


def _kind(text: str) -> str:
    return next((name for name, known in words.BOXES.items() if known.search(text.strip())), "")


def _field(text: str) -> str:
    plain = text.strip().lower()
    if words.BOXES["after"].search(plain):
        return ""
    return next((name for name in FIELDS if re.match(_CALLED[name], plain)), "")
