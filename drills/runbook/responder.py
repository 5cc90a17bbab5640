"""Who carries out the response: the runbook by itself, the moment an alert of it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drills.journal.facts import ResponseAborted, ResponseEnded, ResponseStarted
from drills.journal.timeline import Timeline
from drills.runbook.bench import Bench
from drills.runbook.incident import Call, Incident
from drills.runbook.procedure import carry_out
from drills.wait import Watcher


class RunbookResponder:
    """Waits for alerts of the runbook's incidents, and carries out their procedures, each once.

    What is done is chosen by what calls, and by nothing else. Of two incidents that are announced
    by the same the first of ``incidents`` is meant. ``calls`` tells again and again what called so
    far. What came up while a procedure was under way is answered after it, if it lasts until then.
    """

    def __init__(
        self, bench: Bench, incidents: Sequence[Incident], calls: Callable[[], Sequence[Call]]
    ) -> None:
        self._bench = bench
        self._incidents = incidents
        self._calls = calls
        self._answered: list[Incident] = []
        self._watcher = Watcher("responder", self._ask, interval=0.02)

    def start(self) -> None:
        """Go on call."""
        self._watcher.start()

    def stop(self, within: float) -> None:
        """Go off call; a procedure under way is given ``within`` seconds to end. Idempotent."""
        self._watcher.stop(within)

    def _ask(self) -> None:
        for call in self._calls():
            incident = self._meant(call)
            if incident is None or incident in self._answered:
                continue
            if call.lasts or not self._answered:
                self._answered.append(incident)
                self._respond(call.name, incident)
                return

    def _meant(self, call: Call) -> Incident | None:
        for incident in self._incidents:
            if call.name in (incident.unhealthy if call.by_health else incident.alerts):
                return incident
        return None

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
