"""The sections of ``runbook.toml``: what the team promises, and what it does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Strict

from drills.config.incidents import IncidentSection
from drills.config.section import LEFT_OUT, Name, Seconds, Section, keeps
from drills.config.system import QuestionSection
from drills.errors import near
from drills.journal import rules
from drills.journal.misfits import Misfit, Misfits
from drills.runbook.policy import (
    FIELDS,
    FILLED,
    MEASURES,
    Claim,
    Contact,
    Due,
    Policy,
    Record,
    Rehearsal,
    Review,
    Role,
    Severity,
    Target,
    spanned,
)

STANDARD = "standard.toml"
Span = Annotated[str, keeps(spanned)]
Day = Annotated[date, Strict()]


class SeveritySection(Section):
    """``[severities.<level>]``, see ``Severity``."""

    makes = Severity
    word: str = LEFT_OUT
    response: Span = LEFT_OUT
    means: str = LEFT_OUT
    examples: tuple[Name, ...] = LEFT_OUT
    team: str = LEFT_OUT
    communication: str = LEFT_OUT
    tell: tuple[Name, ...] = LEFT_OUT
    every: Seconds | None = LEFT_OUT


class RoleSection(Section):
    """``[roles.<name>]``, see ``Role``."""

    makes = Role
    title: Name
    first: str = LEFT_OUT
    deputy: str = LEFT_OUT
    duties: tuple[Name, ...] = LEFT_OUT
    record: str = LEFT_OUT
    fills: tuple[Name, ...] = LEFT_OUT


class ContactSection(Section):
    """``[contacts.<name>]``, see ``Contact``."""

    makes = Contact
    name: Name
    reach: str = LEFT_OUT
    use: str = LEFT_OUT
    external: bool = LEFT_OUT
    shown: bool = LEFT_OUT


class DueSection(Section):
    """``[record.due."<action>"]``, see ``Due``."""

    makes = Due
    by: str = LEFT_OUT
    within: Span = LEFT_OUT


class TargetSection(Section):
    """``[notify.<name>]``, see ``Target``."""

    makes = Target
    url: Name = LEFT_OUT
    at: QuestionSection = LEFT_OUT
    tell: tuple[Name, ...] = LEFT_OUT


class _RecordSection(Section):
    """``[record]``, see ``Record``."""

    makes = Record
    impacts: Annotated[tuple[Name, ...], keeps(rules.some)] = LEFT_OUT
    services: tuple[Name, ...] = LEFT_OUT
    ticks: dict[Literal["down", "degraded", "slow", "data", "security"], Name] = LEFT_OUT
    required: Annotated[tuple[Name, ...], keeps(rules.some)] = LEFT_OUT
    after: tuple[Name, ...] = LEFT_OUT
    otherwise: str = LEFT_OUT
    due: dict[str, DueSection] = LEFT_OUT
    template: Name = LEFT_OUT


class RecordSection(_RecordSection):
    """The same; what it leaves out is as in the standard policy."""

    def value(self) -> Record:
        """The record. Raises Misfits where a field or a box is required that there is none of."""
        given = self.given()
        record = replace(standard().record, **given)
        if found := list(_unfit(record, given)):
            raise Misfits(found)
        return record


class ClaimSection(Section):
    """One criterion of a drill of the runbook's own, see ``Claim``."""

    makes = Claim
    says: Name
    sentence: str = LEFT_OUT


class RehearsalSection(Section):
    """``[drills.<name>]``, see ``Rehearsal``."""

    makes = Rehearsal
    title: Name
    incident: str = LEFT_OUT
    scenario: str = LEFT_OUT
    criteria: tuple[ClaimSection, ...] = LEFT_OUT
    every: Span = LEFT_OUT
    next: Day | None = LEFT_OUT
    by: str = LEFT_OUT


class ReviewSection(Section):
    """``[review]``, see ``Review``."""

    makes = Review
    updated: Day | None = LEFT_OUT
    next: Day | None = LEFT_OUT
    every: Span = LEFT_OUT
    by: str = LEFT_OUT


class _RunbookSection(Section):
    """What ``runbook.toml`` may hold, see ``Policy``."""

    makes = Policy
    text: str = LEFT_OUT
    severities: dict[str, SeveritySection] = LEFT_OUT
    roles: dict[str, RoleSection] = LEFT_OUT
    contacts: dict[str, ContactSection] = LEFT_OUT
    notify: dict[Name, TargetSection] = LEFT_OUT
    incidents: dict[str, IncidentSection] = LEFT_OUT
    record: _RecordSection = LEFT_OUT
    drills: dict[str, RehearsalSection] = LEFT_OUT
    review: ReviewSection = LEFT_OUT


class RunbookSection(_RunbookSection):
    """The same; severities, roles and record that it leaves out are as in the standard policy."""

    record: RecordSection = LEFT_OUT

    def value(self) -> Policy:
        """The policy. Raises Misfits with everything that one section names and no other has."""
        usual = standard()
        left = {key: getattr(usual, key) for key in ("severities", "roles", "record")}
        policy = Policy(**{**left, **self.given()})
        said = "record" in self.model_fields_set and "otherwise" in self.record.model_fields_set
        if policy.record.otherwise not in policy.roles and not said:
            policy = replace(policy, record=replace(policy.record, otherwise=""))
        if found := list(_misfits(policy, self.model_fields_set)):
            raise Misfits(found)
        return policy


@cache
def standard() -> Policy:
    """The policy of a team that wrote none down."""
    text = (files("drills.runbook") / STANDARD).read_text("utf-8")
    policy: Policy = _RunbookSection.model_validate(tomllib.loads(text)).value()
    return replace(policy, standard=True)


def _unfit(record: Record, given: dict[str, Any]) -> Iterator[Misfit]:
    for number, name in enumerate(record.required):
        if name not in FIELDS:
            yield _not_among(("required", number), name, FIELDS, "the record's fields")
    for what, box in record.ticks.items():
        if "ticks" in given and box not in record.impacts:
            yield _not_among(("ticks", what), box, record.impacts, "the record's impacts")
    for action in record.due:
        if action not in (known := (*record.after, MEASURES)):
            yield _not_among(("due", action), action, known, "the actions after an incident")


def _misfits(policy: Policy, said: set[str]) -> Iterator[Misfit]:
    told = tuple(dict.fromkeys(who for each in policy.severities.values() for who in each.told))
    for name, target in policy.notify.items():
        for number, who in enumerate(target.tell):
            if who not in told:
                at = ("notify", name, "tell", number)
                yield _not_among(at, who, told, "those whom a severity tells")
    for name, incident in policy.incidents.items():
        if incident.severity and incident.severity not in policy.severities:
            path = ("incidents", name, "severity")
            yield _not_among(path, incident.severity, policy.severities, "the severities")
    for name, drill in policy.drills.items():
        if drill.incident and "incidents" in said and drill.incident not in policy.incidents:
            path = ("drills", name, "incident")
            yield _not_among(path, drill.incident, policy.incidents, "the incidents")
        if drill.by and drill.by not in policy.roles:
            yield _not_among(("drills", name, "by"), drill.by, policy.roles, "the roles")
    if policy.review.by and policy.review.by not in policy.roles:
        yield _not_among(("review", "by"), policy.review.by, policy.roles, "the roles")
    yield from _fillers(policy, said)


def _fillers(policy: Policy, said: set[str]) -> Iterator[Misfit]:
    """Fields of the record that a role fills and that are none, and who is left the rest."""
    otherwise = policy.record.otherwise
    if otherwise and otherwise not in policy.roles and "record" in said:
        yield _not_among(("record", "otherwise"), otherwise, policy.roles, "the roles")
    for action, due in policy.record.due.items():
        if due.by and due.by not in policy.roles:
            yield _not_among(("record", "due", action, "by"), due.by, policy.roles, "the roles")
    for name, role in policy.roles.items():
        for number, field in enumerate(role.fills):
            if field not in FILLED:
                path = ("roles", name, "fills", number)
                yield _not_among(path, field, FILLED, "the record's fields")


def _not_among(path: tuple[str | int, ...], found: str, known: Any, what: str) -> Misfit:
    listed = ", ".join(known) or "none"
    return Misfit(path, f"expected one of {what} ({listed}), found {found!r}{near(found, known)}")
