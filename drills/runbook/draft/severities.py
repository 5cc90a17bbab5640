"""The severities of a runbook: as headings, rows of a table, or items of a list."""

from __future__ import annotations

from collections.abc import Iterable

from drills.runbook.document import Section
from drills.runbook.draft import words
from drills.runbook.draft.drafted import Draft, Said
from drills.runbook.draft.words import Topic, topic_of


def take(draft: Draft) -> None:
    """Every severity that the document tells of."""
    for section in draft.document.sections:
        if topic_of(section) is Topic.SEVERITY and (level := words.level_in(section.name)):
            _heading(draft, section, level)
    _tables(draft)
    for item in draft.document.items:
        level = words.level_in(item.text[:24]) if topic_of(item.section) is Topic.SEVERITY else ""
        if level and not words.level_in(item.section.name):
            _row(draft, level, [Said(item.text, item.line)])


def _heading(draft: Draft, section: Section, level: str) -> None:
    _row(draft, level, [Said(section.name, section.line)])
    for label in draft.document.labels:
        if label.section is section:
            _detail(draft, level, label.key, Said(label.value, label.line))


def _tables(draft: Draft) -> None:
    for table in draft.document.tables:
        first = table.header.cells[0] if table.header.cells else ""
        if topic_of(table.section) is not Topic.SEVERITY and not words.LEVEL_COLUMN.search(first):
            continue
        for row in table.rows:
            if not row.cells or not (level := words.level_in(row.cells[0])):
                continue
            _word(draft, level, Said(row.cells[0], row.line))
            for column, cell in zip(table.header.cells[1:], row.cells[1:], strict=False):
                _detail(draft, level, column, Said(cell, row.line))


def _row(draft: Draft, level: str, texts: Iterable[Said]) -> None:
    for said in texts:
        _word(draft, level, said)
        if span := words.span_in(said.text):
            draft.put(("severities", level), "response", span, said.line)


def _word(draft: Draft, level: str, said: Said) -> None:
    grade = words.GRADES.search(said.text)
    draft.put(("severities", level), "word", grade[1].lower() if grade else level, said.line)


def _detail(draft: Draft, level: str, key: str, said: Said) -> None:
    table = ("severities", level)
    if not said.text:
        return
    if words.EXAMPLES.search(key):
        draft.put_all(table, "examples", _listed(said))
    elif words.TELLS.search(key):
        draft.put(table, "communication", said.text, said.line)
        if often := words.often_in(said.text):
            draft.put(table, "every", often, said.line)
    elif words.TEAM.search(key):
        draft.put(table, "team", said.text, said.line)
    elif words.RESPONSE.search(key):
        if span := words.span_in(said.text):
            draft.put(table, "response", span, said.line)
        else:
            draft.doubt(said.line, f"{level}: {key}: {said.text}", "no span of time")
    elif words.MEANS.search(key):
        draft.put(table, "means", said.text, said.line)


def _listed(said: Said) -> list[Said]:
    return [Said(each.strip(), said.line) for each in said.text.split(",")]
