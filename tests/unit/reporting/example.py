"""A realistic result of the replica drill, and its variants, built in code.

20 orders, 10 reads, 2 exports and 2 health checks a second; the replica stops at 0, monitoring
tells at 1.6 s, reads have failed over at 6 s, the replica is back at 14 s.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drills.judgement.environment import Environment
from drills.judgement.follow_up import FollowUp
from drills.judgement.result import (
    Chart,
    DataResult,
    DrillResult,
    EvidenceResult,
    FaultResult,
    Mark,
    Metric,
    ScoreResult,
    Window,
)
from tests.unit.reporting.parts import (
    BUCKET,
    FAULT,
    HOSTILE,
    NOTHING,
    START,
    at,
    availability,
    chart,
    course,
    criterion,
    data,
    environment,
    evidence,
    measured,
    met_criteria,
    metric,
    record,
    series,
    timeline,
    unmeasured,
)

__all__ = [
    "BUCKET",
    "FAULT",
    "HOSTILE",
    "START",
    "VARIANTS",
    "aborted",
    "at",
    "availability",
    "chart",
    "criterion",
    "data",
    "environment",
    "evidence",
    "follow_ups",
    "hostile",
    "inconclusive",
    "lost_data",
    "met_criteria",
    "metric",
    "missed",
    "no_final_read",
    "no_score",
    "nothing_measured",
    "record",
    "result",
    "series",
    "timeline",
    "unmeasured",
]


def result(**changes: Any) -> DrillResult:
    """The drill in which all went well; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "id": "20261123T140531Z-the-read-replica-stops-7f3a",
        "feature": "The ERP keeps working when it loses its read replica",
        "scenario": "The read replica stops",
        "severity": "P2",
        "incident": "read-replica-down",
        "status": "completed",
        "verdict": "met",
        "reason": "5 criteria met, 1 not assessed",
        "score": ScoreResult(
            value=98.2,
            low=98.1,
            high=98.3,
            rating="P",
            formula="(99.9×3 + 99.9×3 + 100.0×3 + 100.0×3 + 77.8×1) / 13 = 98.2",
            capped_by=None,
        ),
        "started_at": START,
        "ended_at": START + timedelta(seconds=31.4),
        "duration_s": 31.4,
        "faults": [
            FaultResult(
                kind="Stop",
                target="postgres-replica",
                parameters={"grace_s": 10, "signal": "SIGINT"},
                requested_at=at(-0.1),
                effective_at=at(0),
                effective_error_s=0.002,
                lasted_s=13.3,
                service="postgres-replica",
                reverted_at=at(14.2),
                reverted="started again; pg_stat_replication shows it streaming",
            )
        ],
        "metrics": {
            "time to symptom": metric(0.05, 0.05),
            "time to detect": metric(1.62, 0.01),
            "time to fail over": metric(6.04, 0.05),
            "time to recover": metric(7.1, 0.25),
            "time to restore redundancy": metric(15.2, 0.1),
        },
        "data": data(),
        "availability": availability(),
        "criteria": met_criteria(),
        "course": course(),
        "timeline": timeline(),
        "evidence": evidence(),
        "chart": chart(),
        "record": record(),
        "environment": environment(),
    }
    return DrillResult(**(fields | changes))


def follow_ups(number: int) -> list[FollowUp]:
    """What a drill left that was held before; every other one is closed."""
    return [
        FollowUp(
            id=f"f-{each:06x}",
            what="finding",
            text=f"step {each} *",
            since="2026-10-02",
            drill="d1",
            closed="attested by Ann" if each % 2 else "",
        )
        for each in range(number)
    ]


def missed() -> DrillResult:
    """Reads took too long to fail over, and the people's limit lies inside another interval."""
    late = criterion(
        name="reads failed over",
        metric="time to fail over",
        limit=5,
        **measured(6.04, 0.05),
        margin=-0.99,
        verdict="missed",
        reason="first read answered by the primary for good, from the lane inventory",
        points=45.8,
        points_low=45.4,
        points_high=46.2,
    )
    unsure = criterion(
        name="redundancy restored",
        metric="time to restore redundancy",
        limit=15.2,
        **measured(15.2, 0.1),
        margin=None,
        verdict="inconclusive",
        reason="the limit lies inside the measured interval",
        points=0.0,
        points_low=0.0,
        points_high=100.0,
        weight=1,
        priority="should",
    )
    first, _, exports, lost, _, people = met_criteria()
    return result(
        verdict="missed",
        reason="1 criterion missed: reads failed over",
        criteria=[first, late, exports, lost, unsure, people],
        score=ScoreResult(
            value=49.0,
            low=49.0,
            high=49.0,
            rating="U",
            formula="(99.9×3 + 45.8×3 + 100.0×3 + 100.0×3 + 0.0×1) / 13 = 79.8, capped at 49",
            capped_by="missed: reads failed over",
        ),
    )


def nothing_measured() -> dict[str, Metric]:
    """Metrics of a drill in which nothing was injected."""
    return dict.fromkeys(result().metrics, unmeasured("nothing was injected"))


def no_final_read(reason: str) -> DataResult:
    """A ledger that was never held against the database."""
    return DataResult(
        attempted=40,
        acknowledged=40,
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
        reason=reason,
    )


def no_score() -> ScoreResult:
    """Nothing to score."""
    return ScoreResult(
        value=None,
        low=None,
        high=None,
        rating=None,
        formula="no criterion was assessed",
        capped_by=None,
    )


def inconclusive() -> DrillResult:
    """The stack never reached its steady state, so nothing was injected."""
    return result(
        verdict="inconclusive",
        reason="steady state not reached within 30 s; nothing was injected",
        score=no_score(),
        faults=[],
        metrics=nothing_measured(),
        course=[],
        data=no_final_read("no final read: the drill ended before its fault"),
        availability={},
        criteria=[],
        timeline=timeline()[:2],
        chart=Chart(series=[], marks=[], windows=[]),
    )


def aborted() -> DrillResult:
    """Ctrl-C after the fault: undone, but nothing else was measured."""
    whole = result()
    fault = whole.faults[0].model_copy(
        update={"reverted_at": None, "reverted": "not proven: aborted"}
    )
    return result(
        status="aborted",
        verdict="inconclusive",
        reason="interrupted (SIGINT) 2.4 s after the fault",
        score=ScoreResult(
            value=0.0,
            low=0.0,
            high=100.0,
            rating="U",
            formula="(0.0×3) / 3 = 0.0",
            capped_by=None,
        ),
        faults=[fault],
        metrics={
            **whole.metrics,
            "time to recover": unmeasured("the drill was interrupted before that"),
        },
        criteria=[
            criterion(
                verdict="inconclusive",
                **NOTHING,
                reason="interrupted before the limit had passed",
                points=0.0,
                points_low=0.0,
                points_high=100.0,
            )
        ],
        data=no_final_read("no final read: the drill was interrupted"),
    )


def lost_data() -> DrillResult:
    """Three acknowledged orders are gone."""
    ids = [f"0b8e2a4c-5d1f-4c3a-9e57-{index:012x}" for index in range(3)]
    lost = criterion(
        name="no acknowledged order is lost",
        metric="lost orders",
        comparator="exactly",
        unit="count",
        limit=0,
        **measured(3),
        margin=-3,
        verdict="missed",
        points=0.0,
        points_low=0.0,
        points_high=0.0,
    )
    return result(
        verdict="missed",
        reason="1 criterion missed: no acknowledged order is lost",
        data=data(lost=3, lost_ids=ids, lost_span_s=0.152),
        criteria=[lost],
        score=ScoreResult(
            value=0.0,
            low=0.0,
            high=0.0,
            rating="U",
            formula="(0.0×3) / 3 = 0.0, capped at 0",
            capped_by="acknowledged data was lost",
        ),
    )


def hostile(text: str = HOSTILE) -> DrillResult:
    """Every text that somebody else could have written is ``text``."""
    whole = result()
    step = whole.timeline[3].model_copy(update={"text": text, "kind": text})
    fields = [one.model_copy(update={"value": text}) for one in whole.record.fields]
    boxes = {text: True}
    return result(
        feature=text,
        scenario=text,
        incident=text,
        reason=text,
        criteria=[criterion(name=text, metric=text, subject=text, reason=text)],
        timeline=[*whole.timeline, step],
        faults=[
            whole.faults[0].model_copy(
                update={
                    "target": text,
                    "service": text,
                    "parameters": {text: text},
                    "reverted": text,
                }
            )
        ],
        data=data(lost=1, lost_ids=[text], reason=text),
        availability={
            text: whole.availability["inventory"].model_copy(
                update={"outcomes": {"ok": 1, text: 3}}
            )
        },
        evidence=[EvidenceResult(name=text, path=f"../{text}", sha256="00" * 32, size=1)],
        chart=Chart(
            series=[whole.chart.series[1].model_copy(update={"journey": text})],
            marks=[Mark(name=text, offset_s=2, low_s=2 - 0, high_s=2 + 0)],
            windows=[Window(name=text, start_s=0, end_s=4)],
        ),
        course=[one.model_copy(update={"by": text, "why": text}) for one in whole.course],
        record=whole.record.model_copy(
            update={
                "fields": fields,
                "impact": boxes,
                "affected_services": boxes,
                "resolution_actions": [text],
                "workarounds": [text],
                "root_cause": [text],
                "prevention": [text],
            }
        ),
        environment=Environment(
            versions={text: text}, git=text, engine=text, host=text, images={text: text}, clock=text
        ),
    )


VARIANTS = {
    "met": result,
    "missed": missed,
    "inconclusive": inconclusive,
    "aborted": aborted,
    "lost-data": lost_data,
    "hostile": hostile,
}
