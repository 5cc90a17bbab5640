"""A criterion about what is not there is an error, with what there is and the nearest of it."""

from __future__ import annotations

import math

import pytest

from drills.config.document import Manifest
from drills.errors import PlanError, near
from drills.judgement.claims import within
from drills.judgement.criterion import Comparator, Criterion, Unit, parse_limit
from drills.judgement.metrics import METRICS, metric
from drills.judgement.subjects import Need, Subject, with_limit
from drills.lifecycle.plan import known_of, subjects_of
from drills.runbook.policy import FIELDS
from tests.doubles.world import MANIFEST

SERVICES = {"nginx": 1, "app": 2, "primary": 1, "replica": 1, "pager": 1}
STACK = {**MANIFEST["stack"], "services": SERVICES}
SUBJECTS = {"availability": "reads", "attestation": "Prevention measures"}
KNOWN = subjects_of(Manifest.of({**MANIFEST, "stack": STACK}))


def criterion(
    name: str, subject: str = "", comparator: Comparator = Comparator.AT_MOST, limit: float = 1
) -> Criterion:
    return Criterion("it", name, comparator, limit, subject)


def problem(name: str, subject: str = "") -> str:
    """What is said of a metric that is narrowed to something."""
    at_least = Comparator.AT_LEAST
    with pytest.raises(PlanError) as told:
        metric(name).check(criterion(name, subject, at_least, 0.5), KNOWN)
    return str(told.value)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_no_metric_may_be_narrowed_to_what_is_not_there(name: str) -> None:
    """Nor those that cannot be narrowed at all: nobody would notice."""
    assert "never-heard-of" in problem(name, "never-heard-of")


@pytest.mark.parametrize(
    ("name", "subject", "said"),
    [
        ("time to detect", "ReplicaDwn", "alerts (ReplicaDown), got 'ReplicaDwn'; did you mean "),
        ("time to detect", "HighCPU", "an alert that no incident lists is named under monitoring."),
        ("crashes before detection", "Xx", "alerts (ReplicaDown), got 'Xx'"),
        ("time to recover", "checkout", "expected one of the journeys (orders, reads), got 'check"),
        ("time to fail over", "orders", "journeys with fail_over_to (reads), got 'orders'"),
        ("replication lag", "replica-2", "replicas (replica), got 'replica-2'; did you mean"),
        ("replication lag", "primary", "replicas (replica), got 'primary'"),
        ("time to restart", "primary", "services of the blast radius (app, replica), got"),
        ("missing record fields", "payments", "cannot be narrowed: expected no 'of payments'"),
        ("lost orders", "payments", "cannot be narrowed: expected no 'of payments'"),
        ("attestation", "Prevention", "did you mean 'Prevention measures'?"),
        ("availability", "", "expected 'availability of' one of the journeys (orders, reads)"),
        ("attestation", "", "expected 'attestation of' one of the topics that people attest"),
    ],
)
def test_what_is_said(name: str, subject: str, said: str) -> None:
    """What there is, and the nearest of it."""
    assert said in problem(name, subject)


def test_what_is_there_is_sound() -> None:
    """Narrowed or not."""
    for name, subject in (
        ("time to detect", "ReplicaDown"),
        ("time to detect", ""),
        ("time to recover", "orders"),
        ("time to fail over", "reads"),
        ("replication lag", "replica"),
        ("availability", "reads"),
        ("attestation", "Prevention measures"),
    ):
        better = metric(name).better or Comparator.AT_MOST
        metric(name).check(criterion(name, subject, better, 0.5), KNOWN)


def test_an_alert_that_no_incident_lists_is_named_by_the_manifest() -> None:
    """Among those that monitoring may raise."""
    monitoring = {**MANIFEST["monitoring"], "alerts": ["HighCPU"]}
    known = subjects_of(Manifest.of({**MANIFEST, "monitoring": monitoring}))
    assert known[Subject.ALERT] == ("HighCPU", "ReplicaDown")


def test_without_a_stack_only_the_kind_is_checked() -> None:
    """As when a feature is collected beside a manifest that nobody has found yet."""
    metric("time to recover").check(criterion("time to recover", "checkout"))
    with pytest.raises(PlanError, match="cannot be narrowed"):
        metric("lost orders").check(criterion("lost orders", "checkout"))


@pytest.mark.parametrize("name", ["replication lag", "time to restore redundancy"])
def test_a_stack_without_a_replica_has_no_redundancy(name: str) -> None:
    """And none that failed over without a journey that can."""
    with pytest.raises(PlanError, match="expected a stack with replicas"):
        metric(name).check(criterion(name), {Need.REPLICA: ()})
    with pytest.raises(PlanError, match="expected a stack with journeys with fail_over_to"):
        metric("time to fail over").check(criterion("time to fail over"), {Need.SWITCHING: ()})


@pytest.mark.parametrize(
    ("name", "comparator", "limit"),
    [
        ("lost orders", Comparator.AT_LEAST, 0),
        ("time to detect", Comparator.AT_LEAST, 0),
        ("availability", Comparator.AT_MOST, 1),
        ("availability", Comparator.AT_LEAST, 0),
        ("availability", Comparator.AT_LEAST, -0.5),
        ("time to detect", Comparator.AT_MOST, math.inf),
        ("attestation", Comparator.AT_MOST, 1),
        ("missing record fields", Comparator.AT_MOST, len(FIELDS)),
        ("root-cause findings", Comparator.AT_LEAST, 0),
    ],
)
def test_a_limit_that_nothing_can_miss_is_none(
    name: str, comparator: Comparator, limit: float
) -> None:
    """It would be met whatever happens."""
    with pytest.raises(PlanError, match="expected a limit that can be missed"):
        metric(name).check(criterion(name, SUBJECTS.get(name, ""), comparator, limit))


UPWARDS = {"availability", "attestation", "root-cause findings", "prevention measures"}
NEITHER = {"time to symptom"}  # that customers notice late is as good as that they notice early


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_limit_that_only_a_worse_system_meets_is_none(name: str) -> None:
    """What is expected is said; an exact one, and one on what has no better side, may stand."""
    better = Comparator.AT_LEAST if name in UPWARDS else Comparator.AT_MOST
    worse = Comparator.AT_MOST if name in UPWARDS else Comparator.AT_LEAST
    subject = SUBJECTS.get(name, "app" if METRICS[name].has_to_be else "")
    metric(name).check(criterion(name, subject, better, 0.5))
    if name in NEITHER:
        metric(name).check(criterion(name, subject, worse, 0.5))
        return
    with pytest.raises(PlanError, match=f"^{name}: expected '{better}' a limit, got '{worse} "):
        metric(name).check(criterion(name, subject, worse, 0.5))


@pytest.mark.parametrize(
    ("name", "comparator", "limit"),
    [
        ("availability", Comparator.EXACTLY, 1.5),
        ("availability", Comparator.AT_LEAST, 95),
        ("attestation", Comparator.AT_LEAST, 2),
        ("missing record fields", Comparator.EXACTLY, len(FIELDS) + 1),
        ("lost orders", Comparator.EXACTLY, 0.5),
        ("lost orders", Comparator.EXACTLY, -1),
        ("time to detect", Comparator.AT_MOST, -1),
        ("time to detect", Comparator.AT_MOST, math.nan),
        ("time to detect", Comparator.AT_LEAST, math.inf),
    ],
)
def test_a_limit_that_nothing_can_meet_is_none(
    name: str, comparator: Comparator, limit: float
) -> None:
    """It would be missed whatever happens."""
    with pytest.raises(PlanError, match="expected a limit that can be met"):
        metric(name).check(criterion(name, SUBJECTS.get(name, ""), comparator, limit))


@pytest.mark.parametrize(
    ("name", "comparator", "limit"),
    [
        ("availability", Comparator.AT_LEAST, 1),
        ("availability", Comparator.EXACTLY, 0),
        ("attestation", Comparator.EXACTLY, 1),
        ("missing record fields", Comparator.AT_MOST, len(FIELDS) - 1),
        ("lost orders", Comparator.AT_MOST, 0),
        ("replication lag", Comparator.AT_MOST, 0),
    ],
)
def test_the_strictest_limits_are_sound(name: str, comparator: Comparator, limit: float) -> None:
    """Up to the edge of what can be measured."""
    metric(name).check(criterion(name, SUBJECTS.get(name, ""), comparator, limit))


def test_the_nearest_word_is_only_told_where_it_is_near() -> None:
    """Whatever its case."""
    assert near("replicadown", ["ReplicaDown"]) == "; did you mean 'ReplicaDown'?"
    assert near("disk", ["ReplicaDown"]) == ""


def test_a_limit_may_be_that_of_the_severity() -> None:
    """Known once the scenario's severity is; one that has none, or no time, is an error."""
    asked = within("It is restored", "time to recover", "the limit of its severity")
    manifest = Manifest.of({**MANIFEST, "stack": STACK})
    assert with_limit(asked, known_of(manifest, None, "P1")).limit == 900
    assert with_limit(asked, {}) is asked
    metric(asked.metric).check(asked, KNOWN)
    with pytest.raises(PlanError, match="It is restored: expected a severity with a time to"):
        metric(asked.metric).check(asked, known_of(manifest, None))
    assert parse_limit("at most the limit of its severity", Unit.SECONDS)[1] == asked.limit
    with pytest.raises(PlanError, match="percentage"):
        parse_limit("at most the limit of its severity", Unit.RATIO)


def test_a_limit_of_a_severity_that_never_became_known_is_never_met() -> None:
    """Whatever was measured: it is below nought until then."""
    asked = within("It is restored", "time to recover", "the limit of its severity")
    assert asked.limit < 0
