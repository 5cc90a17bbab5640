"""`drills runbook check`: what in the runbook nobody drills, nobody finds, or nobody kept up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from drills.cli.scenarios import Scenario
from drills.config.document import Manifest
from drills.errors import near
from drills.history.carried import Drilled
from drills.runbook.document import CodeBlock, Document
from drills.runbook.incident import Incident
from drills.runbook.written.blocks import commands_of
from drills.runbook.written.covered import uncovered

QUARTER = timedelta(days=91)
_ALERT = re.compile(r"^\s*(?:-\s+)?alert:\s*[\"']?([^\"'\s#]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or (``known`` is false) that nobody can know from what is there."""

    kind: str
    file: str
    line: int
    text: str
    known: bool = True

    def __str__(self) -> str:
        word = self.kind if self.known else f"not known: {self.kind}"
        return f"{self.file}:{self.line}: {word}: {self.text}"

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a runbook is held against. ``rules`` are files of alert rules, with the text of each."""

    manifest: Manifest
    scenarios: Sequence[Scenario]
    drilled: Sequence[Drilled]
    reports: Path
    rules: Sequence[tuple[Path, str]]
    text: Document | None
    today: date

    def at(self, *path: str | int) -> tuple[str, int]:
        """The file and the line of a key."""
        return self.manifest.place(path)


def findings(checked: Checked) -> list[Finding]:
    """Everything that is found, in the order of kinds, then of places."""
    parts: Sequence[Callable[[Checked], Iterator[Finding]]] = (
        _incidents, _procedures, _criteria, _alerts, _blocks, _lines, _contacts, _dates,
    )  # fmt: skip
    return [each for part in parts for each in part(checked)]


def _incidents(checked: Checked) -> Iterator[Finding]:
    """Incidents without a drill, a procedure, or an alert."""
    tags = {tag for scenario in checked.scenarios for tag in scenario.tags}
    files = {str(scenario.file) for scenario in checked.scenarios}
    for name, incident in checked.manifest.incidents.items():
        at = checked.at(*checked.manifest.place_of(name))
        if name not in tags:
            yield Finding("no drill", *at, f"{name}: no scenario has the tag @{name}")
        for number, named in enumerate(incident.drills):
            if not any(file.endswith(named.partition("::")[0]) for file in files):
                key = (*checked.manifest.place_of(name), "drills", number)
                yield Finding("no drill", *checked.at(*key), f"{name}: there is no {named}")
        if not incident.procedure:
            yield Finding("no procedure", *at, f"{name}: nothing says what to do")
        if not (incident.alerts or incident.unhealthy):
            yield Finding("no alert", *at, f"{name}: nothing announces it, so nobody responds")


def _procedures(checked: Checked) -> Iterator[Finding]:
    """Procedures that no drill carried out to their end lately, or not as they are now."""
    incidents = {n: i for n, i in checked.manifest.incidents.items() if i.procedure}
    if incidents and not checked.drilled:
        text = f"{checked.reports} holds no drill, so which procedures were carried out"
        name = next(iter(incidents))
        yield Finding("not carried out", *checked.at(*checked.manifest.place_of(name)), text, False)
        return
    for name, incident in incidents.items():
        at = checked.at(*checked.manifest.place_of(name))
        done = [each for each in checked.drilled if incident.title in each.answered]
        if not done:
            yield Finding("not carried out", *at, f"{name}: by no drill in {checked.reports}")
            continue
        if checked.today - done[-1].at.date() > QUARTER:
            text = f"{name}: last on {done[-1].at:%Y-%m-%d}, more than {QUARTER.days} days ago"
            yield Finding("not carried out", *at, text)
        yield from _changed(checked, name, incident, done[-1])


def _changed(checked: Checked, name: str, incident: Incident, last: Drilled) -> Iterator[Finding]:
    carried = set(last.steps[incident.title])
    for number, action in enumerate(incident.procedure):
        if (action.action, action.says) not in carried:
            at = checked.at(*checked.manifest.place_of(name), "procedure", number)
            text = f"{name}: step {number + 1} is not what was carried out on {last.at:%Y-%m-%d}"
            yield Finding("changed", *at, text)


def _criteria(checked: Checked) -> Iterator[Finding]:
    """What the runbook's own drills must meet, and no scenario states."""
    for name, drill in checked.manifest.runbook.drills.items():
        path = ("runbook", "drills", name)
        meant = [s for s in checked.scenarios if drill.scenario in ("", s.name)]
        meant = [s for s in meant if drill.incident in ("", *s.tags)]
        if not meant:
            what = drill.scenario or f"@{drill.incident}"
            names = [scenario.name for scenario in checked.scenarios]
            text = f"{drill.title}: no scenario is {what!r}{near(what, names)}"
            yield Finding("no drill", *checked.at(*path), text)
            continue
        sentences = sorted({text for scenario in meant for text in scenario.sentences})
        for number, claim in enumerate(drill.criteria):
            at = checked.at(*path, "criteria", number)
            if not claim.sentence:
                text = f"{claim.says!r}: no sentence is named, so whether a scenario states it"
                yield Finding("criterion", *at, text, False)
            elif claim.sentence not in sentences:
                hint = near(claim.sentence, sentences)
                text = f"{claim.says!r}: no scenario says {claim.sentence!r}{hint}"
                yield Finding("criterion", *at, text)


def _alerts(checked: Checked) -> Iterator[Finding]:
    """Alerts of the rules that mean no incident, and alerts that no rule gives."""
    manifest = checked.manifest
    meant = {alert for each in manifest.incidents.values() for alert in each.alerts}
    rules: dict[str, tuple[str, int]] = {}
    for path, text in checked.rules:
        for number, line in enumerate(text.splitlines(), 1):
            if found := _ALERT.match(line):
                rules.setdefault(found[1], (str(path), number))
    if not rules:
        at = checked.at("runbook") if manifest.runbook.incidents else checked.at("incidents")
        yield Finding("alert", *at, "no rules were found, so which alerts mean no incident", False)
        return
    for alert, (file, number) in rules.items():
        if alert not in meant | set(manifest.monitoring.alerts):
            yield Finding("alert", file, number, f"{alert} belongs to no incident")
    for name, incident in manifest.incidents.items():
        for number, alert in enumerate(incident.alerts):
            if alert not in rules:
                at = checked.at(*manifest.place_of(name), "alerts", number)
                hint = near(alert, rules)
                text = f"{name}: no rule gives {alert}{hint or ', so whether anything else does'}"
                yield Finding("alert", *at, text, bool(hint))


def _blocks(checked: Checked) -> Iterator[Finding]:
    """Blocks of code of the runbook's text that are not what was carried out as written."""
    document, manifest = checked.text, checked.manifest
    if document is None:
        if manifest.runbook.text:
            text = f"there is no {manifest.runbook.text}, so what of it changed"
            yield Finding("code", *checked.at("runbook", "text"), text, False)
        return
    headings = {section.name for section in document.sections}
    for name, incident in manifest.incidents.items():
        if incident.runbook and incident.runbook not in headings:
            at = checked.at(*manifest.place_of(name), "runbook")
            hint = near(incident.runbook, headings)
            yield Finding("code", *at, f"{name}: no heading is {incident.runbook!r}{hint}")
    carried = [each for each in checked.drilled if each.commands]
    own = {incident.runbook for incident in manifest.incidents.values()}
    blocks = [b for b in document.code if b.section.name in own and b.section.name]
    never = []
    for block in blocks:
        tried = [drill for drill in carried if _tried(block, drill)]
        if not tried:
            never.append(block)
        elif missing := _uncarried(block, tried[-1]):
            line, text = missing
            said = f"not as it was carried out on {tried[-1].at:%Y-%m-%d}: {text}"
            yield Finding("code", str(document.path), line, said)
    if never:
        text = f"{len(never)} blocks were never carried out as written, so what of them changed"
        yield Finding("code", str(document.path), never[0].first_line, text, False)


def _lines(checked: Checked) -> Iterator[Finding]:
    """Lines of the incidents' sections that no step of a procedure names, where steps name any."""
    document, incidents = checked.text, checked.manifest.incidents.values()
    if document is None or not any(step.lines for each in incidents for step in each.procedure):
        return
    own = {incident.runbook for incident in incidents} - {""}
    for command in uncovered(commands_of(document), incidents):
        if own & set(command.section):
            text = f"{command.shown}: no procedure carries it out"
            yield Finding("no step", str(document.path), command.line, text)


def _commands(block: CodeBlock) -> list[tuple[int, str]]:
    lines = [(line.number, line.text.strip()) for line in block.lines]
    return [(number, text) for number, text in lines if text and not text.startswith("#")]


def _tried(block: CodeBlock, drill: Drilled) -> bool:
    return any(section.endswith(block.section.name) for section, _ in drill.commands)


def _uncarried(block: CodeBlock, drill: Drilled) -> tuple[int, str] | None:
    said = {line.strip() for _, command in drill.commands for line in command.splitlines()}
    return next(((n, text) for n, text in _commands(block) if text not in said), None)


def _contacts(checked: Checked) -> Iterator[Finding]:
    """Contacts that reach nobody, and roles that nobody takes."""
    policy = checked.manifest.runbook
    for name, contact in policy.contacts.items():
        if not contact.known:
            at = checked.at("runbook", "contacts", name)
            yield Finding("contact", *at, f"{contact.name}: it is not said how to reach them")
    if policy.standard:
        return
    for name, role in policy.roles.items():
        if not role.first:
            yield Finding("contact", *checked.at("runbook", "roles", name), f"{role.title}: nobody")
    if not policy.contacts:
        yield Finding("contact", *checked.at("runbook"), "nobody is named who can be reached")


def _dates(checked: Checked) -> Iterator[Finding]:
    """Drills and reviews that are overdue, or of which nobody says when they are due."""
    policy = checked.manifest.runbook
    for name, drill in policy.drills.items():
        path = ("runbook", "drills", name)
        held = [d for d in checked.drilled if d.completed and d.incident == drill.incident]
        since = [each.at.date() for each in held]
        if drill.next is None:
            yield Finding("overdue", *checked.at(*path), f"{drill.title}: no date is set")
        elif drill.next < checked.today:
            done = [day for day in since if day >= drill.next]
            but = f"; it was held on {done[-1]}, so set the next date" if done else ""
            text = f"{drill.title}: due on {drill.next}{but}"
            yield Finding("overdue", *checked.at(*path, "next"), text)
    if policy.standard:
        return
    if policy.review.next is None:
        yield Finding("overdue", *checked.at("runbook", "review"), "review: no date is set")
    elif policy.review.next < checked.today:
        at = checked.at("runbook", "review", "next")
        yield Finding("overdue", *at, f"review: due on {policy.review.next}")
