"""The ledger of writes: what was acknowledged to customers, held against what is there.

Three outcomes for every write (acknowledged, refused, unknown; plus those never sent), as Jepsen
counts them. Calling an unknown one refused would be unsound: it may yet turn up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from drills.probe import Outcome, Sample

FinalRead = Mapping[str, Mapping[str, int]]  # node -> id of a write -> how often it is there


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

    ``stale`` counts acknowledged writes that a replica does not show at the final read; None
    where no replica was read.
    ``lost_span`` is the seconds between the first and the last lost acknowledgement.
    """

    lost: tuple[str, ...]
    recovered: int
    duplicated: int
    unexpected: int
    stale: int | None
    lost_span: float


def count(samples: Sequence[Sample]) -> Mapping[WriteOutcome, int]:
    """How many writes ended how; every outcome is there."""
    outcomes = [outcome_of(sample) for sample in samples]
    return {outcome: outcomes.count(outcome) for outcome in WriteOutcome}


def reconcile(
    samples: Sequence[Sample], primary: Mapping[str, int], replicas: Sequence[Mapping[str, int]]
) -> Reconciliation:
    """Compare every attempted write with what the primary and the replicas hold now.

    Ids found in the database that this drill did not attempt are ``unexpected`` only when the
    read is confined to the drill's own writes; seeded rows must not be among them.
    """
    told = {sample.subject: outcome_of(sample) for sample in samples if sample.subject}
    ended = {sample.subject: sample.ended_ns for sample in samples}
    acknowledged = [id_ for id_, outcome in told.items() if outcome is WriteOutcome.ACKNOWLEDGED]
    lost = sorted((id_ for id_ in acknowledged if id_ not in primary), key=ended.__getitem__)
    there = [told.get(id_, WriteOutcome.UNSENT) for id_ in primary]
    behind = [
        id_
        for id_ in acknowledged
        if id_ in primary and any(id_ not in replica for replica in replicas)
    ]
    return Reconciliation(
        lost=tuple(lost),
        recovered=there.count(WriteOutcome.UNKNOWN),
        duplicated=sum(1 for times in primary.values() if times > 1),
        unexpected=there.count(WriteOutcome.REFUSED) + there.count(WriteOutcome.UNSENT),
        stale=len(behind) if replicas else None,
        lost_span=(ended[lost[-1]] - ended[lost[0]]) / 1e9 if lost else 0.0,
    )
