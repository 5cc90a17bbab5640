"""The judged result of a drill, as ``drill.json`` holds it: the contract with every reader.

Instants are UTC dates, ``offset_s`` counts seconds from the moment the (first) fault took effect
or, where none did, from the start of the drill. Durations are seconds, ratios 0 to 1. What was
measured is told in numbers; who shows it makes the words. ``drills schema`` prints the JSON Schema,
which is committed as ``docs/drill.schema.json``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from drills.journal.misfits import Misfits
from drills.judgement.environment import Environment
from drills.judgement.follow_up import FollowUp
from drills.judgement.moment import Floor, Moment
from drills.judgement.runbook_line import RunbookLine
from drills.judgement.step import Step

SCHEMA_VERSION: Literal[2] = 2

Status = Literal["completed", "aborted", "crashed"]
Verdict = Literal["met", "missed", "inconclusive", "not assessed"]
Rating = Literal["P", "S", "M", "U"]
Unit = Literal["seconds", "ratio", "count"]


class Part(BaseModel):
    """Base of every part: immutable, and unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScoreResult(Part):
    """0 to 100 with its bounds; all null where there is no score, and ``formula`` says why.

    There is none where nothing was assessed, where the drill did not run to its end, and where its
    verdict is inconclusive for a reason outside its criteria.
    """

    value: float | None
    low: float | None
    high: float | None
    rating: Rating | None
    formula: str  # how it came about, in words and numbers
    capped_by: str | None  # why the value may not be higher, if so


class FaultResult(Part):
    """One injection: what, on what, and its three instants."""

    kind: str
    target: str
    parameters: dict[str, str | int | float | bool | None]
    requested_at: datetime
    effective_at: datetime | None
    effective_error_s: float | None
    reverted_at: datetime | None
    reverted: str  # how it was proven undone, or why it was not
    lasted_s: float | None = None  # from its effect to its undo, or to its own end before that
    service: str = ""  # whose the target is


class Metric(Part):
    """What was measured, in its unit, with its interval; or the reason why there is none.

    ``low`` or ``high`` is null where the interval has no such end.
    """

    unit: Unit
    value: float | None
    low: float | None
    high: float | None
    reason: str | None


class DataResult(Part):
    """The ledger of writes against the final read; null where no final read was made.

    ``altered`` and ``misread`` (unknown, and there with another content) are null as well where the
    final read gave ids alone; ``content_proven`` says whether content was compared.
    """

    attempted: int
    acknowledged: int
    refused: int
    unknown: int
    unsent: int
    lost: int | None
    recovered: int | None
    duplicated: int | None
    stale: int | None
    unexpected: int | None
    lost_ids: list[str]
    lost_span_s: float | None
    reason: str | None
    altered: int | None = None
    altered_ids: list[str] = []
    misread: int | None = None
    content_proven: bool = False
    lost_offsets_s: list[float] = []  # when each of lost_ids was acknowledged


class Outage(Part):
    """A run of failed or slow answers of one journey."""

    start_s: float
    end_s: float | None  # null: not over when the drill ended
    seconds: float | None
    half_width_s: float | None
    failures: int


class Degradation(Part):
    """A stretch in which a share of a journey's requests failed, though not only in a row."""

    start_s: float
    end_s: float | None  # null: not over when the drill ended
    failures: int
    due: int


class Period(Part):
    """One journey before, during or after the fault: due requests, and what came of them.

    The fields mean what they mean in ``Availability``. A period in which nothing was due is null.
    """

    intended: int
    good: int
    ratio: float
    latency_p50_s: float | None
    latency_p99_s: float | None
    latency_p50_at_least: bool
    latency_p99_at_least: bool


class Availability(Part):
    """One journey from the fault on: due requests by outcome, and what came of them.

    ``intended`` counts every due request, ``good`` those answered rightly and in time; an
    acknowledged write that was lost is not good, and its outcome is ``lost``. Latency is of right
    answers and of those not given in time; ``at_least`` where a quantile is one of the latter.
    ``single_failures`` are those that belong to no outage. ``during`` is from the first fault's
    effect to the proof that the last one was undone, ``before`` and ``after`` are what lies there.
    """

    intended: int
    good: int
    ratio: float | None
    outcomes: dict[str, int]
    latency_p50_s: float | None
    latency_p99_s: float | None
    outages: list[Outage]
    latency_p50_at_least: bool = False
    latency_p99_at_least: bool = False
    single_failures: int = 0
    degraded: list[Degradation] = []
    before: Period | None = None
    during: Period | None = None
    after: Period | None = None


class Intrusion(Part):
    """One journey that nobody has a right to, in the whole drill: how many requests were due.

    ``let_in`` of them were answered as if there were a right, the first one sent at ``first_s``;
    ``refused`` were told that there is none.
    """

    asked: int
    refused: int
    let_in: int
    first_s: float | None


class CriterionResult(Part):
    """One criterion as judged: its limit, and what was measured, in its ``unit``.

    ``value``, ``low`` and ``high`` are null where nothing was measured; ``at_least`` is then what
    the value must exceed, if that is known. ``margin`` is what was left of the limit at least:
    below 0 by how much it was missed, null where nothing was measured or decided. ``subject`` is
    what the metric was narrowed to. ``points`` is null where it does not score. ``weight`` is 3 for
    must, 1 for should.
    """

    name: str
    metric: str
    subject: str = ""
    comparator: Literal["at most", "at least", "exactly"]
    unit: Unit
    limit: float | None
    value: float | None
    low: float | None
    high: float | None
    at_least: float | None
    margin: float | None
    verdict: Verdict
    reason: str
    points: float | None
    points_low: float | None
    points_high: float | None
    weight: int
    priority: Literal["must", "should"]
    line: int = 0  # of its sentence in the feature; 0 where that is not known


class TimelineEntry(Part):
    """One event that a reader of the report should see."""

    at: datetime
    offset_s: float
    kind: str
    text: str


class Span(Part):
    """Some of the drill's time: what it was spent on, and whose that is.

    ``ours``: the framework's own work. ``system``: the system under drill, its engine or its people
    took so long. ``window``: nothing but waiting, to see that something lasts.
    """

    name: str
    whose: Literal["ours", "system", "window"]
    start_s: float
    seconds: float


class EvidenceResult(Part):
    """One captured artefact; ``path`` is relative to the drill's directory.

    ``moment`` is when it was kept: at steady state, at detection, after the undo, or at the end of
    a drill that did not get so far. ``bundle`` is logs, system or database. "" is not known.
    """

    name: str
    path: str
    sha256: str
    size: int
    moment: str = ""
    bundle: str = ""


class Point(Part):
    """One bucket of the chart: what was due in it, by outcome, and how long answers took."""

    offset_s: float
    outcomes: dict[str, int]
    latency_p50_s: float | None
    latency_max_s: float | None
    latency_max_at_least: bool = False  # who waited longest was not answered in time


class Stretch(Part):
    """From when to when a journey was out, or a share of its requests failed."""

    kind: Literal["outage", "degraded"]
    start_s: float
    end_s: float


class Series(Part):
    """One journey over time, in buckets of ``bucket_s`` seconds; some lie before the fault.

    ``intended`` and ``good`` count from the fault on, as in ``Availability``; null without one.
    """

    journey: str
    bucket_s: float
    points: list[Point]
    stretches: list[Stretch] = []
    intended: int | None = None
    good: int | None = None


class Mark(Part):
    """A moment worth a line in the chart: fault, symptom, detected, failed over, recovered."""

    name: str
    offset_s: float
    low_s: float
    high_s: float


class Window(Part):
    """A stretch of the drill to shade: one injection, from effect to proof of its undo.

    ``label`` says in a word or two what is so meanwhile, ``colour`` what is broken: process,
    resource, network, disk or database; "" in drills of before there were any.
    """

    name: str
    start_s: float
    end_s: float
    label: str = ""
    colour: str = ""


class Chart(Part):
    """Everything the report draws."""

    series: list[Series]
    marks: list[Mark]
    windows: list[Window]
    closeup: list[Series] = []  # from 10 s before the fault to recovery, in finer buckets


class RecordField(Part):
    """One line of the incident record: filled from the journal, or left to people."""

    name: str
    value: str
    source: Literal["journal", "runbook", "evidence", "person", "open"]


class IncidentRecord(Part):
    """The runbook's record, filled in. Check lists map each box to whether it is ticked.

    ``impact_by`` and ``affected_by`` say of each ticked box what was observed that ticks it.
    ``findings`` are the steps of the runbook that did not work, each with the reason. What the
    team's policy says of the record: all ``severities``, the ``roles`` that it names, who ``fills``
    in which field, and who any ``otherwise``.
    """

    id: str
    fields: list[RecordField]
    impact: dict[str, bool]
    affected_services: dict[str, bool]
    resolution_actions: list[str]
    workarounds: list[str]
    root_cause: list[str]
    prevention: list[str]
    post_incident: dict[str, bool]
    missing: list[str]  # required fields that nobody and nothing filled
    impact_by: dict[str, str] = {}
    affected_by: dict[str, str] = {}
    findings: list[str] = []
    severities: list[str] = []
    roles: list[str] = []
    fills: dict[str, str] = {}
    otherwise: str = ""


class DrillResult(Part):
    """``drill.json``. ``metrics`` holds each that needs not be narrowed, by its name."""

    schema_version: Literal[2] = SCHEMA_VERSION
    id: str
    feature: str
    scenario: str
    severity: str
    incident: str
    status: Status
    verdict: Verdict
    reason: str
    score: ScoreResult
    started_at: datetime
    ended_at: datetime
    duration_s: float
    faults: list[FaultResult]
    metrics: dict[str, Metric]
    data: DataResult
    availability: dict[str, Availability]
    intrusions: dict[str, Intrusion] = {}
    criteria: list[CriterionResult]
    timeline: list[TimelineEntry]
    evidence: list[EvidenceResult]
    chart: Chart
    record: IncidentRecord
    course: list[Moment] = []  # when each phase of the incident began, in their order
    floor: Floor | None = None  # what the monitoring's own configuration implies at least
    followed: list[RunbookLine] = []  # the runbook, where it was followed as written
    left: list[FollowUp] = []  # what this drill leaves to be done
    follow_ups: list[FollowUp] = []  # what was still open of earlier ones when it began
    environment: Environment
    spent: list[Span] = []  # where the time went, from the first event to the last, in order
    failed_parts: dict[str, str] = {}  # what could not be judged or shown, and why
    unanswered: str = ""  # that a recovery was met by the drill's own end of its fault alone
    untold: str = ""  # that nothing would have told anybody of it, and what to add
    feature_name: str = ""
    line: int = 0  # of the scenario in its feature, or of the row of an outline
    example: str = ""  # that row by its values, as pytest names it
    tags: list[str] = []
    steps: list[Step] = []
    root_hash: str = ""  # SHA-256 of the journal's last line: it closes journal and sealed files


def result_of(document: object) -> DrillResult:
    """The result that a ``drill.json`` holds, once it was read. Raises Misfits where it is none."""
    try:
        return DrillResult.model_validate(document)
    except ValidationError as error:
        raise Misfits.of(error, document, DrillResult) from error
