"""A metric carries everything about itself; what it needs is checked before anything is touched."""

from __future__ import annotations

import pytest

from drills.config.document import Manifest
from drills.errors import PlanError
from drills.judgement.criterion import Comparator, Criterion, Unit
from drills.judgement.metrics import METRICS, metric, unit_of
from drills.judgement.subjects import Need, Subject
from drills.lifecycle.plan import known_of, subjects_of

SMALLEST = {
    "stack": {"name": "small", "entry": {"service": "web", "port": 80}},
    "blast_radius": {"services": ["web"]},
    "journeys": {"visits": {"path": "/"}},
    "incidents": {"web-down": {"title": "The web is down", "unhealthy": ["web"]}},
}


def criterion(name: str, subject: str = "") -> Criterion:
    better = METRICS[name].better if name in METRICS else None
    return Criterion("it", name, better or Comparator.AT_MOST, 0.5, subject)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_metric_says_where_it_is_read_from(name: str) -> None:
    """In half a sentence that a reader of the report can follow to a file."""
    source = METRICS[name].source
    assert any(word in source for word in ("samples/", "journal", "incident.md"))
    assert not source.endswith(".")


def test_marks_are_moments_of_the_drill() -> None:
    """Each by a name of its own, and only a time has one."""
    marked = [each for each in METRICS.values() if each.mark or each.tile]
    assert {each.unit for each in marked} == {Unit.SECONDS}
    marks = [each.mark for each in marked if each.mark]
    assert marks == ["symptom", "detected", "failed over", "recovered"]


@pytest.mark.parametrize("name", sorted(METRICS))
def test_what_it_needs_is_said_where_it_is_not_there(name: str) -> None:
    """Every need by itself, and none where all is there."""
    one, subject = METRICS[name], "x" if METRICS[name].has_to_be else ""
    for need in one.needs:
        with pytest.raises(PlanError, match=f"^{name}: expected "):
            one.check(criterion(name, subject), {need: ()})
    one.check(criterion(name, subject), dict.fromkeys(Need, ("there",)))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lost orders", r"expected \[data\] in the manifest"),
        ("duplicated orders", r"expected \[data\] in the manifest"),
        ("stale orders", r"expected \[data\] in the manifest"),
        ("altered orders", r"expected \[data\] in the manifest"),
        ("replication lag", "expected a stack with replicas"),
        ("time to restore redundancy", "expected a stack with replicas"),
        ("time to fail over", "expected a stack with journeys with fail_over_to"),
        ("time to respond", "expected a tag of an incident whose alerts count"),
        ("time to resolve", "expected a tag of an incident whose alerts count"),
    ],
)
def test_a_small_stack_is_not_asked_what_it_can_never_answer(name: str, said: str) -> None:
    """A scenario of no incident on a stack without database, replica and second route."""
    known = known_of(Manifest.of(SMALLEST), None)
    with pytest.raises(PlanError, match=said):
        metric(name).check(criterion(name), known)


def test_what_the_scenario_has_counts() -> None:
    """Its incident's own signs; and an alert that the criterion names needs no incident."""
    manifest = Manifest.of({**SMALLEST, "monitoring": {"alerts": ["HighCPU"]}})
    tagged = known_of(manifest, manifest.incidents["web-down"])
    metric("time to resolve").check(criterion("time to resolve"), tagged)
    untagged = known_of(manifest, None)
    metric("time to resolve").check(criterion("time to resolve", "HighCPU"), untagged)
    metric("time to resolve").check(criterion("time to resolve"), subjects_of(manifest))


def test_detection_needs_no_incident() -> None:
    """Without one, whatever told anybody counts; that nothing would is not measured, and told."""
    known = known_of(Manifest.of(SMALLEST), None)
    metric("time to detect").check(criterion("time to detect"), known)
    metric("crashes before detection").check(criterion("crashes before detection"), known)


def test_a_metric_without_needs_is_never_refused() -> None:
    """It can be measured on any stack."""
    known = known_of(Manifest.of(SMALLEST), None)
    for name, one in METRICS.items():
        if not one.needs and one.narrowed is Subject.NOTHING:
            one.check(criterion(name), known)


def test_the_unit_of_what_nobody_knows_is_a_count() -> None:
    """As for a sentence that stands for whatever it would have asked for."""
    assert unit_of(criterion("sentence")) is Unit.COUNT
    assert unit_of(criterion("availability")) is Unit.RATIO
