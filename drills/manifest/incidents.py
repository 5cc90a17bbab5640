"""The incidents of the runbook: how each shows, whom it hurts, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import model_validator

from drills.manifest.section import Name, Seconds, Section
from drills.runbook.policy import IMPACTS

NEEDS: Mapping[str, tuple[str, ...]] = {
    "check": ("path", "field"),
    "point": ("key", "at"),
    "restart": ("service", "path", "field"),
    "inspect": ("service",),
    "verify": ("path", "field", "equals", "service"),
}


class Action(Section):
    """One step of a procedure, from a closed list.

    ``check``: ask ``path`` and keep ``field`` (dotted) of the answer. ``point``: in the
    environment file, give ``key`` the value of ``at``. ``restart``: the service's instances, one
    after the other: the next one when the one before answers ``path`` with its id in ``field``, and
    customers were answered for ``hold`` since, so that what was under way has come to its end.
    ``inspect``: the processes of the service's instances by memory, twice.
    ``verify``: ask ``path`` until ``field`` equals ``equals`` on every instance of ``service``.
    """

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
        missing = [name for name in NEEDS[self.action] if not getattr(self, name)]
        if missing:
            raise ValueError(f"action {self.action!r} needs {', '.join(missing)}")
        return self

    @property
    def acts(self) -> bool:
        """Whether it changes the system (the others only look)."""
        return self.action in ("point", "restart")


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
    procedure: tuple[Action, ...] = ()

    @model_validator(mode="after")
    def _is_announced(self) -> Self:
        if not (self.alerts or self.unhealthy):
            raise ValueError("expected alerts, or services under unhealthy, that announce it")
        return self

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
