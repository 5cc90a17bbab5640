"""Who is on call in a drill: the runbook by itself, from the first fault on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drills.clock import Clock
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.journal.journal import Journal
from drills.judgement.detection import calls_in
from drills.lifecycle.plan import Plan
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.runbook.incident import Call, Incident
from drills.runbook.responder import RunbookResponder


class OnCall:
    """Nobody, until ``begin``: whoever responds knows of no fault, only of what calls."""

    def __init__(self, plan: Plan, settings: Settings, journal: Journal, clock: Clock) -> None:
        self._plan = plan
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._responder: RunbookResponder | None = None

    def begin(self, bench: Bench) -> None:
        """Go on call, with all procedures of the manifest, ``in_order``.

        Nobody does so in a drill of no incident, or where nobody is to respond. Idempotent.
        """
        incident = self._plan.incident
        if self._responder is not None or incident is None or not self._settings.respond:
            return
        order = in_order(self._plan.manifest.incidents.values(), incident)
        self._responder = RunbookResponder(bench, order, self._calls)
        self._responder.start()

    def stand_down(self, within: float) -> None:
        """Go off call; ``within`` seconds for a procedure to end. Idempotent."""
        if self._responder is not None:
            self._responder.stop(within)

    def _calls(self) -> list[Call]:
        return calls_in(self._journal.timeline(), self._clock.monotonic_ns())


def in_order(incidents: Iterable[Incident], own: Incident) -> list[Incident]:
    """The order in which they are asked whether they are meant: see ``RunbookResponder``.

    Those that a step tells from others come as they are, whichever is the scenario's ``own``: it
    is the answer that decides. Of the others the scenario's own comes first.
    """
    known = list(incidents)
    others = [each for each in known if each.telling is None]
    others.sort(key=lambda each: each != own)
    return [*(each for each in known if each.telling is not None), *others]


def backup_of(incident: Incident | None) -> Action:
    """How the backup is made that an incident's procedure restores in a database's place.

    Raises PlanError where it restores none.
    """
    for step in incident.procedure if incident else ():
        if step.action == "restore" and step.changes:
            return replace(step, action="back up", changes=False)
    raise PlanError(
        "expected a backup that the incident's procedure restores: a step with action = 'restore' "
        "and changes = true"
    )
