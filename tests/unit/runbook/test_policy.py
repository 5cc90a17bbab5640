"""The runbook's policy: what it promises, and what its words mean."""

from __future__ import annotations

from datetime import datetime

import pytest

from drills.errors import PlanError
from drills.runbook.incident import Incident
from drills.runbook.policy import (
    Contact,
    Record,
    Rehearsal,
    Role,
    Severity,
    due_after,
    promise,
    severity_of,
    span,
)

LEVELS = ("P1", "P2", "P3", "P4")


@pytest.mark.parametrize(
    ("tags", "severity"),
    [
        ({"P2", "read-replica-down"}, "P2"),
        ({"P9", "p1"}, ""),
        (set(), ""),
        ({"severity:P3"}, "P3"),
        ({"P3", "severity:P3"}, "P3"),
    ],
)
def test_a_tag_names_the_severity(tags: set[str], severity: str) -> None:
    """Exactly as the runbook spells it."""
    assert severity_of(frozenset(tags), LEVELS) == severity


def test_a_team_has_severities_of_its_own() -> None:
    """By whatever names."""
    assert severity_of(frozenset({"SEV-1", "P2"}), ("SEV-1", "SEV-2")) == "SEV-1"


def test_two_severities_are_a_mistake() -> None:
    """A drill has one, and the message names both."""
    with pytest.raises(PlanError, match="P1, P2"):
        severity_of(frozenset({"P2", "P1"}), LEVELS)
    with pytest.raises(PlanError, match="P1, P2"):
        severity_of(frozenset({"P2", "severity:P1"}), LEVELS)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15 min", 900), ("1 business day", 86400), ("2 weeks", 1209600), ("90 Days", 7776000)],
)
def test_a_span_may_be_days(text: str, seconds: float) -> None:
    """A business day is counted as one of 24 hours."""
    assert span(text) == seconds


@pytest.mark.parametrize(
    ("begin", "within", "over"),
    [
        ("2026-11-27", "2 business days", "2026-12-01"),  # a Friday
        ("2026-11-27", "5 Working days", "2026-12-04"),
        ("2026-11-28", "5 business days", "2026-12-04"),
        ("2026-11-29", "1 business day", "2026-11-30"),
        ("2026-11-23", "4 business days", "2026-11-27"),
        ("2026-11-23", "12 business days", "2026-12-09"),
        ("2026-11-27", "2 days", "2026-11-29"),
        ("2026-11-27", "2 calendar days", "2026-11-29"),
        ("2026-11-27", "1 business week", "2026-12-04"),
    ],
)
def test_nothing_is_due_on_a_weekend_for_business_days(begin: str, within: str, over: str) -> None:
    """A date for people; a limit in a drill counts them as 24 hours each."""
    due = due_after(datetime.fromisoformat(begin), within)
    assert f"{due:%Y-%m-%d}" == over


def test_a_span_that_is_none_is_told() -> None:
    """With what one looks like."""
    with pytest.raises(ValueError, match="response: expected a span such as '15 min', '4 h'"):
        Severity(response="soon")
    with pytest.raises(ValueError, match="every: expected more than no time, found '0 days'"):
        Rehearsal(title="x", every="0 days")


def test_a_severity_is_told_in_words() -> None:
    """Its response, and who hears of it how often."""
    severity = Severity(word="high", response="1 hour", communication="stakeholders", every=3600)
    said = "P2 high: response within 1 hour, stakeholders, every 1 h"
    assert promise("P2", severity) == said
    assert promise("X", Severity()) == "X: no time to respond"
    assert Severity().limit is None


def test_a_role_is_told_with_who_takes_it() -> None:
    """By its title where nobody is named."""
    role = Role(title="Commander", first="Lead", deputy="Manager")
    assert (role.people, role.told) == ("Lead (deputy: Manager)", "Commander (Lead, or Manager)")
    assert (Role(title="C").people, Role(title="C").told) == ("C", "C")


@pytest.mark.parametrize("reach", ["", "xxx-xxxx", "TBD", "000-0000", "?", "N/A"])
def test_a_placeholder_reaches_nobody(reach: str) -> None:
    """So a contact that has one is missing."""
    assert not Contact(name="Lead", reach=reach).known


@pytest.mark.parametrize("reach", ["+49 30 1234567", "#incidents", "lead@example.com"])
def test_a_contact_is_known_by_how_to_reach_it(reach: str) -> None:
    """And no repr shows it."""
    contact = Contact(name="Lead", reach=reach)
    assert contact.known
    assert reach not in repr(contact)


def test_a_record_has_a_box_for_each_service_that_incidents_affect() -> None:
    """In their order, once each, unless the team lists its own."""
    incidents = [
        Incident(title="A", alerts=("A",), affected=("Shop", "Stock")),
        Incident(title="B", alerts=("B",), affected=("Stock", "Mail")),
    ]
    assert Record().boxes(incidents) == ((), ("Shop", "Stock", "Mail"))
    assert Record(impacts=("Bad",), services=("Own",)).boxes(incidents) == (("Bad",), ("Own",))
