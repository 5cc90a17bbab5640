"""Who carries out the response: the runbook by itself, the moment an alert of it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drills.errors import DrillError
from drills.journal.facts import Note, ResponseAborted, ResponseEnded, ResponseStarted
from drills.journal.timeline import Timeline
from drills.runbook.action import Action
from drills.runbook.actions import ACTIONS
from drills.runbook.bench import Bench
from drills.runbook.incident import Call, Incident
from drills.runbook.procedure import carry_out
from drills.wait import Watcher


class RunbookResponder:
    """Waits for alerts of the runbook's incidents, and carries out their procedures, each once.

    What is done is chosen by what calls, and by nothing else. Of several incidents that are
    announced by the same, the first one is meant whose step that tells it from others works, in
    the order of ``incidents``; where none does, the first that has no such step. Each of these is
    asked once, and what it said is written down. ``calls`` tells again and again what called so
    far. What came up while a procedure was under way is answered after it, if it lasts until then.
    """

    def __init__(
        self, bench: Bench, incidents: Sequence[Incident], calls: Callable[[], Sequence[Call]]
    ) -> None:
        self._bench = bench
        self._incidents = incidents
        self._calls = calls
        self._answered: list[Incident] = []
        self._known: dict[tuple[str, bool], Incident | None] = {}
        self._watcher = Watcher("responder", self._ask, interval=0.02)

    def start(self) -> None:
        """Go on call."""
        self._watcher.start()

    def stop(self, within: float) -> None:
        """Go off call; a procedure under way is given ``within`` seconds to end. Idempotent."""
        self._watcher.stop(within)

    def _ask(self) -> None:
        for call in self._calls():
            if not call.lasts and self._answered:
                continue
            incident = self._meant(call)
            if incident is not None and incident not in self._answered:
                self._answered.append(incident)
                self._respond(call.name, incident)
                return

    def _meant(self, call: Call) -> Incident | None:
        key = call.name, call.by_health
        if key not in self._known:
            self._known[key] = self._told_apart(call)
        return self._known[key]

    def _told_apart(self, call: Call) -> Incident | None:
        """Of the incidents that are announced so; None where nothing is, or none is meant."""
        found = [
            each
            for each in self._incidents
            if call.name in (each.unhealthy if call.by_health else each.alerts)
        ]
        for incident in found:
            if (step := incident.telling) and self._is_so(call, incident, step):
                return incident
        return next((each for each in found if each.telling is None), None)

    def _is_so(self, call: Call, incident: Incident, step: Action) -> bool:
        """Whether the step that tells the incident from others works."""
        asked = f"{call.name}: {incident.title}, or another incident? {step.says}"
        try:
            ACTIONS[step.action](self._bench, step)
        except DrillError as error:
            self._bench.journal.write(Note(f"{asked}: no, another ({error})"))
            return False
        self._bench.journal.write(Note(f"{asked}: yes, it is"))
        return True

    def _respond(self, alert: str, incident: Incident) -> None:
        journal, title = self._bench.journal, incident.title
        journal.write(ResponseStarted(f"{alert}: runbook, {title}", alert=alert))
        try:
            carry_out(self._bench, title, incident.procedure)
        except Exception as error:  # noqa: BLE001 - a response that began must be told to have failed
            journal.write(ResponseAborted(str(error)))
        else:
            journal.write(ResponseEnded(f"procedure {title} carried out and verified"))


def settled(timeline: Timeline) -> bool:
    """Whether no response is under way: none was begun, or each came to its end."""
    begun = timeline.all(ResponseStarted)
    return len(begun) <= len(timeline.all(ResponseEnded)) + len(timeline.all(ResponseAborted))
