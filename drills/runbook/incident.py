"""The incidents of the runbook: how each shows, whom it hurts, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drills.journal.rules import check, filled, misfit
from drills.runbook.action import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident of the runbook: how it shows, whom it hurts, what to do.

    It is announced by any of its ``alerts`` at the pager, and by a container of the services under
    ``unhealthy`` whose own health check says so. Where nothing does, nobody responds to it yet.
    ``otherwise`` is done from the step of the ``procedure`` on that decides, and does not work.
    ``severity`` is that of a drill whose scenario has no tag that names one. ``runbook`` is the
    heading of the runbook for people that is about it, ``drills`` the features that rehearse it,
    ``fault`` the sentence of a scenario that brings it about.
    Raises ValueError where a step after the first one tells it from others.
    """

    title: str
    alerts: tuple[str, ...] = ()
    unhealthy: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    workaround: str = ""
    prevention: tuple[str, ...] = ()
    procedure: tuple[Action, ...] = ()
    otherwise: tuple[Action, ...] = ()
    severity: str = ""
    runbook: str = ""
    drills: tuple[str, ...] = ()
    fault: str = ""

    def __post_init__(self) -> None:
        check(self, title=filled)
        deciding = any(action.decides for action in self.procedure)
        if deciding != bool(self.otherwise) or any(action.decides for action in self.otherwise):
            raise misfit(
                "otherwise" if self.otherwise else "procedure",
                text="expected, under otherwise, what is done where a step of the procedure that "
                "decides does not work: both of them or none, and none that decides there",
            )
        for number, step in enumerate(self.procedure):
            if number and step.tells:
                text = "expected that the first step of the procedure tells, got a later one"
                raise misfit("procedure", number, "tells", text=text)

    @property
    def telling(self) -> Action | None:
        """The step that tells it from others with the same alert; None where it has none."""
        first = self.procedure[:1]
        return first[0] if first and first[0].tells else None

    @property
    def steps(self) -> tuple[Action, ...]:
        """All that may be done, in order."""
        return self.procedure + self.otherwise

    @property
    def announced_by(self) -> str:
        """What announces it, in words."""
        health = [f"{service} unhealthy" for service in self.unhealthy]
        return " or ".join([*self.alerts, *health]) or "nothing"


@dataclass(frozen=True, slots=True)
class Call:
    """What calls whoever is on call: an alert at the pager, or a service that is unhealthy.

    ``lasts`` says whether it is so still.
    """

    name: str
    by_health: bool
    lasts: bool


def files_of(incidents: Iterable[Incident]) -> set[str]:
    """The files that their procedures put back, as ``Action.file`` names them."""
    steps = (action for incident in incidents for action in incident.steps)
    return {action.file for action in steps if action.action == "revert"}
