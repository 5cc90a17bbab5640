"""The runbook's policy, as its text has it."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.runbook.policy import SEVERITIES, severity_of


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
    assert severity_of(frozenset(tags)) == severity


def test_two_severities_are_a_mistake() -> None:
    """A drill has one, and the message names both."""
    with pytest.raises(PlanError, match="P1, P2"):
        severity_of(frozenset({"P2", "P1"}))
    with pytest.raises(PlanError, match="P1, P2"):
        severity_of(frozenset({"P2", "severity:P1"}))


def test_severities_promise_what_the_runbook_promises() -> None:
    """How soon somebody must respond."""
    promised = {level: severity.response for level, severity in SEVERITIES.items()}
    assert promised == {
        "P1": "15 minutes",
        "P2": "1 hour",
        "P3": "4 hours",
        "P4": "1 business day",
    }
