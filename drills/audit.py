"""The ledger held against the primary while the drill goes on, so that losing data can end it."""

from __future__ import annotations

from pathlib import Path

from drills.clock import Clock
from drills.journal import Journal
from drills.ledger import WriteOutcome, outcome_of
from drills.probes.samples import SampleTail
from drills.replication import query
from drills.stop import LEDGER
from drills.timeline import Kind
from drills.units import NS
from drills.watcher import Watcher

EVERY = 2.0  # seconds between two questions
SETTLED = 2.0  # seconds since its acknowledgement, after which a write must be on the primary


class Audit:
    """Asks the primary, on a thread of its own, for every write acknowledged a while ago.

    Writes an event whenever the number of those that are missing changes. A primary that cannot be
    asked proves nothing: it is noted, and asked again.
    """

    def __init__(
        self, dsn: str, statement: str, writes: str, samples: Path, journal: Journal, clock: Clock
    ) -> None:
        self._dsn = dsn
        self._statement = statement
        self._writes = writes
        self._tail = SampleTail(samples)
        self._journal = journal
        self._clock = clock
        self._missing = 0
        self._watcher = Watcher("audit", self.ask, interval=EVERY, failed=self._failed)

    def start(self) -> None:
        """Begin to ask."""
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent."""
        self._watcher.stop()

    def ask(self) -> None:
        """Ask once. Raises DatabaseError when the primary does not answer."""
        acknowledged = self._acknowledged(self._clock.monotonic_ns() - int(SETTLED * NS))
        if not acknowledged:
            return
        found = {str(row[0]) for row in query(self._dsn, self._statement)}
        missing = len(acknowledged - found)
        if missing != self._missing:
            self._missing = missing
            self._journal.write(
                Kind.OBSERVED,
                f"acknowledged writes that the primary does not hold: {missing}",
                observer=LEDGER,
                missing=missing,
            )

    def _acknowledged(self, until_ns: int) -> set[str]:
        return {
            sample.subject
            for sample in self._tail.poll().get(self._writes, ())
            if sample.subject
            and sample.ended_ns <= until_ns
            and outcome_of(sample) is WriteOutcome.ACKNOWLEDGED
        }

    def _failed(self, error: Exception) -> None:
        self._journal.write(Kind.NOTE, f"the primary was not asked for its writes: {error}")
