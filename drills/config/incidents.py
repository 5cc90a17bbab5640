"""The sections on the incidents of the runbook, and their procedures."""

from __future__ import annotations

from typing import Literal

from drills.config.section import LEFT_OUT, Name, Ratio, Seconds, Section
from drills.runbook.action import Action
from drills.runbook.incident import Incident


class ActionSection(Section):
    """One step of a procedure, see ``Action``."""

    makes = Action
    action: Literal[
        "check",
        "point",
        "revert",
        "promote",
        "restart",
        "start",
        "stop",
        "scale",
        "reload",
        "run",
        "back up",
        "restore",
        "free space",
        "inspect",
        "verify",
        "people",
    ]
    says: str
    path: str = LEFT_OUT
    field: str = LEFT_OUT
    equals: str = LEFT_OUT
    key: str = LEFT_OUT
    at: str = LEFT_OUT
    service: str = LEFT_OUT
    instances: int = LEFT_OUT
    command: tuple[str, ...] = LEFT_OUT
    contains: str = LEFT_OUT
    changes: bool = LEFT_OUT
    database: str = LEFT_OUT
    file: str = LEFT_OUT
    role: Name = LEFT_OUT
    files: tuple[str, ...] = LEFT_OUT
    free: Ratio = LEFT_OUT
    tried: bool = LEFT_OUT
    required: bool = LEFT_OUT
    tells: bool = LEFT_OUT
    decides: bool = LEFT_OUT
    hold: Seconds = LEFT_OUT
    timeout: Seconds = LEFT_OUT
    runbook: str = LEFT_OUT


class IncidentSection(Section):
    """``[incidents.<name>]``, see ``Incident``."""

    makes = Incident
    title: Name
    alerts: tuple[Name, ...] = LEFT_OUT
    unhealthy: tuple[Name, ...] = LEFT_OUT
    impact: tuple[str, ...] = LEFT_OUT
    affected: tuple[str, ...] = LEFT_OUT
    workaround: str = LEFT_OUT
    prevention: tuple[str, ...] = LEFT_OUT
    procedure: tuple[ActionSection, ...] = LEFT_OUT
    otherwise: tuple[ActionSection, ...] = LEFT_OUT
    severity: Name = LEFT_OUT
    runbook: Name = LEFT_OUT
    drills: tuple[Name, ...] = LEFT_OUT
    fault: Name = LEFT_OUT

    def value(self) -> Incident:
        """The incident. Raises ValueError where it is not said what announces it.

        That nothing does yet is said by an empty list of alerts.
        """
        if not {"alerts", "unhealthy"} & self.model_fields_set:
            raise ValueError("expected alerts, or services under unhealthy, that announce it")
        incident: Incident = super().value()
        return incident
