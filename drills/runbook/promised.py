"""What the team's policy promised when a drill began, as its journal tells it.

Journals of the versions before policies were data say nothing of it: they are judged by what those
versions took every team's runbook to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drills.journal.facts import DrillStarted
from drills.runbook.policy import topics

_LEADS = "Incident Commander (Technical Lead, or IT Manager)"
_RESPONDS = "Technical Response (Senior Developer, or IT Manager)"
_TELLS = "Communications Lead (Business Owner, or Office Manager)"
_EARLIER_SERVICES = (
    "Authentication",
    "Inventory Management",
    "Reporting",
    "Data Exports",
    "Database",
    "Load Balancer",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """The part of a policy that judging and the record need.

    ``roles`` has, for each line of the record that names somebody, who that is. ``fills`` has who
    fills in a field of the record, ``otherwise`` who does any other. ``ticks`` has the box that
    each kind of observation ticks. ``owners`` has who sees to what after the incident, ``within``
    in what time. The defaults are those of the journals of earlier versions.
    """

    severities: tuple[str, ...] = ("P1", "P2", "P3", "P4")
    limit_s: float | None = None
    required: tuple[str, ...] = (
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
    impacts: tuple[str, ...] = (
        "System down completely",
        "Features degraded",
        "Performance issues",
        "Data integrity concerns",
        "Security implications",
    )
    services: tuple[str, ...] = _EARLIER_SERVICES
    ticks: Mapping[str, str] = field(
        default_factory=lambda: {
            "down": "System down completely",
            "degraded": "Features degraded",
            "slow": "Performance issues",
            "data": "Data integrity concerns",
            "security": "Security implications",
        }
    )
    after: tuple[str, ...] = (
        "Root cause analysis completed",
        "Prevention measures identified",
        "Documentation updated",
        "Team retrospective scheduled",
    )
    roles: Mapping[str, str] = field(
        default_factory=lambda: {
            "Incident commander": "Technical Lead (deputy: IT Manager)",
            "Technical lead": "Senior Developer (deputy: IT Manager)",
            "Communications": "Business Owner (deputy: Office Manager)",
        }
    )
    fills: Mapping[str, str] = field(
        default_factory=lambda: {
            "Severity": _LEADS,
            "Incident commander": _LEADS,
            "Technical lead": _RESPONDS,
            "Root cause": _RESPONDS,
            "Resolution actions": _RESPONDS,
            "Workarounds used": _RESPONDS,
            "Prevention measures": _RESPONDS,
            "Communications": _TELLS,
            "Impact": _TELLS,
        }
    )
    otherwise: str = "Support & Documentation (any available team member)"
    owners: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)

    @property
    def topics(self) -> tuple[str, ...]:
        """What people may attest."""
        return topics(self.roles, self.after)


def promised(started: DrillStarted | None) -> Promised:
    """What a drill was begun with."""
    started = started or DrillStarted()
    impacts, services = started.record_impacts, started.record_services
    if not started.policy:
        usual = Promised()
        listed = started.schema > 1 or impacts  # before, there was the reference alone
        return Promised(
            impacts=impacts or usual.impacts,
            services=services or (() if listed else usual.services),
        )
    return Promised(
        severities=started.severities,
        limit_s=started.response_limit_s or None,
        required=started.record_required,
        impacts=impacts,
        services=services,
        ticks=started.record_ticks,
        after=started.record_after,
        roles=started.roles,
        fills=started.fills,
        otherwise=started.otherwise,
        owners=started.record_owners,
        within=started.record_within,
    )
