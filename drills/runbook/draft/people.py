"""Who takes which part, and how people are reached."""

from __future__ import annotations

import re

from drills.runbook.document import Label, ListItem, Table
from drills.runbook.draft import words
from drills.runbook.draft.drafted import Draft, Said
from drills.runbook.draft.words import Topic, slug, topic_of

_DEPUTY_WITHIN = re.compile(
    r"[(,;]\s*(?:backup|deputy|vertretung|stellvertretung|suplente)[: ]\s*([^)]+)\)?", re.IGNORECASE
)
_PAIR = re.compile(r"([^:–—]{2,60}?)\s*[:–—]\s+(.+)")
_USE = re.compile(r"(.*?)\s*\(([^)]*)\)\s*$")
# What begins the record's own lines, and the role that takes each.
_RECORD = {
    "Incident commander": re.compile(r"command|incident lead|einsatzleit|coordinad", re.IGNORECASE),
    "Technical lead": re.compile(r"technical|technik|técnic", re.IGNORECASE),
    "Communications": re.compile(r"communicat|kommunikation|comunicaci", re.IGNORECASE),
}


def take_roles(draft: Draft) -> None:
    """Every role: as a heading with labels, a row of a table, or a label."""
    for label in draft.document.labels:
        if topic_of(label.section) is Topic.ROLES:
            _role_label(draft, label)
    for item in draft.document.items:
        if item.parent and words.DUTIES.search(item.parent.text):
            _duty(draft, item)
    for table in draft.document.tables:
        if table.header.cells and words.ROLE.search(table.header.cells[0]):
            _role_table(draft, table)


def _role_label(draft: Draft, label: Label) -> None:
    table, line = _role_of(label.section.name), label.line
    if words.FIRST.search(label.key) and label.value:
        _named(draft, table, label.section.name, label.section.line)
        draft.put(table, "first", label.value, line)
    elif words.DEPUTY.search(label.key) and label.value:
        _named(draft, table, label.section.name, label.section.line)
        draft.put(table, "deputy", label.value, line)
    elif words.DUTIES.search(label.key):
        draft.placed.add(line)
    elif label.value:
        _person(draft, label.key, label.value, line)


def _person(draft: Draft, title: str, value: str, line: int) -> None:
    table = _role_of(title)
    _named(draft, table, title, line)
    deputy = _DEPUTY_WITHIN.search(value)
    draft.put(table, "first", _DEPUTY_WITHIN.sub("", value).strip(" ,;"), line)
    if deputy:
        draft.put(table, "deputy", deputy[1].strip(), line)


def _duty(draft: Draft, item: ListItem) -> None:
    table = _role_of(item.section.name)
    if table in draft.tables and "duties" not in draft.tables[table]:
        above = item.parent.line if item.parent else 0
        duties = [i for i in draft.document.items if i.parent and i.parent.line == above]
        draft.put_all(table, "duties", [Said(each.text, each.line) for each in duties])


def _role_table(draft: Draft, rows: Table) -> None:
    for row in rows.rows:
        if not row.cells or not row.cells[0]:
            continue
        table = _role_of(row.cells[0])
        _named(draft, table, row.cells[0], row.line)
        for column, cell in zip(rows.header.cells[1:], row.cells[1:], strict=False):
            if not cell:
                continue
            if words.DEPUTY.search(column):
                draft.put(table, "deputy", cell, row.line)
            elif words.DUTIES.search(column):
                draft.put_all(table, "duties", [Said(c.strip(), row.line) for c in cell.split(",")])
            elif words.FIRST.search(column) or words.NAME.search(column):
                draft.put(table, "first", cell, row.line)


def _role_of(title: str) -> tuple[str, str]:
    return "roles", slug(title)


def _named(draft: Draft, table: tuple[str, str], title: str, line: int) -> None:
    draft.put(table, "title", title, line)
    taken = {entries["record"][0] for entries in draft.tables.values() if "record" in entries}
    for name, pattern in _RECORD.items():
        if pattern.search(title) and name not in taken and "record" not in draft.tables[table]:
            draft.put(table, "record", name, line)


def take_contacts(draft: Draft) -> None:
    """Everybody who can be reached, in a section about that."""
    document = draft.document
    for label in document.labels:
        if topic_of(label.section) is Topic.CONTACTS and label.value and not _dated(label.key):
            external = bool(words.EXTERNAL.search(label.section.name))
            _contact(draft, Said(label.key, label.line), label.value, external)
    for item in document.items:
        about = topic_of(item.section) is Topic.CONTACTS and item.line not in draft.placed
        if about and (pair := _PAIR.fullmatch(item.text)):
            external = bool(words.EXTERNAL.search(item.section.name))
            _contact(draft, Said(pair[1], item.line), pair[2], external)
    for table in document.tables:
        first = (*table.header.cells, "")[0]
        if topic_of(table.section) is Topic.CONTACTS and not words.ROLE.search(first):
            _contact_table(draft, table)


def _dated(key: str) -> bool:
    return any(p.search(key) for p in (words.UPDATED, words.NEXT_REVIEW, words.NEXT_DRILL))


def _contact(draft: Draft, name: Said, value: str, external: bool) -> None:
    table = ("contacts", slug(name.text))
    draft.put(table, "name", name.text, name.line)
    use = _USE.fullmatch(value)
    draft.put(table, "reach", use[1] if use else value, name.line)
    if use and use[2]:
        draft.put(table, "use", use[2], name.line)
    if external or words.EXTERNAL.search(name.text):
        draft.put(table, "external", True, name.line)


def _contact_table(draft: Draft, rows: Table) -> None:
    for row in rows.rows:
        if not row.cells or not row.cells[0]:
            continue
        table = ("contacts", slug(row.cells[0]))
        draft.put(table, "name", row.cells[0], row.line)
        for column, cell in zip(rows.header.cells[1:], row.cells[1:], strict=False):
            if cell and words.REACH.search(column):
                draft.put(table, "reach", cell, row.line)
            elif cell:
                draft.put(table, "use", cell, row.line)
