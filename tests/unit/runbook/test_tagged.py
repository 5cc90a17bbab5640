"""Tags that mean something to the runbook, those that nearly do, and all the others."""

from __future__ import annotations

import pytest

from drills.runbook.tagged import NO_INCIDENT, tag_problems

INCIDENTS = ("read-replica-down", "memory-exhaustion")
LEVELS = ("P1", "P2", "P3", "P4")
FREE = {"slow", "nightly", "issue(42)", "owner:erin", "priority:2", "prod", "p2p", "sevilla", "P"}


def texts(*tags: str, incidents: tuple[str, ...] = INCIDENTS) -> list[str]:
    return [problem.text for problem in tag_problems(frozenset(tags), incidents, LEVELS)]


@pytest.mark.parametrize("severity", [(), ("P2",), ("severity:P2",), ("P2", "severity:P2")])
@pytest.mark.parametrize("incident", [*INCIDENTS, NO_INCIDENT])
def test_free_tags_beside_an_incident_are_no_mistake(
    severity: tuple[str, ...], incident: str
) -> None:
    """Teams tag as they like, also with what resembles an incident that is named beside it."""
    assert texts(*severity, incident, "read-replicas", *FREE) == []


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("read-replica-donw", "read-replica-down"),
        ("Read-Replica-Down", "read-replica-down"),
        ("read_replica_down", "read-replica-down"),
        ("read-replica-down,", "read-replica-down"),
        ("memory-exhausted", "memory-exhaustion"),
        ("noincident", "no-incident"),
        ("no_incident", "no-incident"),
    ],
)
def test_a_misspelt_incident_is_told_with_the_one_that_was_meant(tag: str, meant: str) -> None:
    """It would switch the responder off, and no alert would count."""
    (problem,) = tag_problems(frozenset({"P2", "slow", tag}), INCIDENTS, LEVELS)
    assert problem == (tag, f"@{tag} is no incident of the manifest, did you mean @{meant}?")


@pytest.mark.parametrize("tags", [(), ("P2", *FREE), ("replica",)])
def test_no_incident_at_all_has_to_be_meant(tags: tuple[str, ...]) -> None:
    """With those there are, and the word that says so."""
    (text,) = texts(*tags)
    assert text.startswith(
        "expected a tag that names the incident (@memory-exhaustion, @read-replica-down), without"
    )
    assert "@no-incident" in text


def test_a_manifest_without_incidents_asks_for_none() -> None:
    """There is nobody to switch off."""
    assert texts("P2", "read-replica-donw", incidents=()) == []


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("p2", "@P2"),
        ("severity:p2", "@P2"),
        ("Severity:P2", "@P2"),
        ("SEV-2", "@P2"),
        ("sev2", "@P2"),
        ("P2,", "@P2"),
        ("severity=P2", "@P2"),
        ("severity(P2)", "@P2"),
        ("P22", "one of @P1, @P2, @P3, @P4"),
        ("P0", "one of @P1, @P2, @P3, @P4"),
        ("severity:high", ""),
        ("severity", "one of @P1, @P2, @P3, @P4"),
    ],
)
def test_what_is_nearly_a_severity_is_told(tag: str, meant: str) -> None:
    """The record would be without one."""
    expected = [f"@{tag} is no severity, did you mean {meant}?"] if meant else []
    assert texts(tag, "read-replica-down") == expected


def test_all_problems_are_told_at_once() -> None:
    """Severity and incident."""
    assert len(texts("P1", "P2", "P5", *INCIDENTS)) == 3
    assert texts("no-incident", "memory-exhaustion") == [
        "expected an incident or none, got @memory-exhaustion beside @no-incident"
    ]
