"""How long customers waited, by one definition for result, table and chart.

A wait is from the instant a request was due to the end of its answer, for every request that was
answered rightly (in time or late) or not answered in time. Who was not answered in time waited at
least so long: a quantile that lies there or beyond is a lower bound. A refusal, a broken
connection or a bad answer is no quick answer, so it is none here.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from drills.journal.packed import column
from drills.journal.sample import Outcome, Sample

_READ = ("outcome", "intended_ns", "ended_ns")
_ANSWERED = frozenset({Outcome.OK, Outcome.SLOW})


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds that somebody waited; ``at_least`` where that is only what was watched of it."""

    seconds: float
    at_least: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """Many waits in ascending order; ``given_up`` is the shortest one without an answer."""

    seconds: Sequence[float]
    given_up: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Waits:
        """The waits of these samples.

        A write whose outcome nobody recorded has no end, so it is left out.
        """
        columns = [column(samples, each) for each in _READ]
        rows = zip(*columns, strict=True)
        answered = (ended - due for outcome, due, ended in rows if outcome in _ANSWERED)
        waited = array("q", answered)
        given_up = math.inf
        if Outcome.TIMEOUT in columns[0]:
            rows = zip(*columns, strict=True)
            gone = [e - due for o, due, e in rows if o is Outcome.TIMEOUT and e > due]
            waited.extend(gone)
            given_up = min(gone, default=math.inf) / 1e9
        return cls(sorted(wait / 1e9 for wait in waited), given_up)

    def merged(self, other: Waits) -> Waits:
        """These and others. Both are in order already, so this takes one pass over them."""
        return Waits(sorted([*self.seconds, *other.seconds]), min(self.given_up, other.given_up))

    def quantile(self, share: float) -> Wait | None:
        """The nearest-rank quantile; None of none."""
        found = quantile(self.seconds, share)
        return None if found is None else Wait(found, found >= self.given_up)

    @property
    def longest(self) -> Wait | None:
        """The longest of all."""
        return self.quantile(1.0)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank quantile of sorted values; None of none."""
    if not ordered:
        return None
    return ordered[max(0, min(len(ordered), math.ceil(share * len(ordered))) - 1)]
