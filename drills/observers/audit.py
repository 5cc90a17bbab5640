"""The ledger held against the primary while the drill goes on, so that losing data can end it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drills.clock import Clock
from drills.journal.facts import LedgerAudited, Note
from drills.journal.journal import Journal
from drills.journal.samples import SampleTail
from drills.observers.ledger import Writes, acknowledged_of, altered_in, missing_from
from drills.stack.database import DataGone, Holding
from drills.units import NS
from drills.wait import Watcher

EVERY = 2.0  # seconds between two questions
SETTLED = 2.0  # seconds since its acknowledgement, after which a write must be on the primary
ASKED_WITHIN = 5  # seconds


class Audit:
    """Asks the primary, on a thread of its own, for every write acknowledged a while ago.

    Writes an event whenever the number of those that are missing, or that say something else,
    changes. A primary that cannot be asked proves nothing: it is noted, and asked again. One that
    answers that it has no such table holds none of them. ``held`` asks it, see ``final_read``;
    ``lane`` is the journey that writes.
    """

    def __init__(
        self,
        held: Callable[[], Holding],
        lane: str,
        samples: Path,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._ask_primary = held
        self._lane = lane
        self._tail = SampleTail(samples)
        self._journal = journal
        self._clock = clock
        self._found = (0, 0)
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
        held, said = self._held()
        altered = altered_in(held, acknowledged) or []
        found = len(missing_from(held, acknowledged)), len(altered)
        if found != self._found:
            self._found = found
            self._tell(*found, said)

    def _held(self) -> tuple[Holding, str]:
        """What the primary holds, and what it says where that is nothing at all any more."""
        try:
            return self._ask_primary(), ""
        except DataGone as gone:
            return {}, f" ({gone})"

    def _tell(self, missing: int, altered: int, said: str) -> None:
        text = f"acknowledged writes that the primary does not hold: {missing}{said}"
        if altered:
            text += f"; that say something else there: {altered}"
        self._journal.write(LedgerAudited(text, missing=missing, altered=altered))

    def _acknowledged(self, until_ns: int) -> Writes:
        return acknowledged_of(self._tail.poll().get(self._lane, ()), until_ns)

    def _failed(self, error: Exception) -> None:
        self._journal.write(Note(f"the primary was not asked for its writes: {error}"))
