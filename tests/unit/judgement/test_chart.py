"""What the report draws."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome
from drills.journal.timeline import Kind
from drills.judgement.chart import BUCKETS, build
from drills.judgement.latency import quantile
from drills.judgement.outcomes import by_outcome
from drills.judgement.result import Chart
from tests.doubles.observed import Told, lane, ns, replicating, sample

OUTCOMES = st.lists(st.sampled_from(Outcome), max_size=30)


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 1))
def test_a_quantile_is_one_of_the_values(values: list[float], share: float) -> None:
    """The smallest that at least that share of them does not exceed."""
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert found in ordered
    reached = [v for v in ordered if sum(w <= v for w in ordered) >= share * len(ordered)]
    assert found == reached[0]


def test_the_quantile_of_nothing_is_nothing() -> None:
    """Not zero."""
    assert quantile([], 0.5) is None


@given(OUTCOMES)
def test_every_sample_is_counted_by_its_outcome(outcomes: list[Outcome]) -> None:
    """Those that did not occur are left out."""
    counts = by_outcome([sample("reads", 0, outcome) for outcome in outcomes])
    assert counts == Counter(outcome.value for outcome in outcomes)


@given(OUTCOMES, st.floats(0.05, 900), st.floats(-100, 100))
def test_no_sample_is_lost_in_the_buckets(
    outcomes: list[Outcome], every: float, zero: float
) -> None:
    """Whatever the drill's length, in at most so many buckets, each where its samples were due."""
    samples = [sample("reads", n * every, outcome) for n, outcome in enumerate(outcomes)]
    chart = build(Told().seen(60, {"reads": samples}), ns(zero))
    points = [point for series in chart.series for point in series.points]
    drawn = Counter[str]()
    for point in points:
        drawn.update(point.outcomes)
    assert drawn == Counter(outcome.value for outcome in outcomes)
    assert len(points) <= BUCKETS + 2
    if points:
        width = chart.series[0].bucket_s
        assert points[0].offset_s <= -zero + 0.001
        assert -zero < points[0].offset_s + width + 0.001


def test_latency_is_that_of_the_answered() -> None:
    """A refusal is no fast answer; a bucket without answers has no latency."""
    samples = [sample("reads", 0.01, took=0.2), sample("reads", 0.02, Outcome.REFUSED, took=0)]
    samples += [sample("reads", 5, Outcome.REFUSED)]
    first, last = build(Told().seen(60, {"reads": samples}), ns(0)).series[0].points
    assert first.latency_p50_s == pytest.approx(0.2)
    assert first.latency_max_s == pytest.approx(0.2)
    assert (last.latency_p50_s, last.latency_max_s) == (None, None)


def test_replication_is_no_journey() -> None:
    """Customers do not ask it; and an empty lane draws nothing."""
    samples = {REPLICATION: replicating((1, 2)), "reads": lane("reads", 0, 5), "none": []}
    assert [s.journey for s in build(Told().seen(60, samples), ns(0)).series] == ["reads"]


def test_only_what_was_measured_is_marked() -> None:
    """Where the metric says it was."""
    told = Told().fault(10).alert(12)
    marks = build(told.seen(40, {"reads": lane("reads", 0, 40, [(11, 99)])}), ns(10)).marks
    assert {mark.name: round(mark.offset_s, 1) for mark in marks} == {
        "symptom": 1.0,
        "detected": 2.0,
    }


def test_a_fault_is_shaded_from_its_effect_to_the_proof_of_its_undo() -> None:
    """To the end of watching where there is none; each fault by itself."""
    told = Told().fault(10).fault(12, injection="i2")
    told.tell(15, Kind.UNDO_VERIFIED, injection="i1")
    windows = build(told.seen(40), ns(10)).windows
    assert [(w.start_s, w.end_s) for w in windows] == [(0, 5), (2, 30)]


def test_nothing_observed_draws_nothing() -> None:
    """And raises nothing."""
    chart = build(Told().seen(0), ns(0))
    assert (chart.series, chart.marks, chart.windows) == ([], [], [])


def long_drill(minutes: float, bad: tuple[float, float]) -> Chart:
    """A request a second, a fault after two minutes, undone a minute later."""
    told = Told().fault(120).alert(122).undone(180)
    samples = {"reads": lane("reads", 0, 60 * minutes, [bad], every=1.0)}
    return build(told.seen(60 * minutes, samples), ns(120))


def test_a_long_drill_shows_the_incident_again_and_closer() -> None:
    """From 10 s before the fault to after recovery, in finer buckets, with each of its failures."""
    chart = long_drill(240, (121, 150))
    (closer,), (whole,) = chart.closeup, chart.series
    assert closer.bucket_s < whole.bucket_s / 10
    assert closer.points[0].offset_s == pytest.approx(-10, abs=1)
    assert 30 <= closer.points[-1].offset_s <= 30 + 2 * 10
    failed = sum(point.outcomes.get("refused", 0) for point in closer.points)
    assert failed == sum(point.outcomes.get("refused", 0) for point in whole.points) == 29
    assert (closer.intended, closer.good) == (whole.intended, whole.good)


def test_what_took_most_of_the_drill_anyway_is_not_shown_twice() -> None:
    """Nor is a drill without a fault; where nobody recovered it goes on to the end."""
    told = Told().fault(20).undone(50)
    short = {"reads": lane("reads", 0, 60, [(21, 45)])}
    assert build(told.seen(60, short), ns(20)).closeup == []
    assert long_drill(240, (121, 60 * 240 + 1)).closeup == []
    assert build(Told().seen(900, {"reads": lane("reads", 0, 900)}), ns(0)).closeup == []
