"""The incidents of the runbook: how each shows, whom it hurts, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drills.journal.rules import check, filled
from drills.runbook.action import Action
from drills.runbook.policy import IMPACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident of the runbook: how it shows, whom it hurts, what to do.

    It is announced by any of its ``alerts`` at the pager, and by a container of the services under
    ``unhealthy`` whose own health check says so. ``runbook`` is the heading of its section in the
    runbook as it is written, where that is not its title. Raises ValueError where nothing
    announces it, or a step after the first one tells it from others.
    """

    title: str
    alerts: tuple[str, ...] = ()
    unhealthy: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    workaround: str = ""
    prevention: tuple[str, ...] = ()
    procedure: tuple[Action, ...] = ()
    runbook: str = ""

    def __post_init__(self) -> None:
        check(self, title=filled)
        if not (self.alerts or self.unhealthy):
            raise ValueError("expected alerts, or services under unhealthy, that announce it")
        if any(step.tells for step in self.procedure[1:]):
            raise ValueError("expected that the first step of the procedure tells, got a later one")

    @property
    def telling(self) -> Action | None:
        """The step that tells it from others with the same alert; None where it has none."""
        first = self.procedure[:1]
        return first[0] if first and first[0].tells else None

    @property
    def announced_by(self) -> str:
        """What announces it, in words."""
        health = [f"{service} unhealthy" for service in self.unhealthy]
        return " or ".join([*self.alerts, *health])


@dataclass(frozen=True, slots=True)
class Call:
    """What calls whoever is on call: an alert at the pager, or a service that is unhealthy.

    ``lasts`` says whether it is so still.
    """

    name: str
    by_health: bool
    lasts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the team's incident record has boxes for: kinds of impact, and services as it says.

    Without ``services`` they are those that the incidents name under ``affected``. What an incident
    names besides has a box too.
    """

    impacts: tuple[str, ...] = IMPACTS
    services: tuple[str, ...] = ()

    def boxes(self, incidents: Iterable[Incident]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The boxes of a runbook with these incidents: kinds of impact, and services."""
        affected = dict.fromkeys(box for incident in incidents for box in incident.affected)
        return self.impacts, self.services or tuple(affected)


def files_of(incidents: Iterable[Incident]) -> set[str]:
    """The files that their procedures put back, as ``Action.file`` names them."""
    steps = (action for incident in incidents for action in incident.procedure)
    return {action.file for action in steps if action.action == "revert"}
