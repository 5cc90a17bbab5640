"""Judging a drill from its directory alone: journal, samples, final read. Pure but for reading.

Judging an old drill again gives the same result.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from drills import chart, incident
from drills.clock import Anchor
from drills.conclusion import status_of, verdict_of
from drills.criteria import Criterion, Unit
from drills.data import ALTERED, LOST, harmed, reconciliation, unproven
from drills.declared import NOT_REACHED, unreached
from drills.dwell import lasted
from drills.errors import JournalError, PlanError
from drills.journal import anchor_of, last_hash, read_timeline
from drills.journeys import availability_of
from drills.ledger import FinalRead, WriteOutcome, count, final_read_from_json
from drills.metric import Metric, Observations
from drills.metrics import METRICS
from drills.probe import Sample
from drills.probes.samples import read_samples
from drills.readdressed import counted
from drills.result import (
    DataResult,
    DrillResult,
    Environment,
    EvidenceResult,
    FaultResult,
    ScoreResult,
    TimelineEntry,
)
from drills.result import Metric as MetricResult
from drills.result import Metrics as MetricsResult
from drills.score import Judged, Score, score
from drills.starvation import excused, exonerated, stalled_share
from drills.statement import floor, state
from drills.subjects import near
from drills.timeline import Event, Kind, Timeline
from drills.units import NS
from drills.verdict import Measured

FINAL_READ = "final-read.json"
ALL_METRICS: Mapping[str, Metric] = {**METRICS, **incident.RECORD_METRICS}
_UNTOLD = {Kind.CRITERION, Kind.DECLARED, Kind.LANE_STARTED, Kind.EVIDENCE, Kind.STALL, Kind.SEALED}
_TOLD = frozenset(Kind) - _UNTOLD


def metric(name: str) -> Metric:
    """A metric by name. Raises PlanError naming those there are."""
    if name not in ALL_METRICS:
        known = ", ".join(sorted(ALL_METRICS))
        hint = near(name, sorted(ALL_METRICS))
        raise PlanError(f"expected one of the metrics {known}; got {name!r}{hint}")
    return ALL_METRICS[name]


def unit_of(criterion: Criterion) -> Unit:
    """What a criterion's limit counts in; a count where nobody knows its metric."""
    known = ALL_METRICS.get(criterion.metric)
    return known.unit if known else Unit.COUNT


def observe(directory: Path) -> Observations:
    """What a drill's directory holds. Raises JournalError where that is no drill's."""
    timeline = read_timeline(directory)
    started = timeline.first(Kind.DRILL_STARTED)
    hold = started.number("hold_s", 2.0) if started else 2.0
    samples = read_samples(directory / "samples", final=True)
    return Observations(
        timeline=timeline,
        samples=counted(timeline, samples),
        hold=hold,
        until_ns=_watched_until(timeline, samples),
        final=_final_read(directory / FINAL_READ),
    )


def _watched_until(timeline: Timeline, samples: Mapping[str, Sequence[Sample]]) -> int:
    """When watching ended; of a drill that crashed, with its last sample or else its last event.

    What people or a later healing added afterwards was not watched.
    """
    if ended := timeline.last(Kind.LANES_ENDED):
        return ended.at_ns
    if any(samples.values()):
        return max(sample.ended_ns for lane in samples.values() for sample in lane)
    last = timeline.last(*(frozenset(Kind) - {Kind.ATTESTED}))
    return last.at_ns if last else 0


def _final_read(path: Path) -> FinalRead | None:
    """What the nodes held at the end; None where nobody read it to its end."""
    if not path.exists():
        return None
    try:
        return final_read_from_json(json.loads(path.read_bytes()))
    except (ValueError, TypeError, OverflowError):
        return None  # a crash tore it: nothing was read, so nothing is proven


def judge_directory(directory: Path) -> DrillResult:
    """The judged result of a drill's directory. Raises JournalError where that is no drill's."""
    return judge(observe(directory), last_hash(directory))


def judged_criteria(seen: Observations) -> list[Judged]:
    """Every criterion of the drill with its measurement and verdict, in the scenario's order.

    Those that were declared and never reached stand at the end: inconclusive, whatever was seen.
    """
    reached = [Criterion.from_event(event) for event in seen.timeline.all(Kind.CRITERION)]
    share, gave_way = stalled_share(seen), seen.timeline.first(Kind.GROUND) is not None
    judged = [excused(_judged(seen, criterion), share) for criterion in reached]
    return [exonerated(item) if gave_way else item for item in judged] + [
        Judged.of(criterion, unit_of(criterion), NOT_REACHED)
        for criterion in unreached(seen.timeline, reached)
    ]


def _judged(seen: Observations, criterion: Criterion) -> Judged:
    measured = metric(criterion.metric)
    return Judged.of(criterion, measured.unit, measured.measure(seen, criterion.subject))


def judge(seen: Observations, root_hash: str = "") -> DrillResult:
    """The judged result of what was observed; ``root_hash`` is of the journal it was read from."""
    started = seen.timeline.first(Kind.DRILL_STARTED)
    if started is None:
        raise JournalError("expected a journal that begins with the drill's start")
    anchor = anchor_of(started)
    ended = seen.timeline.last(Kind.DRILL_ENDED)
    end = ended or seen.timeline.last(*(frozenset(Kind) - {Kind.ATTESTED})) or started
    judged = judged_criteria(seen)
    verdict, reason = verdict_of(seen, judged)
    data = _data(seen)
    return DrillResult(
        id=started.string("id"),
        feature=started.string("feature"),
        scenario=started.string("scenario"),
        severity=started.string("severity"),
        incident=started.string("incident"),
        status=status_of(ended),
        verdict=verdict.value,
        reason=reason,
        score=_score(seen, judged),
        started_at=anchor.date(started.at_ns),
        ended_at=anchor.date(end.at_ns),
        duration_s=(end.at_ns - started.at_ns) / NS,
        faults=[_fault(seen, event, anchor) for event in seen.timeline.all(Kind.FAULT_INTENDED)],
        metrics=_metrics(seen),
        data=data,
        availability={
            lane: availability_of(samples, seen.outages()[lane], _zero(seen))
            for lane, samples in seen.journeys().items()
        },
        criteria=[state(item) for item in judged],
        timeline=[_entry(event, anchor, _zero(seen)) for event in _told(seen)],
        evidence=[_evidence(event) for event in seen.timeline.all(Kind.EVIDENCE)],
        chart=chart.build(seen, _zero(seen)),
        record=incident.build(seen),
        environment=_environment(seen, started, ended),
        root_hash=root_hash,
    )


def _zero(seen: Observations) -> int:
    fault = seen.fault()
    started = seen.timeline.first(Kind.DRILL_STARTED)
    return fault.ns if fault else (started.at_ns if started else 0)


def _told(seen: Observations) -> list[Event]:
    return [event for event in seen.timeline if event.kind in _TOLD]


def _score(seen: Observations, judged: Sequence[Judged]) -> ScoreResult:
    harm = harmed(reconciliation(seen), judged)
    result: Score | None = score(
        judged,
        data_lost=LOST in harm,
        data_altered=ALTERED in harm,
        rollback_failed=seen.timeline.first(Kind.UNDO_FAILED) is not None,
    )
    gave_way = seen.timeline.first(Kind.GROUND) is not None
    if result is None or gave_way:
        nothing = "the ground gave way" if gave_way else "no criterion was assessed"
        nothing += ", so there is no score"
        return ScoreResult(
            value=None, low=None, high=None, rating=None, formula=nothing, capped_by=None
        )
    interval = result.interval
    return ScoreResult(
        value=floor(interval.value),
        low=floor(interval.low),
        high=floor(interval.high),
        rating=result.rating,
        formula=result.formula,
        capped_by=result.capped_by or None,
    )


def _metrics(seen: Observations) -> MetricsResult:
    def one(name: str) -> MetricResult:
        measurement = METRICS[name].measure(seen, "")
        if isinstance(measurement, Measured):
            interval = measurement.interval
            return MetricResult(
                seconds=interval.value, low=interval.low, high=interval.high, reason=None
            )
        return MetricResult(seconds=None, low=None, high=None, reason=measurement.reason)

    return MetricsResult(
        time_to_symptom=one("time to symptom"),
        time_to_detect=one("time to detect"),
        time_to_fail_over=one("time to fail over"),
        time_to_recover=one("time to recover"),
        time_to_restore_redundancy=one("time to restore redundancy"),
    )


def _data(seen: Observations) -> DataResult:
    started = seen.timeline.first(Kind.DRILL_STARTED)
    writes = seen.samples.get(started.string("writes"), ()) if started else ()
    counts, found = count(writes), reconciliation(seen)
    altered = found.altered if found else None
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
        lost_ids=list(found.lost[:100]) if found else [],
        lost_span_s=found.lost_span if found else None,
        reason=unproven(seen) or None,
        altered=None if altered is None else len(altered),
        altered_ids=list((altered or ())[:100]),
        misread=found.misread if found else None,
        content_proven=altered is not None,
    )


def _fault(seen: Observations, intended: Event, anchor: Anchor) -> FaultResult:
    injection = intended.string("injection")
    called = seen.timeline.first(Kind.FAULT_CALLED, injection=injection)
    effective = seen.timeline.first(Kind.FAULT_EFFECTIVE, injection=injection)
    undone = seen.timeline.first(Kind.UNDO_VERIFIED, injection=injection)
    failed = seen.timeline.first(Kind.UNDO_FAILED, injection=injection)
    parameters = intended.data.get("parameters")
    width = effective.integer("high_ns") - effective.integer("low_ns") if effective else None
    return FaultResult(
        kind=intended.string("fault"),
        target=intended.string("container"),
        parameters={
            str(key): value
            for key, value in (parameters.items() if isinstance(parameters, dict) else ())
            if value is None or isinstance(value, str | int | float | bool)
        },
        requested_at=anchor.date((called or intended).at_ns),
        effective_at=anchor.date(effective.at_ns) if effective else None,
        effective_error_s=None if width is None else width / 2 / NS,
        reverted_at=anchor.date(undone.at_ns) if undone else None,
        reverted=(undone or failed or intended).text if undone or failed else "not undone",
        lasted_s=lasted(seen, injection),
    )


def _entry(event: Event, anchor: Anchor, zero: int) -> TimelineEntry:
    at: datetime = anchor.date(event.at_ns)
    offset = (event.at_ns - zero) / NS
    return TimelineEntry(at=at, offset_s=offset, kind=event.kind.value, text=event.text)


def _evidence(event: Event) -> EvidenceResult:
    return EvidenceResult(
        name=event.string("name"),
        path=event.string("path"),
        sha256=event.string("sha256"),
        size=event.integer("size"),
    )


def _environment(seen: Observations, started: Event, ended: Event | None) -> Environment:
    ready = seen.timeline.first(Kind.STACK_READY)
    clock = "one monotonic clock"
    if ended is not None:
        drift = anchor_of(started).drift_ns(anchor_of(ended)) / NS
        clock += f"; the wall clock moved {drift * 1000:+.2f} ms against it"
    versions, images = started.data.get("versions"), ready.data.get("images") if ready else None
    return Environment(
        versions=_texts(versions),
        git=started.string("git"),
        engine=ready.string("engine") if ready else "",
        host=started.string("host"),
        images=_texts(images),
        clock=clock,
    )


def _texts(value: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}
