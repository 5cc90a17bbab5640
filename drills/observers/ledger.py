"""The ledger of writes: what was acknowledged to customers, held against what is there.

Three outcomes for every write (acknowledged, refused, unknown; plus those never sent), as Jepsen
counts them. Calling an unknown one refused would be unsound: it may yet turn up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from drills.journal.packed import column
from drills.journal.sample import Outcome, Sample
from drills.stack.database import Holding, Rows
from drills.units import NS

Writes: TypeAlias = "Mapping[str, str]"  # by the id of a write, the digest of what it said


class WriteOutcome(StrEnum):
    """What the customer was told, and so what may be in the database."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNSENT = "unsent"


_WRITE = {
    Outcome.OK: WriteOutcome.ACKNOWLEDGED,
    Outcome.SLOW: WriteOutcome.ACKNOWLEDGED,
    Outcome.REFUSED: WriteOutcome.REFUSED,
    Outcome.REJECTED: WriteOutcome.REFUSED,
    Outcome.DROPPED: WriteOutcome.UNSENT,
}


_DONE = tuple(each for each in Outcome if _WRITE.get(each) is WriteOutcome.ACKNOWLEDGED)


def outcome_of(request: Outcome) -> WriteOutcome:
    """What a write's request came to for the write; whatever is not certain is unknown."""
    return _WRITE.get(request, WriteOutcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The ledger against the final read. ``lost`` holds ids, oldest acknowledgement first.

    ``altered`` holds the ids of acknowledged writes that are there and say something else, in the
    same order; None where the final read gave ids alone, so that content is not proven.
    ``misread`` counts the same of writes whose outcome was unknown: there after all, with another
    content than was sent. ``stale`` counts acknowledged writes that a replica does not show at the
    final read, or shows with another content while the primary's is right; None where no replica
    was read. ``lost_span`` is the seconds between the first and the last lost acknowledgement.
    """

    lost: tuple[str, ...]
    recovered: int
    duplicated: int
    unexpected: int
    stale: int | None
    lost_span: float
    altered: tuple[str, ...] | None = None
    misread: int | None = None


def count(samples: Sequence[Sample]) -> Mapping[WriteOutcome, int]:
    """How many writes ended how; every outcome is there."""
    told = Counter(column(samples, "outcome"))
    counts = Counter[WriteOutcome]()
    for outcome, number in told.items():
        counts[outcome_of(outcome)] += number
    return {outcome: counts[outcome] for outcome in WriteOutcome}


def missing_from(holding: Holding, acknowledged: Writes) -> list[str]:
    """The ids of acknowledged writes that a node does not hold."""
    return [id_ for id_ in acknowledged if id_ not in holding]


def altered_in(holding: Holding, writes: Writes) -> list[str] | None:
    """The ids of writes that a node holds with another content; None where that is not known."""
    found = []
    for id_, content in writes.items():
        rows = holding.get(id_, ())
        if not content or isinstance(rows, int):
            return None
        if _differs(rows, content):
            found.append(id_)
    return found


def reconcile(
    samples: Sequence[Sample], primary: Holding, replicas: Sequence[Holding]
) -> Reconciliation:
    """Compare every attempted write with what the primary and the replicas hold now.

    Ids found in the database that this drill did not attempt are ``unexpected`` only when the
    read is confined to the drill's own writes; seeded rows must not be among them.
    """
    acknowledged = acknowledged_of(samples)
    others = dict(_told(samples, acknowledged))
    lost = missing_from(primary, acknowledged)
    altered = altered_in(primary, acknowledged)
    misread = altered_in(primary, _unknown(samples, others))
    there = Counter(
        others.get(id_, WriteOutcome.UNSENT) for id_ in primary if id_ not in acknowledged
    )
    return Reconciliation(
        lost=tuple(lost),
        recovered=there[WriteOutcome.UNKNOWN],
        duplicated=sum(1 for rows in primary.values() if times(rows) > 1),
        unexpected=there[WriteOutcome.REFUSED] + there[WriteOutcome.UNSENT],
        stale=_stale(primary, replicas, acknowledged) if replicas else None,
        lost_span=_span(samples, set(lost)),
        altered=None if altered is None else tuple(altered),
        misread=None if altered is None or misread is None else len(misread),
    )


def acknowledged_of(samples: Sequence[Sample], until_ns: int | None = None) -> Writes:
    """The writes that customers were told were done, oldest acknowledgement first.

    Those whose answer ended after ``until_ns`` are left out. There may be hundreds of thousands,
    so this reads columns and makes no samples.
    """
    ids, ended = column(samples, "subject"), column(samples, "ended_ns")
    outcomes, contents = column(samples, "outcome"), column(samples, "content")
    places = [
        place
        for place, outcome in enumerate(outcomes)
        if outcome in _DONE and ids[place] and (until_ns is None or ended[place] <= until_ns)
    ]
    places.sort(key=ended.__getitem__)
    return {ids[place]: contents[place] for place in places}


def _told(samples: Sequence[Sample], known: Writes) -> Iterator[tuple[str, WriteOutcome]]:
    """The id of every write but those, and what became of it as far as its customer knows."""
    pairs = zip(column(samples, "subject"), column(samples, "outcome"), strict=True)
    return ((id_, outcome_of(outcome)) for id_, outcome in pairs if id_ and id_ not in known)


def _unknown(samples: Sequence[Sample], told: Mapping[str, WriteOutcome]) -> Writes:
    if not told:
        return {}
    contents = zip(column(samples, "subject"), column(samples, "content"), strict=True)
    return {id_: text for id_, text in contents if told.get(id_) is WriteOutcome.UNKNOWN}


def _stale(primary: Holding, replicas: Sequence[Holding], acknowledged: Writes) -> int:
    """How many acknowledged writes a replica does not show as the primary rightly does."""
    stale = {
        id_
        for held in replicas
        for id_, content in acknowledged.items()
        if (id_ not in held or _differs(held[id_], content))
        and id_ in primary
        and not _differs(primary[id_], content)
    }
    return len(stale)


def _differs(rows: Rows, content: str) -> bool:
    """Whether a node holds something else than was sent, as far as both are known."""
    return bool(content) and not isinstance(rows, int) and rows.count(content) != len(rows)


def times(rows: Rows) -> int:
    """How many rows there are of a write."""
    return rows if isinstance(rows, int) else len(rows)


def _span(samples: Sequence[Sample], lost: Set[str]) -> float:
    if not lost:
        return 0.0
    told = zip(column(samples, "subject"), column(samples, "ended_ns"), strict=True)
    ended: list[int] = [end for id_, end in told if id_ in lost]
    return (max(ended) - min(ended)) / NS
