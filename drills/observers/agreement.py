"""What a backup holds, held against the ledger of acknowledged writes at the time it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.journal.packed import column
from drills.journal.sample import Sample
from drills.observers.ledger import acknowledged_of, altered_in, missing_from, times
from drills.stack.database import Holding


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many acknowledged writes a backup had to hold, and in which it does not agree.

    ``due`` were acknowledged before it was begun. Of those ``missing`` are not in it. ``altered``
    counts acknowledged writes that say something else there, ``duplicated`` those that are there
    more than once, and ``later`` writes that were not sent until it was complete: what holds them
    is not that backup.
    """

    due: int
    missing: int
    altered: int
    duplicated: int
    later: int

    @property
    def differences(self) -> int:
        """In how many writes the two do not agree."""
        return self.missing + self.altered + self.duplicated + self.later

    def words(self) -> str:
        """What does not agree; "" where all does."""
        numbers = {
            f"{self.missing} of {self.due} writes acknowledged before it are missing": self.missing,
            f"{self.altered} say something else": self.altered,
            f"{self.duplicated} are there more than once": self.duplicated,
            f"{self.later} were sent only after it was complete": self.later,
        }
        return ", ".join(words for words, number in numbers.items() if number)


def agreement(samples: Sequence[Sample], held: Holding, begun_ns: int, ended_ns: int) -> Agreement:
    """Hold what a backup has, made from ``begun_ns`` to ``ended_ns``, against all that was told.

    What was acknowledged while it was made may be in it, and need not.
    """
    due = acknowledged_of(samples, begun_ns)
    sent = zip(column(samples, "subject"), column(samples, "sent_ns"), strict=True)
    return Agreement(
        due=len(due),
        missing=len(missing_from(held, due)),
        altered=len(altered_in(held, acknowledged_of(samples)) or ()),
        duplicated=sum(1 for rows in held.values() if times(rows) > 1),
        later=sum(1 for id_, sent_ns in sent if id_ in held and sent_ns > ended_ns),
    )
