"""What failed is counted and named; nothing below every request reads as nobody."""

from __future__ import annotations

import pytest

from drills.judgement.result import Availability, Chart, Degradation, Outage, Point, Series
from drills.reporting.chart.lanes import LANES, arranged, merged
from drills.reporting.failures import words
from drills.reporting.html import render_html
from tests.unit.reporting import example
from tests.unit.reporting.markup import Page


def journey(due: int, good: int, **more: object) -> Availability:
    """A journey of which so many requests were due and answered well."""
    fields: dict[str, object] = {
        "intended": due,
        "good": good,
        "ratio": good / due if due else None,
        "outcomes": {"ok": good, "refused": due - good},
        "latency_p50_s": 0.01,
        "latency_p99_s": 0.02,
        "outages": [],
        "single_failures": due - good,
    }
    return Availability.model_validate(fields | more)


def outage(seconds: float | None = 1.0, failures: int = 4) -> Outage:
    """One outage."""
    end = None if seconds is None else 3 + seconds
    return Outage(start_s=3, end_s=end, seconds=seconds, half_width_s=0.1, failures=failures)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (journey(100, 100), ["none"]),
        (journey(0, 0), ["nothing was asked"]),
        (journey(9_468, 6_978), ["no outage; 2\u202f490 of 9\u202f468 requests failed"]),
        (
            journey(
                9_468,
                6_978,
                degraded=[Degradation(start_s=0.05, end_s=None, failures=2_490, due=4_980)],
            ),
            [
                (
                    "degraded from +0.05 s, not over at the end: "
                    "2\u202f490 of 4\u202f980 requests failed"
                ),
                "no outage by itself; 2\u202f490 of 9\u202f468 requests failed",
            ],
        ),
        (
            journey(100, 94, outages=[outage()], single_failures=2),
            ["1.00 s ± 0.10 from +3.00 s, 4 failures", "and 2 failures outside any outage"],
        ),
        (
            journey(100, 0, outages=[outage(None), *[outage()] * 24], single_failures=0),
            [
                "not over at the end from +3.00 s, 4 failures",
                *["1.00 s ± 0.10 from +3.00 s, 4 failures"] * 19,
                "and 5 more outages, 20 failures",
            ],
        ),
    ],
)
def test_failures_in_words(one: Availability, said: list[str]) -> None:
    """Each outage, each degraded stretch, and how many failures are neither."""
    assert words(one) == said


def lane(name: str, failed: int) -> Series:
    """A journey of ten requests in each of five buckets, of which so many failed."""
    points = [
        Point(
            offset_s=float(n),
            outcomes={"ok": 10 - failed, "refused": failed} if failed else {"ok": 10},
            latency_p50_s=0.01,
            latency_max_s=0.02,
        )
        for n in range(5)
    ]
    return Series(journey=name, bucket_s=1, points=points, intended=50, good=50 - 5 * failed)


def total(series: list[Series], outcome: str) -> int:
    return sum(point.outcomes.get(outcome, 0) for one in series for point in one.points)


@pytest.mark.parametrize(("hurt", "well"), [(1, 19), (20, 0), (15, 15), (12, 1), (11, 1)])
def test_beyond_a_dozen_those_that_suffered_come_first_and_none_is_dropped(
    hurt: int, well: int
) -> None:
    """The others share a lane; every request and every failure is drawn."""
    series = [lane(f"a well {n}", 0) for n in range(well)]
    series += [lane(f"b hurt {n}", 1 + n % 9) for n in range(hurt)]
    drawn = arranged(series)
    assert len(drawn) <= LANES
    for outcome in ("ok", "refused"):
        assert total(drawn, outcome) == total(series, outcome)
    assert "hurt" in drawn[0].journey or hurt + well <= LANES
    assert sum(one.good or 0 for one in drawn) == sum(one.good or 0 for one in series)
    if hurt + well > LANES:
        named = [name for names in merged(series).values() for name in names]
        alone = [one.journey for one in drawn if one.journey not in merged(series)]
        assert sorted([*named, *alone]) == sorted(one.journey for one in series)
    if well > 1:
        assert drawn[-1].journey == f"{well} journeys without a failure"


def test_a_dozen_journeys_are_drawn_as_they_are() -> None:
    """In their own order."""
    series = [lane(f"j{n}", n % 2) for n in range(LANES)]
    assert arranged(series) == series
    assert merged(series) == {}


def test_the_report_names_what_is_merged() -> None:
    """Nobody has to guess which journeys share a lane."""
    chart = Chart(series=[lane(f"j{n:02}", n == 19) for n in range(20)], marks=[], windows=[])
    text = Page(render_html(example.result(chart=chart))).text
    assert "19 journeys without a failure: j00, j01, j02" in text
    assert "j19: 45 of 50 right and in time from the fault on" in text
