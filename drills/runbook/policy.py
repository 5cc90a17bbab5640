"""The runbook's policy: severities and what they promise, roles, the record's check lists."""

from __future__ import annotations

from dataclasses import dataclass

from drills.errors import PlanError


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity level: how soon somebody must respond, and who must hear of it."""

    level: str
    word: str
    response: str
    communication: str


SEVERITIES = {
    severity.level: severity
    for severity in (
        Severity("P1", "critical", "15 minutes", "stakeholders at once"),
        Severity("P2", "high", "1 hour", "stakeholders every hour"),
        Severity("P3", "medium", "4 hours", "progress once a day"),
        Severity("P4", "low", "1 business day", "sprint planning"),
    )
}

# Role in the incident record, and who fills it by the runbook: first choice, then deputy.
ROLES = {
    "Incident commander": ("Technical Lead", "IT Manager"),
    "Technical lead": ("Senior Developer", "IT Manager"),
    "Communications": ("Business Owner", "Office Manager"),
}

# What a record has boxes for, where a manifest lists nothing of its own.
IMPACTS = (
    "System down completely",
    "Features degraded",
    "Performance issues",
    "Data integrity concerns",
    "Security implications",
)

# Those of journals from before a manifest could list any: then there was the reference ERP alone.
SERVICES = (
    "Authentication",
    "Inventory Management",
    "Reporting",
    "Data Exports",
    "Database",
    "Load Balancer",
)

# What a record says before it is complete.
REQUIRED = (
    "Severity",
    "Start time",
    "End time",
    "Duration",
    "Description",
    "Detection",
    "Impact",
    "Affected services",
    "Root cause",
    "Resolution actions",
)

POST_INCIDENT = (
    "Root cause analysis completed",
    "Prevention measures identified",
    "Documentation updated",
    "Team retrospective scheduled",
)


def level_of(tag: str) -> str:
    """The level that one tag names, as ``P2`` or as ``severity:P2``; "" for any other tag."""
    level = tag.removeprefix("severity:")
    return level if level in SEVERITIES else ""


def severity_of(tags: frozenset[str]) -> str:
    """The severity that a scenario's tags name, "" for none. Raises PlanError for more than one."""
    named = sorted({level for tag in tags if (level := level_of(tag))})
    if len(named) > 1:
        raise PlanError(f"expected one severity tag, got {', '.join(named)}")
    return named[0] if named else ""
