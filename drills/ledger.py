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
    by_id = {sample.subject: sample for sample in samples if sample.subject}
    acknowledged = [
        subject
        for subject, sample in by_id.items()
        if outcome_of(sample) is WriteOutcome.ACKNOWLEDGED
    ]
    lost = sorted(
        (subject for subject in acknowledged if subject not in primary),
        key=lambda subject: by_id[subject].ended_ns,
    )
    ends = [by_id[subject].ended_ns for subject in lost]
    return Reconciliation(
        lost=tuple(lost),
        recovered=sum(
            1
            for subject, sample in by_id.items()
            if subject in primary and outcome_of(sample) is WriteOutcome.UNKNOWN
        ),
        duplicated=sum(1 for times in primary.values() if times > 1),
        unexpected=sum(
            1
            for subject in primary
            if subject not in by_id
            or outcome_of(by_id[subject]) in (WriteOutcome.REFUSED, WriteOutcome.UNSENT)
        ),
        stale=sum(
            1
            for subject in acknowledged
            if subject in primary and any(subject not in replica for replica in replicas)
        )
        if replicas
        else None,
        lost_span=(max(ends) - min(ends)) / 1e9 if ends else 0.0,
    )
