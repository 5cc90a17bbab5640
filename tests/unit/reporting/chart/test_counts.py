"""The table beside a picture: each request once, and no more rows than can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drills.judgement.result import Point, Series
from drills.reporting.chart.counts import ROWS, rows


def series(name: str, outcomes: list[str]) -> Series:
    """A second each, two requests."""
    points = [
        Point(offset_s=float(n), outcomes={each: 2}, latency_p50_s=0.1, latency_max_s=0.2)
        for n, each in enumerate(outcomes)
    ]
    return Series(journey=name, bucket_s=1.0, points=points)


def test_what_was_well_is_one_row_and_each_failure_its_own() -> None:
    """With counts and the longest wait."""
    found = rows([series("orders", ["ok", "ok", "reset", "ok"])])
    assert [(row.when, row.outcomes) for row in found] == [
        ("+0.00 s to +2.00 s", {"ok": 4}),
        ("+2.00 s to +3.00 s", {"reset": 2}),
        ("+3.00 s to +4.00 s", {"ok": 2}),
    ]
    assert [row.flawed for row in found] == [False, True, False]
    assert found[0].longest == "200 ms"


@given(
    st.lists(
        st.lists(st.sampled_from(["ok", "timeout", "reset", "odd"]), max_size=400),
        min_size=1,
        max_size=20,
    )
)
def test_no_request_is_left_out(lanes: list[list[str]]) -> None:
    """However many there are, of each outcome as many as there were."""
    found = rows([series(f"journey {n}", each) for n, each in enumerate(lanes)])
    assert len(found) <= ROWS
    for name in ("ok", "timeout", "reset", "odd"):
        told = sum(row.outcomes.get(name, 0) for row in found)
        assert told == sum(2 * each.count(name) for each in lanes)
