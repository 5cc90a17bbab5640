"""Every metric, on observations made by hand."""

from __future__ import annotations

import math

import pytest

from drills.journal.observed import REPLICATION
from drills.journal.sample import Sample
from drills.journal.timeline import Json, Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.verdict import Unmeasured, Verdict, judge
from tests.doubles.observed import (
    Told,
    interval,
    lane,
    measure,
    ns,
    replicating,
    sample,
    unmeasured,
)


def verdict(name: str, seen: Observations, limit: float) -> Verdict:
    criterion = Criterion("it", name, Comparator.AT_MOST, limit)
    return judge(criterion, measure(name, seen))


@pytest.mark.parametrize("name", sorted(METRICS.keys() - {"attestation"}))
def test_without_a_fault_nothing_is_measured(name: str) -> None:
    """However much else was seen; so nothing is met either."""
    samples = {"reads": lane("reads", 0, 20), REPLICATION: lane(REPLICATION, 0, 20)}
    seen = Told().alert(2).seen(20, samples)
    assert isinstance(measure(name, seen), Unmeasured)


# --- symptom -------------------------------------------------------------------------------


def test_the_symptom_is_the_first_outage_a_customer_could_see() -> None:
    """Of any journey; bounded by the last good answer, which may be from before the fault."""
    samples = {
        "reads": lane("reads", 0, 20, [(12, 14)]),
        "orders": lane("orders", 0, 20, [(10.05, 11)]),
    }
    seen = Told().fault(10.05).seen(20, samples)
    found = interval("time to symptom", seen)
    assert found.low == 0  # the last good answer was sent at 10.0
    assert found.high == pytest.approx(10.11 - 10.05)
    assert interval("time to symptom", seen, "reads").low == pytest.approx(11.9 - 10.05)


def test_a_symptom_right_at_the_fault_is_inside_its_interval() -> None:
    """A slow lane asks late; that it failed only then does not say it went wrong only then."""
    samples = {"exports": lane("exports", 0, 20, [(10, 15)], every=1.0)}
    found = interval("time to symptom", Told().fault(9.01).seen(20, samples))
    assert found.low == 0
    assert found.high == pytest.approx(1.0)


def test_the_earliest_of_two_uncertain_symptoms_is_inside() -> None:
    """A journey that is seldom asked may have failed before the one that is asked often."""
    samples = {
        "seldom": lane("seldom", 1, 30, [(12.5, 20)], every=2.0),
        "often": lane("often", 0, 30, [(12.05, 20)]),
    }
    found = interval("time to symptom", Told().fault(10.5).seen(30, samples))
    assert found.low == pytest.approx(11.0 - 10.5)
    assert found.high == pytest.approx(12.11 - 10.5)


def test_what_failed_before_the_fault_is_no_symptom_of_it() -> None:
    """Nor what had begun to fail by then, nor a single failure."""
    samples = {
        "reads": lane("reads", 0, 20, [(5, 7), (12, 12.05)]),
        "orders": lane("orders", 0, 20, [(8, 15)]),
    }
    assert (
        "no journey began to fail twice in a row"
        in unmeasured("time to symptom", Told().fault(10).seen(20, samples)).reason
    )


# --- detection -----------------------------------------------------------------------------


def test_detection_is_the_arrival_of_the_alert_at_the_pager() -> None:
    """With the errors of its stamp and of the fault's."""
    found = interval("time to detect", Told().fault(10, error=0.5).alert(13).seen())
    assert (found.low, found.value, found.high) == pytest.approx((2.499, 3.0, 3.501))


def test_an_alert_that_was_firing_before_the_fault_detects_nothing() -> None:
    """Even if it fires again; one that was resolved in time does."""
    early = Told().alert(5).fault(10).alert(13).seen()
    assert "already firing" in unmeasured("time to detect", early).reason
    resolved = Told().alert(5).alert(7, state="resolved").fault(10).alert(13).seen()
    assert interval("time to detect", resolved).value == 3


def test_an_alert_of_another_name_does_not_count() -> None:
    """Unless the criterion asks for it."""
    seen = Told().fault(10).alert(11, "HighMemory").seen(60)
    assert unmeasured("time to detect", seen).at_least == 50
    assert interval("time to detect", seen, "HighMemory").value == 1


@pytest.mark.parametrize("state", ["resolved", "pending", ""])
def test_only_a_firing_alert_counts(state: str) -> None:
    """A resolution after the fault is none."""
    seen = Told().fault(10).alert(11, state=state).seen(60)
    assert isinstance(measure("time to detect", seen), Unmeasured)


def test_a_health_signal_is_no_detection() -> None:
    """Only what reaches the on-call is."""
    told = Told().fault(10)
    told.tell(11, Kind.SIGNAL, detector="health", name="ReplicaDown", state="firing")
    assert isinstance(measure("time to detect", told.seen(60)), Unmeasured)


def test_an_alert_that_never_came_is_missed_once_its_limit_has_passed() -> None:
    """And inconclusive while it had not: the time watched is what it must exceed."""
    seen = Told().fault(10).seen(60)
    assert unmeasured("time to detect", seen).at_least == 50
    assert verdict("time to detect", seen, 49) is Verdict.MISSED
    assert verdict("time to detect", seen, 51) is Verdict.INCONCLUSIVE


def test_a_scenario_without_an_incident_has_no_alert_that_would_count() -> None:
    """It is inconclusive, however long it was watched."""
    found = unmeasured("time to detect", Told(alerts=[]).fault(10).alert(11).seen(60))
    assert found.at_least is None


# --- health states -------------------------------------------------------------------------


def health(told: Told, at: float, state: str = "unhealthy", container: str = "c") -> Told:
    facts: dict[str, Json] = {"name": "app", "state": state, "container_id": container}
    return told.tell(at, Kind.SIGNAL, "", facts, detector="container", error_ns=1_000_000)


def test_a_container_s_own_health_check_is_measured() -> None:
    """Of that service, from the fault on."""
    seen = health(Told().fault(10), 13).seen()
    assert interval("time to unhealthy", seen, "app").value == 3
    found = unmeasured("time to unhealthy", seen, "nginx")
    assert (found.reason, found.at_least) == (
        "no container of nginx was reported unhealthy",
        50,
    )


def test_a_container_that_was_unhealthy_before_detects_nothing() -> None:
    """Whatever another instance says; one that was healthy again by then does."""
    sick = health(health(Told(), 5), 6, "healthy", "d").fault(10)
    assert "already so" in unmeasured("time to unhealthy", health(sick, 13).seen(), "app").reason
    well = health(health(Told(), 5), 6, "healthy").fault(10)
    assert interval("time to unhealthy", health(well, 13).seen(), "app").value == 3


def test_a_health_state_detects_an_incident_that_it_announces() -> None:
    """Beside its alerts, whichever is first; and no other incident."""
    told = health(Told(unhealthy=["app"]).fault(10), 12).alert(14)
    assert interval("time to detect", told.seen()).value == 2
    assert interval("time to detect", told.seen(), "ReplicaDown").value == 4
    assert interval("crashes before detection", told.seen()).value == 0
    assert interval("time to detect", health(Told().fault(10), 12).alert(14).seen()).value == 4


# --- fail-over -----------------------------------------------------------------------------


def served(bad: tuple[float, float], moved: float, *, back: float = 99) -> list[Sample]:
    """Reads that fail in ``bad`` and are served by the primary from ``moved`` to ``back``."""
    samples = lane("reads", 0, 20, [bad])
    return [
        sample(
            "reads",
            index / 10,
            each.outcome,
            route="primary" if moved <= index / 10 < back else "replica",
        )
        for index, each in enumerate(samples)
    ]


def failing_over() -> Told:
    started = Told().tell(1, Kind.LANE_STARTED, lane="reads", fail_over_to="primary")
    return started.tell(1, Kind.LANE_STARTED, lane="health", fail_over_to="")


def test_failing_over_is_being_served_by_the_other_side_for_a_hold_window() -> None:
    """From the last answer that was not to the first that was."""
    seen = failing_over().fault(10).seen(20, {"reads": served((10, 12), 12)})
    found = interval("time to fail over", seen)
    assert (found.low, found.high) == pytest.approx((1.9, 2.01))


def test_good_answers_of_the_old_side_are_no_fail_over() -> None:
    """Nor is a stay of less than the hold window on the other."""
    for samples in (served((10, 12), 99), served((10, 12), 12, back=13.5)):
        seen = failing_over().fault(10).seen(20, {"reads": samples})
        assert unmeasured("time to fail over", seen).at_least == 10


def test_an_answer_under_way_when_the_fault_came_was_not_there_already() -> None:
    """A request due just before the fault may be served by the other side because of it."""
    samples = served((10, 12), 12)
    samples[99] = sample("reads", 9.9, took=0.3, route="primary")
    seen = failing_over().fault(10).seen(20, {"reads": samples})
    assert interval("time to fail over", seen).value == pytest.approx(1.95, abs=0.1)


def test_a_journey_that_was_there_already_did_not_fail_over() -> None:
    """A stack that never used its replica has nothing to show."""
    seen = failing_over().fault(10).seen(20, {"reads": served((10, 10), 0)})
    assert "already before the fault" in unmeasured("time to fail over", seen).reason


def test_a_journey_that_nobody_saw_elsewhere_did_not_fail_over() -> None:
    """It was not asked before the fault, and every answer since came from the one side."""
    late = [each for each in served((10, 12), 0) if each.intended_ns > ns(10)]
    seen = failing_over().fault(10).seen(20, {"reads": late})
    assert "from another side" in unmeasured("time to fail over", seen).reason


def test_without_a_journey_that_can_fail_over_nothing_is_measured() -> None:
    """However well the others did."""
    seen = failing_over().fault(10).seen(20, {"health": lane("health", 0, 20)})
    assert unmeasured("time to fail over", seen).at_least is None


# --- redundancy and lag --------------------------------------------------------------------


def test_redundancy_is_back_when_the_replica_streams_for_a_hold_window() -> None:
    """After the undo."""
    told = Told().fault(10).undone(15)
    found = interval(
        "time to restore redundancy", told.seen(30, {REPLICATION: replicating((10, 17))})
    )
    assert (found.low, found.high) == pytest.approx((6.9, 7.01))


def test_redundancy_that_came_back_by_itself_waited_for_no_undo() -> None:
    """The undo is our own waiting; a second loss under one fault is not over with the first."""
    for lost, back in ((((10, 12),), 2), (((10, 12), (16, 18)), 8)):
        seen = Told().fault(10).undone(25).seen(30, {REPLICATION: replicating(*lost)})
        assert interval("time to restore redundancy", seen).value == pytest.approx(back, abs=0.1)


def test_lag_is_told_once_every_fault_was_undone() -> None:
    """One of two that is still in effect may be the replica's."""
    told = Told().fault(10).fault(11, injection="i2").undone(15)
    found = unmeasured("replication lag", told.seen(30, {REPLICATION: replicating()}))
    assert found.reason == "replication was not watched after an undo"


def test_redundancy_that_was_never_lost_was_not_restored() -> None:
    """It is no success of zero seconds."""
    told = Told().fault(10).undone(15)
    found = unmeasured("time to restore redundancy", told.seen(30, {REPLICATION: replicating()}))
    assert found.reason == "redundancy was never lost"


def test_redundancy_that_never_came_back_exceeds_the_time_watched() -> None:
    """And so is missed once its limit has passed."""
    seen = Told().fault(10).seen(30, {REPLICATION: replicating((10, 99))})
    assert unmeasured("time to restore redundancy", seen).at_least == 20


def test_the_lag_is_the_largest_of_the_last_hold_window() -> None:
    """It may have been larger between two looks, by no more than the time between them."""
    samples = replicating((10, 12))
    samples[-5] = sample(REPLICATION, 29.6, detail="0.700")
    found = interval(
        "replication lag",
        Told().fault(10).undone(15).seen(30, {REPLICATION: samples}),
    )
    assert (found.value, found.low) == (0.7, 0.7)
    assert 0.9 <= found.high < 1.0


@pytest.mark.parametrize("detail", ["", "nan", "inf", "-1", "catchup", "[]"])
def test_a_replica_that_does_not_say_its_lag_exceeds_every_limit(detail: str) -> None:
    """Whatever stands there instead of a number."""
    samples = [*replicating((10, 12)), sample(REPLICATION, 30.1, detail=detail)]
    seen = Told().fault(10).undone(15).seen(31, {REPLICATION: samples})
    assert unmeasured("replication lag", seen).at_least == math.inf
    assert verdict("replication lag", seen, 1e9) is Verdict.MISSED


def test_lag_needs_a_hold_window_after_the_undo() -> None:
    """Before, it says nothing of the recovery."""
    seen = Told().fault(10).undone(29).seen(30, {REPLICATION: replicating()})
    assert unmeasured("replication lag", seen).at_least is None


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_metric_is_known_by_its_own_name(name: str) -> None:
    """The name in a feature file is the one in the report."""
    assert METRICS[name].name == name


def test_the_time_watched_begins_when_the_fault_certainly_was_there() -> None:
    """So that a time known only to exceed it is never overstated."""
    told = Told().fault(10, error=0.2)
    assert told.seen(60).watched() == pytest.approx(49.8)
    assert told.seen(5).watched() == 0
