"""The parts of a drill's result: a replica drill as it usually goes, piece by piece."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from drills.judgement.environment import Environment
from drills.judgement.moment import Moment, PhaseName
from drills.judgement.result import (
    Availability,
    Chart,
    CriterionResult,
    DataResult,
    EvidenceResult,
    IncidentRecord,
    Mark,
    Metric,
    Outage,
    Point,
    RecordField,
    Series,
    TimelineEntry,
    Window,
)
from drills.runbook.promised import Promised

EARLIER = Promised()

START = datetime(2026, 11, 23, 14, 5, 31, 204_000, tzinfo=UTC)
FAULT = START + timedelta(seconds=5.31)
BUCKET = 0.5

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}{% raw %}${7*7}"
    "\x1b[31mred\x1b[0m\x00\x07|*bold*`code`](javascript:alert(3)) ../../etc/passwd "
    "\u202etxt.exe\u202c '\"&amp;"
)


def at(offset_s: float) -> datetime:
    """The date of a moment ``offset_s`` seconds from the fault."""
    return FAULT + timedelta(seconds=offset_s)


def metric(seconds: float, half_width: float) -> Metric:
    """A measured time."""
    low, high = seconds - half_width, seconds + half_width
    return Metric(unit="seconds", value=seconds, low=low, high=high, reason=None)


def unmeasured(reason: str) -> Metric:
    """A time that nobody could measure."""
    return Metric(unit="seconds", value=None, low=None, high=None, reason=reason)


def criterion(**changes: Any) -> CriterionResult:
    """A criterion that was met; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "name": "detected",
        "metric": "time to detect",
        "comparator": "at most",
        "unit": "seconds",
        "limit": 300,
        "value": 1.62,
        "low": 1.61,
        "high": 1.63,
        "at_least": None,
        "margin": 298.37,
        "verdict": "met",
        "reason": "Alertmanager's notification ReplicaDown, 1.62 s after the engine's event die",
        "points": 99.9,
        "points_low": 99.9,
        "points_high": 99.9,
        "weight": 3,
        "priority": "must",
    }
    return CriterionResult(**(fields | changes))


NOTHING: dict[str, Any] = dict.fromkeys(("value", "low", "high", "at_least", "margin"))


def measured(value: float, half_width: float = 0) -> dict[str, float]:
    """The figures of a measurement."""
    return {"value": value, "low": value - half_width, "high": value + half_width}


def met_criteria() -> list[CriterionResult]:
    """What the runbook's first drill asks, and what the framework adds."""
    full = {"points": 100.0, "points_low": 100.0, "points_high": 100.0}
    people = {"points": None, "points_low": None, "points_high": None}
    return [
        criterion(),
        criterion(
            name="reads failed over",
            metric="time to fail over",
            limit=900,
            **measured(6.04, 0.05),
            margin=893.91,
            reason="first read answered by the primary for good, from the lane inventory",
        ),
        criterion(
            name="exports maintained",
            metric="availability",
            subject="exports",
            comparator="at least",
            unit="ratio",
            limit=0.99,
            **measured(1),
            margin=0.01,
            reason="62 of 62 due exports complete, trailer and rows checked",
            **full,
        ),
        criterion(
            name="no acknowledged order is lost",
            metric="lost orders",
            comparator="exactly",
            unit="count",
            limit=0,
            **measured(0),
            margin=0,
            reason="ledger against the final read of the primary",
            **full,
        ),
        criterion(
            name="redundancy restored",
            metric="time to restore redundancy",
            limit=60,
            **measured(15.2, 0.1),
            margin=44.7,
            points=77.8,
            points_low=77.6,
            points_high=78.0,
            weight=1,
            priority="should",
            reason="pg_stat_replication shows state streaming and 0 bytes of lag",
        ),
        criterion(
            name="internal team notified",
            metric="attestation",
            subject="Communications",
            comparator="exactly",
            unit="count",
            limit=1,
            **NOTHING,
            verdict="not assessed",
            reason="only people can attest this, and none took part",
            **people,
        ),
    ]


def _latency(tick: int, base: float) -> float:
    return base * (1 + ((tick * 7919) % 13) / 20)


def series(journey: str, rate: int, base: float, *, dip: bool = False) -> Series:
    """A journey from 5 s before the fault to 26 s after it; with ``dip`` it suffers at first."""
    points = []
    for tick in range(-10, 52):
        due = max(round(rate * BUCKET), 1)
        outcomes, p50 = {"ok": due}, _latency(tick, base)
        worst = p50 * (2 + tick % 3)
        if dip and tick in (0, 1, 2):
            outcomes, p50, worst = {"timeout": due - 2, "slow": 2}, 1.02, 2.0
        elif dip and tick in (3, 4):
            outcomes, worst = {"ok": due - 1, "reset": 1}, 0.9
        elif dip and 5 <= tick < 12:
            p50, worst = 0.11, 0.4
        elif tick == 24:
            outcomes = {"ok": due - 1, "error": 1} if due > 1 else {"ok": 1}
        points.append(
            Point(
                offset_s=tick * BUCKET,
                outcomes=outcomes,
                latency_p50_s=p50,
                latency_max_s=worst,
            )
        )
    return Series(journey=journey, bucket_s=BUCKET, points=points)


def chart() -> Chart:
    """Four journeys, one injection, five marks."""
    return Chart(
        series=[
            series("orders", 20, 0.009),
            series("inventory", 10, 0.006, dip=True),
            series("exports", 2, 0.021),
            series("health", 2, 0.004),
        ],
        marks=[
            Mark(name="fault", offset_s=0, low_s=0 - 0.002, high_s=0 + 0.002),
            Mark(name="symptom", offset_s=0.05, low_s=0.05 - 0.05, high_s=0.05 + 0.05),
            Mark(name="detected", offset_s=1.62, low_s=1.62 - 0.01, high_s=1.62 + 0.01),
            Mark(name="failed over", offset_s=6.04, low_s=6.04 - 0.05, high_s=6.04 + 0.05),
            Mark(name="recovered", offset_s=7.1, low_s=7.1 - 0.25, high_s=7.1 + 0.25),
        ],
        windows=[Window(name="stop postgres-replica", start_s=0, end_s=14.2)],
    )


def availability() -> dict[str, Availability]:
    """What the chart shows, counted."""
    return {
        "orders": Availability(
            intended=620,
            good=619,
            ratio=619 / 620,
            outcomes={"ok": 619, "error": 1},
            latency_p50_s=0.0112,
            latency_p99_s=0.031,
            outages=[],
        ),
        "inventory": Availability(
            intended=310,
            good=292,
            ratio=292 / 310,
            outcomes={"ok": 292, "slow": 6, "timeout": 9, "reset": 2, "error": 1},
            latency_p50_s=0.0079,
            latency_p99_s=2.0,
            outages=[
                Outage(start_s=0.05, end_s=1.6, seconds=1.55, half_width_s=0.1, failures=15),
                Outage(start_s=1.7, end_s=2.3, seconds=0.6, half_width_s=0.1, failures=2),
            ],
        ),
        "exports": Availability(
            intended=62,
            good=62,
            ratio=1.0,
            outcomes={"ok": 62},
            latency_p50_s=0.026,
            latency_p99_s=0.08,
            outages=[],
        ),
        "health": Availability(
            intended=62,
            good=62,
            ratio=1.0,
            outcomes={"ok": 62},
            latency_p50_s=0.005,
            latency_p99_s=0.015,
            outages=[],
        ),
    }


def timeline() -> list[TimelineEntry]:
    """The story of the drill."""
    story = [
        (-5.31, "drill.started", "The read replica stops"),
        (-3.2, "stack.ready", "9 services answer, 2.1 s after they were started"),
        (-0.2, "steady.reached", "4 journeys in steady state for 3 s"),
        (-0.12, "fault.intended", "stop postgres-replica, undo armed: start postgres-replica"),
        (-0.1, "fault.called", "stop postgres-replica"),
        (0, "fault.effective", "engine event die, postgres-replica, exit code 0"),
        (0.05, "observed", "first bad answer: inventory, timeout"),
        (1.62, "signal", "ReplicaDown firing (P2), delivered to the pager"),
        (1.7, "response.started", "runbook: Read-Replica Down"),
        (1.9, "response.step", "READ_REPLICA_URL points at the primary"),
        (4.4, "response.step", "app restarted, 2 instances one after the other"),
        (6.04, "response.ended", "verified: read_replica.serving is primary"),
        (13.1, "undo.called", "start postgres-replica"),
        (14.2, "undo.verified", "postgres-replica runs again and streams"),
        (15.2, "observed", "lag 0 bytes, redundancy restored"),
        (25.8, "final.read", "618 orders read from postgres, 618 from postgres-replica"),
        (26.1, "drill.ended", "completed"),
    ]
    return [
        TimelineEntry(at=at(offset), offset_s=offset, kind=kind, text=text)
        for offset, kind, text in story
    ]


def record() -> IncidentRecord:
    """The runbook's record as the journal fills it."""
    journal: Any = "journal"
    return IncidentRecord(
        id="INC-2026-11-23-001",
        fields=[
            RecordField(name="INCIDENT ID", value="INC-2026-11-23-001", source=journal),
            RecordField(name="SEVERITY", value="P2", source="runbook"),
            RecordField(name="START TIME", value="2026-11-23 14:05:36.514 UTC", source=journal),
            RecordField(name="END TIME", value="2026-11-23 14:05:43.614 UTC", source=journal),
            RecordField(name="DURATION", value="7.1 s ± 0.25", source=journal),
            RecordField(
                name="DESCRIPTION",
                value="The read replica stopped. Reads were late or failed for 2.15 s.",
                source=journal,
            ),
            RecordField(name="INCIDENT COMMANDER", value="", source="open"),
            RecordField(name="TECHNICAL LEAD", value="", source="open"),
            RecordField(name="COMMUNICATIONS", value="", source="open"),
        ],
        impact={
            "System down completely": False,
            "Features degraded": True,
            "Performance issues": True,
            "Data integrity concerns": False,
            "Security implications": False,
        },
        affected_services={
            "Authentication": False,
            "Inventory Management": True,
            "Reporting": False,
            "Data Exports": False,
            "Database": True,
            "Load Balancer": False,
        },
        resolution_actions=[
            "READ_REPLICA_URL pointed at the primary (+1.90 s)",
            "app restarted, one instance after the other (+4.40 s)",
            "postgres-replica started again (+13.10 s)",
        ],
        workarounds=["Reads served by the primary from +6.04 s on"],
        root_cause=["The drill stopped postgres-replica (engine event die, exit code 0)"],
        prevention=["Run a second read replica", "Lower the read time-out of the app to 500 ms"],
        post_incident={
            "Root cause analysis completed": True,
            "Prevention measures identified": True,
            "Documentation updated": False,
            "Team retrospective scheduled": False,
        },
        missing=["INCIDENT COMMANDER", "TECHNICAL LEAD", "COMMUNICATIONS"],
        severities=list(EARLIER.severities),
        roles=list(EARLIER.roles),
        fills=dict(EARLIER.fills),
        otherwise=EARLIER.otherwise,
    )


def evidence() -> list[EvidenceResult]:
    """Artefacts that a drill captures."""
    names = ("app.log", "postgres.log", "postgres-replica.log", "stats.json", "replication.txt")
    return [
        EvidenceResult(
            name=name, path=f"evidence/{name}", sha256=f"{index:x}a7" * 16 + "0" * 16, size=size
        )
        for index, (name, size) in enumerate(
            zip(names, (48123, 9120, 7410, 2210, 640), strict=True)
        )
    ]


def data(**changes: Any) -> DataResult:
    """A ledger without a loss; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "attempted": 620,
        "acknowledged": 618,
        "refused": 0,
        "unknown": 2,
        "unsent": 0,
        "lost": 0,
        "recovered": 1,
        "duplicated": 0,
        "stale": 0,
        "unexpected": 0,
        "lost_ids": [],
        "lost_span_s": None,
        "reason": None,
    }
    return DataResult(**(fields | changes))


def environment() -> Environment:
    """A machine of a reader."""
    return Environment(
        versions={"incident-drills": "0.1.0", "python": "3.11.7", "pytest": "9.2.0"},
        git="4f1c2d9 (clean)",
        engine="Docker 26.1.5, linux, local socket",
        host="2 cores, 24 GiB, Linux 6.18",
        images={"app": "incident-drills/erp@sha256:" + "9c" * 32},
        clock="monotonic; wall clock moved 0.2 ms during the drill",
    )


def course() -> list[Moment]:
    """When each phase began: the alert fires at 1.5 s, and the runbook begins 50 ms after it."""
    told: list[tuple[PhaseName, float, float, str]] = [
        ("fault", 0.0, 0.002, "stop of postgres-replica took effect"),
        ("symptom", 0.05, 0.05, ""),
        ("firing", 1.5, 0.001, "alert ReplicaDown"),
        ("notified", 1.62, 0.01, "alert ReplicaDown"),
        ("acknowledged", 1.67, 0.0, "the procedure Read replica down"),
        ("mitigated", 6.04, 0.05, "failed over"),
        ("recovered", 7.1, 0.25, ""),
    ]
    why = {"notified": "alert ReplicaDown as the pager received it"}
    return [
        Moment(
            name=name,
            offset_s=at,
            low_s=at - half,
            high_s=at + half,
            by=by,
            why=why.get(name, "the journal"),
        )
        for name, at, half, by in told
    ]
