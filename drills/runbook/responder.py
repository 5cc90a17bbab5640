"""Who carries out the response: the runbook by itself, the moment its alert reaches the pager."""

from __future__ import annotations

import threading
from collections.abc import Callable

from drills.journal.facts import ResponseAborted, ResponseEnded, ResponseStarted
from drills.journal.timeline import Timeline
from drills.runbook.action import Action
from drills.runbook.procedure import Bench, carry_out
from drills.wait import Watcher


class RunbookResponder:
    """Waits for the incident's alert, then carries out its procedure once, on its own thread.

    ``alert`` is asked again and again: the name of the alert that came, "" for none yet.
    """

    def __init__(
        self, bench: Bench, title: str, procedure: tuple[Action, ...], alert: Callable[[], str]
    ) -> None:
        self._bench = bench
        self._title, self._procedure = title, procedure
        self._alert = alert
        self._answered = threading.Event()
        self._watcher = Watcher("responder", self._ask, interval=0.02)

    def start(self) -> None:
        """Go on call."""
        self._watcher.start()

    def stop(self, within: float) -> None:
        """Go off call; a procedure under way is given ``within`` seconds to end. Idempotent."""
        self._watcher.stop(within)

    def _ask(self) -> None:
        if self._answered.is_set():
            return
        if alert := self._alert():
            self._answered.set()
            self._respond(alert)

    def _respond(self, alert: str) -> None:
        journal, title = self._bench.journal, self._title
        journal.write(ResponseStarted(f"{alert}: runbook, {title}", alert=alert))
        try:
            carry_out(self._bench, self._procedure)
        except Exception as error:  # noqa: BLE001 - a response that began must be told to have failed
            journal.write(ResponseAborted(str(error)))
        else:
            journal.write(ResponseEnded(f"procedure {title} carried out and verified"))


def settled(timeline: Timeline) -> bool:
    """Whether no response is under way: none was begun, or it came to its end."""
    return (
        timeline.first(ResponseStarted) is None
        or timeline.first(ResponseEnded, ResponseAborted) is not None
    )
