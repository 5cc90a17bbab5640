"""The on-call's pager: what Alertmanager notified, stamped where it arrived.

The pager runs inside the stack, so a notification crosses no host network. It stamps arrivals
with its own monotonic clock; the offset to ours is measured as NTP does, and half of the tightest
round trip is kept as the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

from drills.clock import Clock
from drills.errors import DrillError
from drills.journal.facts import ErrorNote
from drills.journal.journal import Journal
from drills.journal.timeline import Json
from drills.observers.arrived import Offset, alerted
from drills.stack.http import Client
from drills.stack.tls import Address
from drills.wait import Watcher


class PagerWatch:
    """Writes a signal for every alert that reaches the pager at ``address``."""

    def __init__(self, address: Address, journal: Journal, clock: Clock) -> None:
        self._address = address
        self._client = Client(address, timeout=5.0)
        self._journal = journal
        self._last = 0
        self._writing = Lock()  # what is told twice is written once
        self._stopped = False
        self._offset = Offset.measure(
            lambda: self._client.json("/clock").get("monotonic_ns"), clock
        )
        self._watcher = Watcher(
            *("pager", self._ask), interval=0.02, failed=self._failed, ended=self._client.close
        )

    def start(self) -> None:
        """Begin to listen."""
        self._watcher.start()

    def stop(self) -> None:
        """Take what is there once more, then end. Idempotent.

        Nobody waits for the pager to answer what was asked before, which may take it a second:
        whatever that brings is taken here.
        """
        with self._writing:
            if self._stopped:
                return
            self._stopped = True
        self._watcher.stop(within=0)
        with suppress(DrillError), Client(self._address) as client:  # that it is gone was told
            self._write(self._told(client, wait=0))

    def _ask(self) -> None:
        told = self._told(self._client, wait=1)
        with self._writing:
            if not self._stopped:
                self._write(told)

    def _told(self, client: Client, *, wait: int) -> Mapping[str, Json]:
        return client.json(f"/alerts?since={self._last}&wait={wait}", timeout=wait + 2.0)

    def _write(self, answer: Mapping[str, Json]) -> None:
        records = answer.get("records")
        for record in records if isinstance(records, list) else []:
            if isinstance(record, Mapping):
                self._signal(record)
        last = answer.get("last_seq")
        if isinstance(last, int):  # a pager that was restarted counts anew
            self._last = last if last >= self._last else 0

    def _signal(self, record: Mapping[str, Json]) -> None:
        received = record.get("received_monotonic_ns")
        if not isinstance(received, int):
            return
        name, state = str(record.get("alertname", "")), str(record.get("state", ""))
        alert = alerted(
            *(name, state, self._offset.error_ns),
            *(_by_name(record.get("labels")), _by_name(record.get("annotations"))),
            str(record.get("starts_at", "")),
        )
        self._journal.write(alert, at_ns=received - self._offset.ns)

    def _failed(self, error: Exception) -> None:
        text = f"the pager does not answer: {error}"
        self._journal.write(ErrorNote(text, detector="pager"))


def _by_name(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
