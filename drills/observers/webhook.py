"""The drill's own receiver of webhooks: what the team's alerting sent to it, as it arrived."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from drills.clock import Clock
from drills.errors import DrillError
from drills.journal.facts import ErrorNote
from drills.journal.journal import Journal
from drills.journal.observed import PAGER
from drills.observers.arrived import Offset, alerted
from drills.observers.payload import Shape, Unfit, alerts_in
from drills.stack.inbox import Arrival, Inbox
from drills.wait import Watcher

GaveWay = Callable[[str, str, "int | None"], None]  # what, in which words, and since when


class WebhookWatch:
    """Writes a signal for every alert that reaches the inbox, in payloads of this shape.

    A payload that is not of the shape is an error in the journal, each kind once: who is told in
    words that nobody can read is not told. ``gave_way`` is told where the inbox is gone, for it is
    the drill's own.
    """

    def __init__(
        self, inbox: Inbox, shape: Shape, journal: Journal, clock: Clock, gave_way: GaveWay
    ) -> None:
        self._inbox = inbox
        self._shape = shape
        self._journal = journal
        self._gave_way = gave_way
        self._position = 0
        self._unfit: set[str] = set()
        self._offset = Offset.measure(inbox.clock_ns, clock)
        self._watcher = Watcher("webhook", self._ask, interval=0.02, failed=self._failed)

    def start(self) -> None:
        """Begin to listen: what came before is there."""
        self._watcher.start()

    def stop(self) -> None:
        """Take what is there once more, then end. Idempotent."""
        self._watcher.stop()
        with suppress(DrillError):  # that it is gone was told
            self._ask()
        self._inbox.close()

    def _ask(self) -> None:
        arrived, self._position = self._inbox.since(self._position)
        for arrival in arrived:
            self._take(arrival)

    def _take(self, arrival: Arrival) -> None:
        at_ns = arrival.at_ns - self._offset.ns
        try:
            alerts = alerts_in(self._shape, arrival.body)
        except Unfit as error:
            self._does_not_fit(str(error), arrival, at_ns)
            return
        for one in alerts:
            signal = alerted(
                *(one.name, one.state, self._offset.error_ns),
                *(one.labels, one.annotations, one.starts_at),
            )
            self._journal.write(signal, at_ns=at_ns)

    def _does_not_fit(self, why: str, arrival: Arrival, at_ns: int) -> None:
        if why in self._unfit:
            return
        self._unfit.add(why)
        text = f"a webhook to {arrival.path} is not of the shape in [monitoring.webhook]: {why}"
        self._journal.write(ErrorNote(text, detector=PAGER), at_ns=at_ns)

    def _failed(self, error: Exception) -> None:
        self._gave_way("webhook receiver", str(error), None)
