"""What a series tells of is said by the journal: nothing is special by its name."""

from __future__ import annotations

import pytest

from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome, Sample, SeriesKind
from drills.journal.timeline import Kind
from drills.judgement.dwell import too_short
from tests.doubles.observed import Told, interval, lane, replicating, unmeasured


def told_of(series: str, what: str) -> Told:
    """A fault from 10 to 15, and a journal that says what the series tells of."""
    told = Told(requests=20).tell(0, Kind.SERIES_STARTED, series=series, what=what, unit="seconds")
    return told.fault(10).undone(15)


def named(series: str, *lost: tuple[float, float]) -> list[Sample]:
    """The view of a replica under another name."""
    return [sample._replace(lane=series) for sample in replicating(*lost)]


def test_a_series_of_any_name_may_tell_of_redundancy() -> None:
    """Its times are those of the replicas, and no customer was asked in it."""
    seen = told_of("standby", SeriesKind.REDUNDANCY).seen(
        30, {"standby": named("standby", (10, 17))}
    )
    found = interval("time to restore redundancy", seen)
    assert (found.low, found.high) == pytest.approx((6.9, 7.01))
    assert interval("replication lag", seen).value == pytest.approx(0.2)
    assert seen.journeys() == {}


def test_of_several_the_slowest_counts() -> None:
    """Redundancy is back when all of them are."""
    told = told_of("standby", SeriesKind.REDUNDANCY)
    watched = {"standby": named("standby", (10, 20)), REPLICATION: replicating((10, 17))}
    assert interval("time to restore redundancy", told.seen(30, watched)).high == pytest.approx(
        10.01
    )
    behind = [
        sample._replace(detail="1.5") if sample.outcome.good else sample
        for sample in watched["standby"]
    ]
    seen = told.seen(30, {**watched, "standby": behind})
    assert interval("replication lag", seen).value == pytest.approx(1.5)


def test_one_that_is_not_watched_is_not_restored() -> None:
    """However well the others do."""
    told = told_of("standby", SeriesKind.REDUNDANCY)
    seen = told.seen(30, {"standby": [], REPLICATION: replicating((10, 17))})
    assert unmeasured("time to restore redundancy", seen).reason == "replication was not watched"


def test_a_resource_is_nobodys_journey() -> None:
    """Its samples are no requests: they neither prove that customers were asked nor fail them."""
    told = told_of("memory", SeriesKind.RESOURCE)
    used = lane("memory", 0, 30, [(10, 15)], outcome=Outcome.ERROR)
    seen = told.seen(30, {"memory": used, "reads": lane("reads", 0, 10)})
    assert set(seen.journeys()) == {"reads"}
    assert "requests" in too_short(seen)


def test_an_older_journal_knows_the_replicas_by_their_name() -> None:
    """And everything else as a journey."""
    seen = Told().fault(10).undone(15).seen(30, {REPLICATION: replicating(), "x": lane("x", 0, 30)})
    assert set(seen.series(SeriesKind.REDUNDANCY)) == {REPLICATION}
    assert set(seen.series(SeriesKind.JOURNEY)) == {"x"}
    assert interval("replication lag", seen).value == pytest.approx(0.2)


@pytest.mark.parametrize("detail", ["", "nan", "-1", "far", "inf"])
def test_a_value_that_is_no_number_is_infinite(detail: str) -> None:
    """So that no limit on it is met."""
    (sample, *_) = replicating()
    assert sample._replace(detail=detail).value == float("inf")
    assert sample._replace(detail="0.25").value == 0.25
