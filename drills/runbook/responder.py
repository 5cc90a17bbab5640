"""Who carries out the response: the runbook by itself, the moment an alert of it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from drills.errors import ResponseFailed
from drills.journal.facts import (
    Note,
    ResponseAborted,
    ResponseEnded,
    ResponseStarted,
    ResponseStep,
)
from drills.journal.timeline import Timeline
from drills.runbook.bench import Bench
from drills.runbook.incident import Call, Incident
from drills.runbook.procedure import attempted, carry_out
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
        self._off_call = threading.Event()
        self._bench = replace(bench, off_call=self._off_call.is_set)
        self._incidents = incidents
        self._calls = calls
        self._answered: list[Incident] = []
        self._heard: set[tuple[str, bool]] = set()
        self._watcher = Watcher("responder", self._ask, interval=0.02)

    def start(self) -> None:
        """Go on call."""
        self._watcher.start()

    def stop(self, within: float) -> None:
        """Go off call; a procedure under way is given ``within`` seconds to end. Idempotent.

        People are waited for no more.
        """
        self._off_call.set()
        self._watcher.stop(within)

    def _ask(self) -> None:
        for call in self._calls():
            key = call.name, call.by_health
            if key in self._heard or (not call.lasts and self._answered):
                continue
            found = [
                each
                for each in self._incidents
                if call.name in (each.unhealthy if call.by_health else each.alerts)
            ]
            if not all(each in self._answered for each in found):
                self._heard.add(key)
                self._respond(call.name, found)
                return

    def _respond(self, alert: str, found: Sequence[Incident]) -> None:
        """Answer what announces any of these incidents: first by asking which of them it is."""
        journal, ask = self._bench.journal, any(each.telling for each in found)
        title = " or ".join(each.title for each in (found if ask else found[:1]))
        journal.write(ResponseStarted(f"{alert}: runbook, {title}", alert=alert))
        try:
            incident, first = self._told_apart(found)
            if incident not in self._answered:
                self._answered.append(incident)
                carry_out(
                    *(self._bench, incident.title, incident.procedure, incident.otherwise),
                    done=first,
                )
        except Exception as error:  # noqa: BLE001 - a response that began must be told to have failed
            journal.write(ResponseAborted(str(error)))
        else:
            journal.write(ResponseEnded(f"procedure {incident.title} carried out and verified"))

    def _told_apart(self, found: Sequence[Incident]) -> tuple[Incident, ResponseStep | None]:
        """The one that is meant, and the step that told so. Raises ResponseFailed where none is."""
        for incident in found:
            if (telling := incident.telling) is None:
                continue
            step = attempted(self._bench, incident.title, 1, telling)
            if step.works:
                return incident, step
            text = f"{incident.title}? {step.text}: no, so it is another ({step.reason})"
            self._bench.journal.write(Note(text))
        for incident in found:
            if incident.telling is None:
                return incident, None
        raise ResponseFailed("none of the incidents that are announced so is meant")


def settled(timeline: Timeline) -> bool:
    """Whether no response is under way: none was begun, or each came to its end."""
    begun = timeline.all(ResponseStarted)
    return len(begun) <= len(timeline.all(ResponseEnded)) + len(timeline.all(ResponseAborted))
