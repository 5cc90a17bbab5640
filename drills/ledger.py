"""The ledger of writes: what was acknowledged to customers, held against what is there.

Three outcomes for every write (acknowledged, refused, unknown; plus those never sent), as Jepsen
counts them. Calling an unknown one refused would be unsound: it may yet turn up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from drills.probe import Outcome, Sample

# What a node holds of one write: the digest of each row's content, or only how many rows there are.
Rows: TypeAlias = "int | Sequence[str]"
Holding: TypeAlias = "Mapping[str, Rows]"  # by the id of a write
FinalRead: TypeAlias = "Mapping[str, Holding]"  # by node


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


def outcome_of(sample: Sample) -> WriteOutcome:
    """The write outcome of one sample; whatever is not certain is unknown."""
    return _WRITE.get(sample.outcome, WriteOutcome.UNKNOWN)


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
    outcomes = [outcome_of(sample) for sample in samples]
    return {outcome: outcomes.count(outcome) for outcome in WriteOutcome}


def missing_from(holding: Holding, acknowledged: Mapping[str, Sample]) -> list[str]:
    """The ids of acknowledged writes that a node does not hold."""
    return [id_ for id_ in acknowledged if id_ not in holding]


def altered_in(holding: Holding, writes: Mapping[str, Sample]) -> list[str] | None:
    """The ids of writes that a node holds with another content; None where that is not known."""
    found = []
    for id_, write in writes.items():
        rows = holding.get(id_, ())
        if not write.content or isinstance(rows, int):
            return None
        if any(content != write.content for content in rows):
            found.append(id_)
    return found


def reconcile(
    samples: Sequence[Sample], primary: Holding, replicas: Sequence[Holding]
) -> Reconciliation:
    """Compare every attempted write with what the primary and the replicas hold now.

    Ids found in the database that this drill did not attempt are ``unexpected`` only when the
    read is confined to the drill's own writes; seeded rows must not be among them.
    """
    writes = {sample.subject: sample for sample in samples if sample.subject}
    told = {id_: outcome_of(sample) for id_, sample in writes.items()}
    acknowledged = acknowledged_of(writes.values())
    unknown = {id_: each for id_, each in writes.items() if told[id_] is WriteOutcome.UNKNOWN}
    lost = missing_from(primary, acknowledged)
    altered, misread = altered_in(primary, acknowledged), altered_in(primary, unknown)
    there = [told.get(id_, WriteOutcome.UNSENT) for id_ in primary]
    return Reconciliation(
        lost=tuple(lost),
        recovered=there.count(WriteOutcome.UNKNOWN),
        duplicated=sum(1 for rows in primary.values() if _times(rows) > 1),
        unexpected=there.count(WriteOutcome.REFUSED) + there.count(WriteOutcome.UNSENT),
        stale=_stale(primary, replicas, acknowledged) if replicas else None,
        lost_span=_span([acknowledged[id_] for id_ in lost]),
        altered=None if altered is None else tuple(altered),
        misread=None if altered is None or misread is None else len(misread),
    )


def acknowledged_of(samples: Iterable[Sample]) -> dict[str, Sample]:
    """The writes that customers were told were done, by id, oldest acknowledgement first."""
    told = [s for s in samples if s.subject and outcome_of(s) is WriteOutcome.ACKNOWLEDGED]
    return {sample.subject: sample for sample in sorted(told, key=lambda each: each.ended_ns)}


def _stale(
    primary: Holding, replicas: Sequence[Holding], acknowledged: Mapping[str, Sample]
) -> int:
    """How many acknowledged writes a replica does not show as the primary rightly does."""
    right = acknowledged.keys() & primary.keys() - {*(altered_in(primary, acknowledged) or ())}
    shown = {id_: acknowledged[id_] for id_ in right}
    behind: set[str] = set()
    for replica in replicas:
        behind.update(missing_from(replica, shown))
        behind.update(altered_in(replica, shown) or ())
    return len(behind)


def _times(rows: Rows) -> int:
    return rows if isinstance(rows, int) else len(rows)


def _span(lost: Sequence[Sample]) -> float:
    return (lost[-1].ended_ns - lost[0].ended_ns) / 1e9 if lost else 0.0


def holding_to_json(holding: Holding) -> dict[str, int | list[str]]:
    """What a node holds, as the final read's file has it."""
    return {id_: rows if isinstance(rows, int) else list(rows) for id_, rows in holding.items()}


def final_read_from_json(document: object) -> FinalRead:
    """The inverse, of every node. Raises ValueError or TypeError on anything else."""
    if not isinstance(document, dict):
        raise TypeError("expected what each node holds")
    return {str(node): dict(_holding(held)) for node, held in document.items()}


def _holding(document: object) -> Iterator[tuple[str, Rows]]:
    if not isinstance(document, dict):
        raise TypeError("expected writes by id")
    for id_, rows in document.items():
        if isinstance(rows, list):
            yield str(id_), tuple(map(str, rows))
        else:
            yield str(id_), int(rows)
