"""The runbook's policy as a team wrote it down: severities, roles, contacts, record, dates."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from drills.errors import PlanError
from drills.journal.rules import check, filled, misfit
from drills.runbook.incident import Incident
from drills.stack.system import Question
from drills.units import format_seconds, parse_duration

_DAYS = re.compile(
    r"\s*(\d+(?:\.\d+)?)\s*(business |working |calendar )?\s*(day|week|month|year)s?\s*",
    re.IGNORECASE,
)
DAY = 86400.0
_SATURDAY = 5  # of a week that begins with Monday, 0; so many days of it are business days
_LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """A severity: how soon somebody must respond, who does, and who must hear of it how often.

    ``response`` is a duration (``15 min``) or a number of days (``1 business day``), "" for none.
    ``means`` and ``examples`` say what is so severe, ``team`` who responds. ``communication`` is
    the sentence, ``tell`` who is told, ``every`` how often, in seconds. Raises ValueError for a
    response that is neither.
    """

    word: str = ""
    response: str = ""
    means: str = ""
    examples: tuple[str, ...] = ()
    team: str = ""
    communication: str = ""
    tell: tuple[str, ...] = ()
    every: float | None = None

    def __post_init__(self) -> None:
        check(self, response=spanned)

    @property
    def limit(self) -> float | None:
        """Seconds within which somebody must respond, None where there is no such limit."""
        return span(self.response) if self.response else None

    @property
    def told(self) -> tuple[str, ...]:
        """Who must be told; nobody where the policy says no more than a sentence."""
        return self.tell or (("the team",) if self.every else ())


def span(text: str) -> float:
    """Seconds of a duration or of days: a business day counts 24 hours, a month 30 days.

    Raises PlanError where it is neither.
    """
    if days := _DAYS.fullmatch(text):
        return float(days[1]) * DAY * _LENGTHS[days[3].lower()]
    return parse_duration(text)


def due_after(begin: datetime, text: str) -> datetime:
    """When a span that began then is over. Of business days, Saturdays and Sundays are none.

    Raises PlanError as ``span`` does, OverflowError for what no calendar has.
    """
    days = _DAYS.fullmatch(text)
    if not days or days[3].lower() != "day" or (days[2] or "c").lower().startswith("c"):
        return begin + timedelta(seconds=span(text))
    while begin.weekday() >= _SATURDAY:
        begin -= timedelta(days=1)
    weeks, rest = divmod(math.ceil(float(days[1])), _SATURDAY)
    begin += timedelta(weeks=weeks)
    over = begin + timedelta(days=rest)
    return over + timedelta(days=2) if begin.weekday() + rest >= _SATURDAY else over


def spanned(text: str) -> str:
    """The rule for a text that is a span of time, or is left out."""
    try:
        return "" if not text or span(text) > 0 else "more than no time"
    except PlanError:
        return "a span such as '15 min', '4 h', '1 business day' or '90 days'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where messages of an incident are sent, to whom that speaks.

    ``url`` is an address of apprise, masked in all that is written; ``at`` is a service of the
    stack itself, to which they are posted: nobody outside hears of it. It is one of the two.
    Without ``tell`` it reaches whoever is to be told.
    """

    url: str = field(default="", repr=False)
    at: Question | None = None
    tell: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.url.strip()) == (self.at is not None):
            raise misfit(*(["at"] if self.at else []), text="expected one of url and at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Somebody's part in an incident: who takes it, who else, and what they do.

    ``first`` takes it, or else the ``deputy``. ``record`` is the line of the incident record that
    names who took it, "" for none. ``fills`` are the fields of the record that are left to them
    where nothing that was observed fills them.
    """

    title: str
    first: str = ""
    deputy: str = ""
    duties: tuple[str, ...] = ()
    record: str = ""
    fills: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check(self, title=filled)

    @property
    def people(self) -> str:
        """``Technical Lead (deputy: IT Manager)``; the title where nobody is named."""
        return f"{self.first or self.title}" + (f" (deputy: {self.deputy})" if self.deputy else "")

    @property
    def told(self) -> str:
        """``Incident Commander (Technical Lead, or IT Manager)``."""
        people = ", or ".join(filter(None, (self.first, self.deputy)))
        return f"{self.title} ({people})" if people else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody who can be reached: how, and what for.

    ``reach`` is masked in what is reported, unless it may be ``shown``.
    """

    name: str
    reach: str = field(default="", repr=False)
    use: str = ""
    external: bool = False
    shown: bool = False

    def __post_init__(self) -> None:
        check(self, name=filled)

    @property
    def known(self) -> bool:
        """Whether ``reach`` says anything: a placeholder (``xxx-xxxx``, ``TBD``) does not."""
        said = re.sub(r"[^0-9a-z@#]", "", self.reach.casefold())
        return bool(said) and re.fullmatch(r"x+|0+|tbd|tba|todo|na|none|changeme", said) is None


MEASURES = "Prevention measures"  # the record's list of them, and what people attest of it
# What the record has a field for; which of them a team requires is its own.
FIELDS = (
    *("Severity", "Start time", "End time", "Duration", "Description", "Detection", "Data"),
    *("Impact", "Affected services", "Root cause", "Resolution actions", "Notifications"),
)
# What a role may be left to fill in.
FILLED = (*FIELDS, "Workarounds used", MEASURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Who sees to something after an incident (a role), and within what time of it; "" not said.

    ``within`` is a span such as ``5 business days`` that counts from the day of the drill; of
    business days, Saturdays and Sundays are none.
    """

    by: str = ""
    within: str = ""

    def __post_init__(self) -> None:
        check(self, within=spanned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the team's incident record holds.

    ``impacts`` and ``services`` are its boxes; without ``services`` they are those that the
    incidents name under ``affected``, and what an incident names besides has a box too. ``ticks``
    says which box each observation ticks (``down``, ``degraded``, ``slow``, ``data``,
    ``security``). Nothing of ``required`` may be left open; any other field may, by whom the roles
    say. ``after`` are the actions after the incident, ``otherwise`` the role that is left the rest.
    ``due`` says by whom and by when, of an action or of all ``Prevention measures``. ``template``
    is the file that the record is written after, relative to the policy's. ``template_text`` is
    what it holds.
    """

    impacts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    ticks: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    otherwise: str = ""
    due: Mapping[str, Due] = field(default_factory=dict)
    template: str = ""
    template_text: str = field(default="", repr=False)

    def boxes(self, incidents: Iterable[Incident]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The boxes of a runbook with these incidents: kinds of impact, and services."""
        affected = dict.fromkeys(box for incident in incidents for box in incident.affected)
        return self.impacts, self.services or tuple(affected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A success criterion as the runbook says it, and the sentence of a scenario that states it."""

    says: str
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A drill of the runbook's own: of which incident, how often, when next, who sees to it.

    ``criteria`` are what the runbook wants of it, ``by`` is a role.
    """

    title: str
    incident: str = ""
    scenario: str = ""
    criteria: tuple[Claim, ...] = ()
    every: str = ""
    next: date | None = None
    by: str = ""

    def __post_init__(self) -> None:
        check(self, title=filled, every=spanned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """When the runbook was changed last, when it is read again, how often, who sees to it."""

    updated: date | None = None
    next: date | None = None
    every: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        check(self, every=spanned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole of ``runbook.toml``: what the team promises, and what it does.

    ``text`` is the runbook for people, in Markdown, relative to the file. ``standard`` is true of
    what a team has that wrote no policy down.
    """

    text: str = ""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    notify: Mapping[str, Target] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    drills: Mapping[str, Rehearsal] = field(default_factory=dict)
    review: Review = field(default_factory=Review)
    standard: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        """What people may attest: roles that they took, what was done after the incident."""
        return topics([role.record for role in self.roles.values()], self.record.after)

    def targets(self, level: str) -> tuple[str, ...]:
        """The names of the targets that reach whoever is told at this severity."""
        told = self.severities[level].told if level in self.severities else ()
        return tuple(
            name
            for name, target in self.notify.items()
            if told and (not target.tell or {*target.tell} & {*told})
        )

    def severity_of(self, tags: frozenset[str]) -> str:
        """The level that a scenario's tags name, "" for none. Raises PlanError for several."""
        return severity_of(tags, self.severities)


def topics(roles: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """What people may attest of a drill with these lines for roles, and actions afterwards."""
    return (MEASURES, *filter(None, roles), *after)


def level_of(tag: str, levels: Collection[str]) -> str:
    """The level that one tag names, as ``P2`` or as ``severity:P2``; "" for any other tag."""
    level = tag.removeprefix("severity:")
    return level if level in levels else ""


def severity_of(tags: frozenset[str], levels: Collection[str]) -> str:
    """The severity that a scenario's tags name, "" for none. Raises PlanError for more than one."""
    named = sorted({level for tag in tags if (level := level_of(tag, levels))})
    if len(named) > 1:
        raise PlanError(f"expected one severity tag, got {', '.join(named)}")
    return named[0] if named else ""


def promise(level: str, severity: Severity) -> str:
    """A severity in words: ``P2 high: response within 1 hour, stakeholders every hour``."""
    response = f"response within {severity.response}" if severity.response else "no time to respond"
    often = f", every {format_seconds(severity.every)}" if severity.every else ""
    told = f", {severity.communication}{often}" if severity.communication else ""
    return f"{' '.join(filter(None, (level, severity.word)))}: {response}{told}"
