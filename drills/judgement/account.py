"""What is told of a drill beside its judgement: faults, data, events, evidence, where it ran."""

from __future__ import annotations

from collections.abc import Sequence

from drills.clock import Anchor
from drills.journal.facts import (
    CriterionDeclared,
    CriterionStated,
    DrillEnded,
    DrillStarted,
    EvidenceKept,
    FaultCalled,
    FaultEffective,
    FaultIntended,
    LaneStarted,
    ProberStalled,
    Sealed,
    StackReady,
    StillOpen,
    UndoFailed,
    UndoVerified,
)
from drills.journal.sample import Sample
from drills.journal.timeline import Kind
from drills.judgement.data import reconciliation, unproven
from drills.judgement.dwell import lasted
from drills.judgement.environment import Environment
from drills.judgement.intrusion import intruders, let_in, refused
from drills.judgement.metric import Observations
from drills.judgement.result import (
    DataResult,
    EvidenceResult,
    FaultResult,
    Intrusion,
    TimelineEntry,
)
from drills.observers.ledger import WriteOutcome, count
from drills.units import NS

_UNTOLD = (
    CriterionStated,
    CriterionDeclared,
    LaneStarted,
    EvidenceKept,
    ProberStalled,
    Sealed,
    StillOpen,
)
_TOLD = frozenset(Kind) - {fact.kind for fact in _UNTOLD}
LISTED = 100  # ids of lost or altered writes that the result names


def data(seen: Observations, zero: int) -> DataResult:
    """The ledger against the final read; ``zero`` is the fault's time."""
    started = seen.timeline.first(DrillStarted)
    writes = seen.samples.get(started.writes, ()) if started else ()
    counts, found = count(writes), reconciliation(seen)
    altered = found.altered if found else None
    lost = found.lost[:LISTED] if found else ()
    told = {sample.subject: sample.ended_ns for sample in writes} if lost else {}
    return DataResult(
        attempted=len(writes) - counts[WriteOutcome.UNSENT],
        acknowledged=counts[WriteOutcome.ACKNOWLEDGED],
        refused=counts[WriteOutcome.REFUSED],
        unknown=counts[WriteOutcome.UNKNOWN],
        unsent=counts[WriteOutcome.UNSENT],
        lost=len(found.lost) if found else None,
        recovered=found.recovered if found else None,
        duplicated=found.duplicated if found else None,
        stale=found.stale if found else None,
        unexpected=found.unexpected if found else None,
        lost_ids=list(lost),
        lost_span_s=found.lost_span if found else None,
        lost_offsets_s=[(told[each] - zero) / NS for each in lost],
        reason=unproven(seen) or None,
        altered=None if altered is None else len(altered),
        altered_ids=list((altered or ())[:LISTED]),
        misread=found.misread if found else None,
        content_proven=altered is not None,
    )


def no_data() -> DataResult:
    """What is told where the ledger could not be read."""
    return DataResult(
        attempted=0,
        acknowledged=0,
        refused=0,
        unknown=0,
        unsent=0,
        lost=None,
        recovered=None,
        duplicated=None,
        stale=None,
        unexpected=None,
        lost_ids=[],
        lost_span_s=None,
        reason="judging the data failed",
    )


def intrusions(seen: Observations, zero: int) -> dict[str, Intrusion]:
    """Every journey that nobody has a right to; ``zero`` is the fault's time."""
    return {name: _intrusion(samples, zero) for name, samples in intruders(seen).items()}


def _intrusion(samples: Sequence[Sample], zero: int) -> Intrusion:
    inside = let_in(samples)
    return Intrusion(
        asked=len(samples),
        refused=refused(samples),
        let_in=len(inside),
        first_s=(inside[0].sent_ns - zero) / NS if inside else None,
    )


def faults(seen: Observations, anchor: Anchor) -> list[FaultResult]:
    """Every injection that was begun."""
    return [_fault(seen, intended, anchor) for intended in seen.timeline.all(FaultIntended)]


def _fault(seen: Observations, intended: FaultIntended, anchor: Anchor) -> FaultResult:
    injection = intended.injection
    called = seen.timeline.first(FaultCalled, injection=injection)
    effective = seen.timeline.first(FaultEffective, injection=injection)
    undone = seen.timeline.first(UndoVerified, injection=injection)
    failed = seen.timeline.first(UndoFailed, injection=injection)
    width = effective.high_ns - effective.low_ns if effective else None
    return FaultResult(
        kind=intended.fault,
        target=intended.container,
        parameters={
            key: value
            for key, value in intended.parameters.items()
            if value is None or isinstance(value, str | int | float | bool)
        },
        requested_at=anchor.date((called or intended).at_ns),
        effective_at=anchor.date(effective.at_ns) if effective else None,
        effective_error_s=None if width is None else width / 2 / NS,
        reverted_at=anchor.date(undone.at_ns) if undone else None,
        reverted=(undone or failed or intended).text if undone or failed else "not undone",
        lasted_s=lasted(seen, injection),
        service=intended.service,
    )


def story(seen: Observations, anchor: Anchor, zero: int) -> list[TimelineEntry]:
    """Every event that a reader may want to see, in order; offsets count from ``zero``."""
    return [
        TimelineEntry(
            at=anchor.date(event.at_ns),
            offset_s=(event.at_ns - zero) / NS,
            kind=event.kind.value,
            text=event.text,
        )
        for event in seen.timeline
        if event.kind in _TOLD
    ]


def evidence(seen: Observations) -> list[EvidenceResult]:
    """Every artefact that was kept."""
    return [
        EvidenceResult(
            name=kept.name,
            path=kept.path,
            sha256=kept.sha256,
            size=kept.size,
            moment=kept.moment,
            bundle=kept.bundle,
        )
        for kept in seen.timeline.all(EvidenceKept)
    ]


def environment(seen: Observations, started: DrillStarted) -> Environment:
    """Where the drill ran, and how far the wall clock moved meanwhile."""
    ended = seen.timeline.last(DrillEnded)
    ready = seen.timeline.first(StackReady)
    clock = "one monotonic clock"
    if ended is not None:
        drift = started.anchor.drift_ns(ended.anchor) / NS
        clock += f"; the wall clock moved {drift * 1000:+.2f} ms against it"
    return Environment(
        versions=dict(started.versions),
        git=started.git,
        engine=ready.engine if ready else "",
        host=started.host,
        images=dict(ready.images) if ready else {},
        clock=clock,
        calibration=started.calibration,
    )


def nowhere() -> Environment:
    """What is told where that is not known."""
    return Environment(versions={}, git="", engine="", host="", images={}, clock="")
