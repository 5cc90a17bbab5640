"""The incidents of a runbook: every heading that tells what to do, and is about nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drills.runbook.document import Document, Section
from drills.runbook.draft import words
from drills.runbook.draft.drafted import Draft, Said, pairs
from drills.runbook.draft.steps import Step, is_command, is_commands, step_of, steps_of
from drills.runbook.draft.words import Topic, slug, topic_of
from drills.runbook.tagged import unfit_for_incident

_ALERT = re.compile(r"^(alerts?|alarme?|alertas?|trigger|fires when|auslöser)\b", re.IGNORECASE)
_ALERT_NAME = re.compile(r"\b([A-Z][a-z]+(?:[A-Z][a-z0-9]*)+)\b")
_SEVERITY = re.compile(
    r"^(severity|priority|schweregrad|priorität|severidad|prioridad)", re.IGNORECASE
)
_STEP = re.compile(
    r"^(what to do|was (ist )?zu tun|qué hacer|procedure|steps|vorgehen|pasos|step|schritt|paso|"
    r"option|scenario|diagnos|mitigat|fix|resol|verif|check|immediate|quick|actions?|prüf|beheb|"
    r"\d+[.)])",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(table of contents|contents|overview|introduction|references?|links|see also|changelog|"
    r"glossary|purpose|scope|inhalt|überblick|índice|introducción)",
    re.IGNORECASE,
)


def take(draft: Draft) -> None:
    """Every incident with its steps, and what else its section says of it."""
    document = draft.document
    steps: dict[int, list[Step]] = {}
    owners: dict[int, Section] = {}
    for section, step in _steps(draft):
        owner = _owner(section)
        owners[owner.line] = owner
        steps.setdefault(owner.line, []).append(step)
    for line, owner in sorted(owners.items()):
        around = owner if len(owners) > 1 else document.sections[0]
        _incident(draft, owner, around, sorted(steps[line], key=lambda step: step.line))


def _steps(draft: Draft) -> Iterator[tuple[Section, Step]]:
    document, known = draft.document, set(draft.placed)
    with_code = {block.item.line for block in document.code if block.item and is_commands(block)}
    for block in document.code:
        if topic_of(block.section) is Topic.NONE and is_commands(block):
            about = block.item.text.split("\n")[0] if block.item else ""
            for number, step in enumerate(steps_of(block)):
                bare = step.says.startswith("Carry out: ") and about and not number
                yield block.section, step if not bare else _told(step, about)
    in_tables = {row.line for table in document.tables for row in table.rows}
    for code in document.inline:
        if (
            topic_of(code.section) is Topic.NONE
            and code.line in in_tables
            and is_command(code.text)
        ):
            yield code.section, step_of(code.text, _row_says(document, code.line), code.line)
    for item in document.items:
        told = topic_of(item.section) is Topic.NONE and item.number is not None
        if told and item.line in with_code:
            draft.placed.add(item.line)
        elif told and item.line not in known and not _ABOUT.search(item.section.name):
            commands = [
                code.text
                for code in document.inline
                if code.item and code.item.line == item.line and is_command(code.text)
            ]
            says = item.text.split("\n")[0]
            single = commands[0] if len(commands) == 1 else ""
            yield (
                item.section,
                step_of(single, says, item.line) if single else Step(says, item.line),
            )


def _told(step: Step, about: str) -> Step:
    return Step(about, step.line, step.action, step.keys, step.command)


def _row_says(document: Document, line: int) -> str:
    """What a row of commands is about: its first cell that is none."""
    row = next(row for table in document.tables for row in table.rows if row.line == line)
    return next((cell for cell in row.cells if cell and not is_command(cell)), "")


def _owner(section: Section) -> Section:
    """The heading of the incident: those that only count steps belong to the one above."""
    while section.parent is not None and section.parent.depth > 0:
        if not (_STEP.search(section.name) or section.bold):
            break
        section = section.parent
    return section


def _incident(draft: Draft, section: Section, around: Section, steps: list[Step]) -> None:
    """An incident, of what its section says; a page of one incident is about it as a whole."""
    key = _key(draft, section)
    table = ("incidents", key)
    draft.put(table, "title", section.name or draft.document.path.stem, section.line)
    if section.depth:
        draft.put(table, "runbook", section.name, section.line)
    alerts = list(_alerts(draft, section, around))
    if alerts:
        draft.put_all(table, "alerts", alerts)
    else:
        draft.tables[table]["alerts"] = ((), 0)
        name = section.name or draft.document.path.name
        draft.doubt(section.line, name, "no alert is named that announces it")
    _severity(draft, table, around)
    for number, step in enumerate(step for step in steps if step.says):
        _step(draft, ("incidents", key, "procedure", number), step)
    for block in draft.document.code:
        if block.section.inside(section) and is_commands(block):
            draft.placed.add(block.first_line)


def _key(draft: Draft, section: Section) -> str:
    base = slug(section.name or draft.document.path.stem)
    if unfit_for_incident(base, levels_of(draft)):
        base = f"incident-{base}"
    number, key = 2, base
    while draft.taken("incidents", key):
        key, number = f"{base}-{number}", number + 1
    return key


def levels_of(draft: Draft) -> list[str]:
    """The severities that the document tells of."""
    return [str(table[1]) for table in draft.tables if table[0] == "severities"]


def _alerts(draft: Draft, section: Section, around: Section) -> Iterator[Said]:
    for key, value, line in pairs(draft.document, around):
        if _ALERT.search(key) and value:
            for name in _ALERT_NAME.findall(value) or [value]:
                yield Said(name, line)
            return
    if found := _ALERT_NAME.fullmatch(section.name):
        yield Said(found[1], section.line)  # a page an alert, named after it


def _severity(draft: Draft, table: tuple[str, str], section: Section) -> None:
    for key, value, line in pairs(draft.document, section):
        if _SEVERITY.search(key):
            name = words.level_in(value)
            if name in (levels_of(draft) or ["P1", "P2", "P3", "P4"]):
                draft.put(table, "severity", name, line)
            else:
                draft.doubt(line, f"{key}: {value}", "no severity of that name")
            return


def _step(draft: Draft, table: tuple[str | int, ...], step: Step) -> None:
    draft.put(table, "action", step.action, step.line)
    draft.put(table, "says", step.says, step.line)
    for key, value in step.keys:
        draft.put(table, key, value, step.line)
    if step.changes:
        draft.put(table, "changes", True, step.line)
    if step.command:
        draft.put_all(table, "command", [Said(word, step.line) for word in step.command])
