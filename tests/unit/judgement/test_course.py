"""When each phase of an incident began: only what was measured has a time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from drills.clock import Anchor
from drills.journal.facts import DrillStarted
from drills.journal.timeline import Kind
from drills.judgement.course import course, floor
from drills.judgement.metric import Observations
from drills.judgement.moment import Floor, Moment
from tests.doubles.observed import Told, lane, ns


def phases(seen: Observations) -> dict[str, Moment]:
    return {one.name: one for one in course(seen)}


def stamp(told: Told, at: float) -> str:
    """What Alertmanager would say of that moment."""
    started = told.seen().timeline.first(DrillStarted)
    anchor = started.anchor if started else Anchor(0, 0, 0)
    return f"{anchor.date(ns(at)):%Y-%m-%dT%H:%M:%S.%fZ}"


def page(told: Told, at: float, starts_at: str) -> Told:
    return told.tell(
        *(at, Kind.SIGNAL),
        detector="alertmanager",
        name="ReplicaDown",
        state="firing",
        error_ns=0,
        starts_at=starts_at,
    )


def test_no_fault_no_course() -> None:
    """There is nothing to tell."""
    assert course(Told().seen()) == []


def test_what_was_not_measured_has_no_time_and_says_why() -> None:
    """Of a fault that nobody noticed and nobody felt."""
    found = phases(Told().fault(10).seen())
    assert found["fault"].offset_s == 0
    for name in ("symptom", "firing", "notified", "acknowledged", "mitigated", "recovered"):
        assert found[name].offset_s is None
        assert found[name].why


def test_who_noticed_and_who_reacted_are_named() -> None:
    """The alert, and the procedure that was begun after it."""
    told = Told().fault(10).alert(12)
    told.tell(12.5, Kind.RESPONSE_STARTED, "ReplicaDown: runbook, Down", alert="ReplicaDown")
    found = phases(told.seen())
    assert (found["notified"].offset_s, found["notified"].by) == (2, "alert ReplicaDown")
    assert found["acknowledged"].offset_s == 2.5
    assert found["firing"].why == "alert ReplicaDown does not say since when it fires"


def test_an_alerts_own_stamp_says_since_when_it_fires() -> None:
    """Where it lies between the fault and the page, and not otherwise."""
    told = Told().fault(10)
    assert phases(page(told, 12, stamp(told, 11.5)).seen())["firing"].offset_s == pytest.approx(1.5)
    for at in (5, 20):
        told = Told().fault(10)
        found = phases(page(told, 12, stamp(told, at)).seen())["firing"]
        assert found.offset_s is None
        assert "not between fault and page" in found.why
    for odd in ("yesterday", "2026-11-27T09:13:08"):
        told = Told().fault(10)
        assert phases(page(told, 12, odd).seen())["firing"].offset_s is None


def test_nobody_recovers_who_did_not_suffer() -> None:
    """That is no moment, though the metric is nought."""
    told = Told().fault(10).alert(12).undone(20)
    found = phases(told.seen(samples={"orders": lane("orders", 0, 30)}))["recovered"]
    assert found.offset_s is None


def test_dates_are_utc() -> None:
    """The stamp of the test's own is what Alertmanager writes."""
    assert datetime.fromisoformat(stamp(Told(), 1)).tzinfo is UTC


def test_evidence_says_since_when_an_alert_pends_and_what_is_implied() -> None:
    """Of the alert that told; without evidence neither is known."""
    told = page(Told().fault(10), 12, "")
    alert = {"labels": {"alertname": "ReplicaDown"}, "activeAt": stamp(told, 10.8)}
    rule = {"name": "ReplicaDown", "duration": 1}
    answers = [
        json.dumps({"data": {"alerts": [alert]}}),
        json.dumps({"data": {"groups": [{"interval": 2, "rules": [rule]}]}}),
        json.dumps({"config": {"original": "route:\n  group_wait: 3s"}}),
    ]
    seen = replace(told.seen(), evidence=answers)
    assert phases(seen)["pending"].offset_s == pytest.approx(0.8)
    assert floor(seen) == Floor(
        alert="ReplicaDown", scrape_s=None, evaluation_s=2, for_s=1, group_wait_s=3
    )
    assert floor(told.seen()) is None
    assert phases(told.seen())["pending"].offset_s is None


def test_a_floor_is_that_of_the_alert_that_should_have_told() -> None:
    """Where none did."""
    rules = {
        "data": {"groups": [{"interval": 2, "rules": [{"name": "ReplicaDown", "duration": 1}]}]}
    }
    found = floor(replace(Told().fault(10).seen(), evidence=[json.dumps(rules)]))
    assert found is not None
    assert found.alert == "ReplicaDown"
