"""Partial failures: one bad instance of two behind a round robin is no outage, and no health."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Kind
from drills.judgement.chart import build
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.degradation import LEAST, degraded
from drills.judgement.journeys import availabilities
from drills.judgement.judge import judge
from drills.judgement.metric import Observations
from drills.reporting.failures import words
from tests.doubles.observed import Told, interval, lane, ns, sample, unmeasured
from tests.doubles.whole import ended, whole_drill


def round_robin(begin: float, end: float, *, every: float = 0.05, of: int = 2) -> list[Sample]:
    """A lane at 20 requests a second of which every second one fails between two instants."""
    return [
        sample(
            "reads",
            n * every,
            Outcome.ERROR if n % of == 0 and begin <= n * every < end else Outcome.OK,
        )
        for n in range(round(40 / every))
    ]


def seen_of(samples: list[Sample]) -> Observations:
    return (
        Told().fault(10).tell(30, Kind.UNDO_VERIFIED, injection="i1").seen(40, {"reads": samples})
    )


def test_every_second_request_failing_is_a_symptom() -> None:
    """From the first failure on, although no two are in a row."""
    seen = seen_of(round_robin(10, 30))
    assert interval("time to symptom", seen).high < 0.11
    assert seen.outages()["reads"] == []
    (stretch,) = seen.degraded()["reads"]
    assert (stretch.failures, stretch.due, stretch.together) == (200, 399, 0)


def test_it_is_seen_in_availability_chart_and_words() -> None:
    """Half of the requests, a span in the chart, and nobody is not the half of all."""
    seen = seen_of(round_robin(10, 40))
    one = availabilities(seen, ns(10))["reads"]
    assert (one.ratio, one.single_failures, one.outages) == (0.5, 300, [])
    assert words(one) == [
        "degraded from \u22120.04 s, not over at the end: 300 of 599 requests failed",
        "no outage by itself; 300 of 600 requests failed",
    ]
    (stretch,) = build(seen, ns(10)).series[0].stretches
    assert (stretch.kind, round(stretch.start_s), stretch.end_s) == ("degraded", 0, 30)
    assert build(seen, ns(10)).marks[0].name == "symptom"


def test_single_failures_far_apart_are_no_symptom_and_are_counted() -> None:
    """They are chance; the reason says how many there were."""
    why = unmeasured("time to symptom", seen_of(round_robin(10, 40, of=50))).reason
    assert why.startswith("no symptom of the fault: 12 of 600 requests failed")


def test_nothing_failing_is_said_to_be_nothing() -> None:
    """Only then could no customer see it."""
    why = unmeasured("time to symptom", seen_of(round_robin(0, 0))).reason
    assert why == "no customer could see it: none of 600 requests failed"


def test_what_was_degraded_before_the_fault_is_no_symptom_of_it() -> None:
    """As with an outage that had begun by then."""
    assert seen_of(round_robin(5, 40)).degraded()["reads"] == []
    assert len(seen_of([*round_robin(5, 8)[:180], *round_robin(15, 40)[180:]]).degraded()) == 1


def test_an_outage_is_told_as_an_outage_alone() -> None:
    """A stretch all of whose failures are in a row adds nothing to it."""
    seen = seen_of(lane("reads", 0, 40, [(12, 14)], every=0.05))
    one = availabilities(seen, ns(10))["reads"]
    assert (len(one.outages), one.degraded, one.single_failures) == (1, [], 0)


@given(st.lists(st.booleans(), max_size=80), st.integers(0, 80))
def test_a_stretch_holds_a_share_of_failures(oks: list[bool], since: int) -> None:
    """More than one, in order, none before the fault, and never fewer than it says."""
    samples = [
        sample("reads", n / 20, Outcome.OK if ok else Outcome.ERROR) for n, ok in enumerate(oks)
    ]
    stretches = degraded(samples, since_ns=ns(since / 20))
    for stretch in stretches:
        assert 2 <= stretch.failures <= stretch.due <= len(samples) - since
    assert sum(s.failures for s in stretches) <= oks[since:].count(False)
    assert len(oks) >= LEAST or not stretches


def test_a_lost_write_is_no_good_answer() -> None:
    """In availability, chart, record and the metric, with the time of its acknowledgement."""
    orders = [sample("orders", at / 2, subject=f"w{at}") for at in range(80)]
    final = {"postgres": {f"w{at}": 1 for at in range(80) if at not in (24, 25)}}
    kept = Criterion("Orders work", "availability", Comparator.AT_LEAST, 0.99, "orders")
    result = judge(ended(whole_drill(kept)).seen(39, {"orders": orders}, final))
    one = result.availability["orders"]
    assert (one.outcomes, one.good) == ({"lost": 2, "ok": 58}, 58)
    assert words(one) == ["2 acknowledged and then lost"]
    assert result.criteria[0].verdict == "missed"
    assert [round(at, 2) for at in result.data.lost_offsets_s] == [2.01, 2.51]
    drawn = [point.outcomes for point in result.chart.series[0].points if point.offset_s >= 0]
    assert sum(counts.get("lost", 0) for counts in drawn) == 2
    assert result.record.impact_by["Data integrity concerns"] == "2 acknowledged writes lost"
    assert result.metrics["time to symptom"].reason == (
        "no request failed when it was made, but 2 acknowledged writes were lost"
    )


def test_a_wait_without_an_answer_is_part_of_the_latency() -> None:
    """p99 is at least the time-out; refusals are no quick answers."""
    samples = [sample("reads", 10 + n / 20, took=0.02) for n in range(95)]
    samples += [sample("reads", 15 + n, Outcome.TIMEOUT, took=2) for n in range(5)]
    samples += [sample("reads", 25 + n, Outcome.REFUSED, took=0) for n in range(5)]
    one = availabilities(seen_of(samples), ns(10))["reads"]
    assert one.latency_p50_s == pytest.approx(0.02)
    assert not one.latency_p50_at_least
    assert (one.latency_p99_s, one.latency_p99_at_least) == (2, True)
    point = build(seen_of(samples), ns(10)).series[0].points[-1]
    assert (point.latency_max_s, point.latency_max_at_least) == (None, False)


def test_an_altered_write_is_no_good_answer_either() -> None:
    """It was acknowledged, and something else is there."""
    orders = [
        sample("orders", at / 2, subject=f"w{at}")._replace(content="one") for at in range(80)
    ]
    held = {f"w{at}": ("other" if at == 30 else "one",) for at in range(80)}
    seen = ended(whole_drill()).seen(39, {"orders": orders}, {"postgres": held})
    result = judge(seen)
    assert result.availability["orders"].outcomes == {"altered": 1, "ok": 59}
    assert words(result.availability["orders"]) == ["1 acknowledged and then altered"]
    assert (result.score.value, result.score.capped_by) == (0, "acknowledged data was altered")
