"""The incidents of the runbook: how each shows, whom it hurts, what to do."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from drills.config.section import Name, Seconds, Section
from drills.runbook.action import Action
from drills.runbook.policy import IMPACTS


class ActionSection(Section):
    """One step of a procedure, see ``Action``."""

    action: Literal["check", "point", "restart", "inspect", "verify"]
    says: str
    path: str = ""
    field: str = ""
    equals: str = ""
    key: str = ""
    at: str = ""
    service: str = ""
    hold: Seconds = 1.0

    @model_validator(mode="after")
    def _has_its_fields(self) -> Self:
        self.value()
        return self

    def value(self) -> Action:
        """The same as the value that a procedure carries out."""
        return Action(**self.model_dump())


class Incident(Section):
    """One incident of the runbook: how it shows, whom it hurts, what to do.

    It is announced by any of its ``alerts`` at the pager, and by a container of the services under
    ``unhealthy`` whose own health check says so.
    """

    title: Name
    alerts: tuple[Name, ...] = ()
    unhealthy: tuple[Name, ...] = ()
    impact: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    workaround: str = ""
    prevention: tuple[str, ...] = ()
    procedure: tuple[ActionSection, ...] = ()

    @model_validator(mode="after")
    def _is_announced(self) -> Self:
        if not (self.alerts or self.unhealthy):
            raise ValueError("expected alerts, or services under unhealthy, that announce it")
        return self

    def steps(self) -> tuple[Action, ...]:
        """The procedure as it is carried out."""
        return tuple(step.value() for step in self.procedure)

    @property
    def announced_by(self) -> str:
        """What announces it, in words."""
        health = [f"{service} unhealthy" for service in self.unhealthy]
        return " or ".join([*self.alerts, *health])


class Record(Section):
    """What the team's incident record has boxes for: kinds of impact, and services as it says.

    Without ``services`` they are those that the incidents name under ``affected``. What an incident
    names besides has a box too.
    """

    impacts: tuple[Name, ...] = IMPACTS
    services: tuple[Name, ...] = ()
