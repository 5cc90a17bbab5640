"""The system's own health endpoint, watched for changes of what it says."""

from __future__ import annotations

from collections.abc import Mapping

from drills.clock import Clock
from drills.journal.facts import Signal
from drills.journal.journal import Journal
from drills.journal.observed import HEALTH
from drills.observers.monitoring import HealthField
from drills.stack.http import Client, NoAnswer, dig
from drills.stack.tls import Address
from drills.wait import Watcher


class HealthWatch:
    """Writes a signal whenever what is watched of an endpoint's answer changes.

    ``fields`` maps the path of an endpoint to the field of its answer.
    """

    def __init__(
        self, address: Address, fields: Mapping[str, HealthField], journal: Journal, clock: Clock
    ) -> None:
        self._client = Client(address, timeout=2.0)
        self._fields = fields
        self._journal = journal
        self._clock = clock
        self._last: dict[str, str] = {}
        self._watcher = Watcher("health", self._ask, interval=0.25)

    def start(self) -> None:
        """Begin to watch."""
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent."""
        self._watcher.stop()
        self._client.close()

    def _ask(self) -> None:
        for path, watched in self._fields.items():
            field = watched.field
            asked = self._clock.monotonic_ns()
            try:
                value = str(dig(self._client.json(path), field))
            except NoAnswer:
                value = "no answer"
            answered = self._clock.monotonic_ns()
            name = f"{path} {field}"
            if value != self._last.get(name):
                said = Signal(
                    f"{path} says {field} is {value}",
                    detector=HEALTH,
                    name=name,
                    state=value,
                    error_ns=(answered - asked) // 2,
                    wrong=bool(watched.good) and value not in watched.good,
                    heard=watched.tells,
                )
                self._journal.write(said, at_ns=(asked + answered) // 2)
            self._last[name] = value
