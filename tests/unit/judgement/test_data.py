"""Metrics of answers and of data, and all of them on whatever services say."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Json, Kind
from drills.judgement.data import NO_CONTENT
from drills.judgement.metric import Observations
from drills.judgement.metrics import METRICS
from drills.judgement.verdict import Measured, Measurement, Unassessed, Unmeasured
from drills.units import Interval
from tests.doubles.observed import Told, interval, lane, measure, replicating, sample, unmeasured


def test_availability_is_good_answers_over_all_that_were_due() -> None:
    """Dropped and slow ones are failures; what was due before the fault does not count."""
    samples = [sample("reads", at) for at in (1, 2, 11, 12)]
    samples += [sample("reads", 13, Outcome.DROPPED), sample("reads", 14, Outcome.SLOW)]
    seen = Told().fault(10).seen(20, {"reads": samples})
    assert interval("availability", seen, "reads") == Interval.exact(0.5)
    assert isinstance(measure("availability", seen, "exports"), Unmeasured)
    assert isinstance(measure("availability", seen), Unmeasured)


def writes() -> list[Sample]:
    outcomes = [Outcome.OK, Outcome.OK, Outcome.TIMEOUT, Outcome.REFUSED]
    return [
        sample("orders", 11 + number, outcome, subject=f"w{number}")
        for number, outcome in enumerate(outcomes)
    ]


def test_lost_duplicated_and_stale_orders_come_from_the_final_read() -> None:
    """Acknowledged and gone; there twice; there, but not on the replica."""
    final = {"postgres": {"w0": 2, "w2": 1}, "replica": {}}
    seen = Told().fault(10).seen(20, {"orders": writes()}, final)
    values = [interval(f"{kind} orders", seen).value for kind in ("lost", "duplicated", "stale")]
    assert values == [1, 1, 1]


@pytest.mark.parametrize(
    ("samples", "final"),
    [
        (writes(), None),
        (writes(), {}),
        (writes(), {"replica": {"w0": 1}}),
        (writes()[2:], {"postgres": {}}),
        ([], {"postgres": {}}),
    ],
    ids=["no read", "empty read", "primary not read", "nothing acknowledged", "no writes"],
)
def test_nothing_is_proven_without_acknowledged_writes_and_a_read(
    samples: list[Sample], final: dict[str, dict[str, int]] | None
) -> None:
    """A workload that nobody acknowledged loses nothing and proves nothing."""
    seen = Told().fault(10).seen(20, {"orders": samples}, final)
    for kind in ("lost", "duplicated", "stale"):
        assert isinstance(measure(f"{kind} orders", seen), Unmeasured)


def test_altered_orders_come_from_the_final_read_by_content() -> None:
    """Where it gave ids alone that is said, and nothing is called unaltered."""
    said = [one._replace(content="one") for one in writes()]
    final = {"postgres": {"w0": ("two",), "w1": ("one",)}}
    seen = Told().fault(10).seen(20, {"orders": said}, final)
    assert interval("altered orders", seen) == Interval.exact(1)
    assert interval("lost orders", seen) == Interval.exact(0)
    ids = Told().fault(10).seen(20, {"orders": said}, {"postgres": {"w0": 1, "w1": 1}})
    assert unmeasured("altered orders", ids).reason == NO_CONTENT


@pytest.mark.parametrize(
    ("samples", "facts", "why"),
    [
        (writes()[2:], {}, "no write was acknowledged"),
        (writes(), {}, "no final read of the primary"),
        (
            writes(),
            {"failed": {"postgres": "permission denied", "replica": "gone"}},
            "no final read of the primary: permission denied",
        ),
    ],
)
def test_why_nothing_is_proven_is_said(
    samples: list[Sample], facts: dict[str, Json], why: str
) -> None:
    """A right that was revoked is no loss, and no mystery either."""
    told = Told().fault(10).tell(19, Kind.FINAL_READ, "", facts)
    assert unmeasured("lost orders", told.seen(20, {"orders": samples}, {})).reason == why


def test_data_that_is_gone_is_lost_and_the_reason_says_how() -> None:
    """The database answered that it has no such table: not one write is there."""
    gone = {"postgres": 'relation "orders" does not exist'}
    told = Told().fault(10).tell(19, Kind.FINAL_READ, "", {"gone": gone})
    found = measure("lost orders", told.seen(20, {"orders": writes()}, {"postgres": {}}))
    assert isinstance(found, Measured)
    assert found.interval == Interval.exact(2)
    assert found.source.endswith('; postgres: relation "orders" does not exist')


def test_stale_orders_need_a_replica_that_answered() -> None:
    """One that could not be read is not up to date."""
    seen = Told().fault(10).seen(20, {"orders": writes()}, {"postgres": {"w0": 1, "w1": 1}})
    assert unmeasured("stale orders", seen).reason == "no replica answered the final read"
    assert interval("lost orders", seen) == Interval.exact(0)


def test_every_replica_of_the_stack_must_have_answered() -> None:
    """One that could not be read may lack anything."""
    final = {"postgres": {"w0": 1, "w1": 1}, "replica": {"w0": 1, "w1": 1}}
    told = Told(replicas=["replica", "replica-2"]).fault(10)
    found = unmeasured("stale orders", told.seen(20, {"orders": writes()}, final))
    assert found.reason == "no replica answered the final read: replica-2"


def test_what_was_acknowledged_only_after_the_undo_was_never_at_stake() -> None:
    """The fault could not have lost it, so that it is there proves nothing."""
    final = {"postgres": {"w0": 1, "w1": 1}, "replica": {"w0": 1, "w1": 1}}
    seen = Told().fault(9).undone(10).seen(20, {"orders": writes()}, final)
    for kind in ("lost", "duplicated", "stale"):
        assert unmeasured(f"{kind} orders", seen).reason == (
            "no write was acknowledged before the fault was undone"
        )


def test_what_was_acknowledged_after_the_undo_and_is_gone_is_lost() -> None:
    """Only that nothing was lost needs proof: a loss is one whenever its customer was told."""
    final = {"postgres": {"w1": 1}}
    seen = Told().fault(9).undone(10).seen(20, {"orders": writes()}, final)
    assert interval("lost orders", seen) == Interval.exact(1)


def test_the_recovery_point_lies_before_the_oldest_lost_order() -> None:
    """Up to when a backup began to take the place of the database, or to the last lost order."""
    orders = [sample("orders", at, took=0, subject=f"w{at}") for at in (8, 11, 12, 14)]
    final = {"postgres": {"w8": 1, "w14": 1}}
    told = Told().fault(10)
    found = interval("recovery point", told.seen(20, {"orders": orders}, final))
    assert found == Interval.exact(1)
    told.tell(13, Kind.RESTORE_BEGUN, database="erp", file="/b")
    found = interval("recovery point", told.seen(20, {"orders": orders}, final))
    assert found == Interval.exact(2)
    every = {"postgres": {f"w{at}": 1 for at in (8, 11, 12, 14)}}
    assert interval("recovery point", told.seen(20, {"orders": orders}, every)).value == 0
    reason = unmeasured("recovery point", told.seen(20, {"orders": orders})).reason
    assert reason == "no final read of the primary"


def test_what_the_promoted_one_holds_decides_what_was_lost() -> None:
    """From its promotion on it is the primary, and the one that was is a replica."""
    orders = [sample("orders", at, took=0, subject=f"w{at}") for at in (8, 11, 14)]
    final = {"postgres": {"w8": 1, "w11": 1}, "other": {"w8": 1, "w14": 1}}
    told = Told(replicas=["other"]).fault(10)
    told.tell(13, Kind.PROMOTED, node="other", service="other")
    seen = told.undone(15).seen(20, {"orders": orders}, final)
    assert interval("lost orders", seen) == Interval.exact(1)
    assert interval("recovery point", seen) == Interval.exact(0)
    assert interval("stale orders", seen) == Interval.exact(1)
    silent = told.seen(20, {"orders": orders}, {"other": final["other"]})
    assert unmeasured("stale orders", silent).reason.endswith("the final read: postgres")
    gone = told.seen(20, {"orders": orders}, {"postgres": final["postgres"]})
    assert unmeasured("lost orders", gone).reason == "no final read of the primary"


def test_what_only_people_do_is_measured_by_who_attested_it() -> None:
    """Of that very subject; without a person it is not assessed."""
    told = Told().fault(10).tell(20, Kind.ATTESTED, subject="Prevention", by="Ann")
    assert interval("attestation", told.seen(), "Prevention").value == 1
    assert isinstance(measure("attestation", told.seen(), "Retrospective"), Unassessed)


def test_a_metric_that_raises_is_unmeasured_and_says_why() -> None:
    """The drill still gets its verdict and its report."""

    def broken(_seen: Observations, _subject: str) -> Measurement:
        raise ZeroDivisionError("nobody was asked")

    found = replace(METRICS["lost writes"], measured_by=broken).measure(Told().fault(10).seen())
    assert found == Unmeasured("could not be computed: ZeroDivisionError: nobody was asked")


# --- whatever services say -----------------------------------------------------------------

ODD: st.SearchStrategy[Json] = st.sampled_from(
    [None, True, -1, 10**400, -(10**400), 1.5, math.nan, math.inf, "", "x", [], [None, 1], {}]
)
KEYS = ("low_ns", "high_ns", "error_ns", "name", "state", "action", "command", "lane", "acts")
FACTS = st.dictionaries(st.sampled_from((*KEYS, "fail_over_to", "subject", "by", "gap_ns")), ODD)
EVENTS = st.lists(st.tuples(st.floats(-5, 60), st.sampled_from(Kind), FACTS), max_size=8)
DETAILS = st.sampled_from(["", "nan", "1e999", "0.1", "null"])


@given(EVENTS, st.dictionaries(st.sampled_from(["alerts", "primary", "writes", "hold_s"]), ODD))
def test_odd_data_never_raises(
    events: list[tuple[float, Kind, dict[str, Json]]], start: dict[str, Json]
) -> None:
    """Null, lists, huge numbers and NaN are no measurements, and no crash."""
    told = Told(**start)
    for at, kind, facts in events:
        told.tell(at, kind, "", {"detector": "alertmanager", **facts})
    samples = {"orders": lane("orders", 0, 20, [(10, 12)]), REPLICATION: replicating((10, 12))}
    seen = told.seen(60, samples, {"postgres": {}})
    for each in METRICS.values():
        assert isinstance(each.measured_by(seen, ""), Measured | Unmeasured | Unassessed)
