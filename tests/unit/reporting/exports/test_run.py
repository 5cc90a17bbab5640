"""What exports are made of: the worst first, and nothing green that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.reporting.exports.run import Run, reason
from tests.unit.reporting.exports.exported import ALL, FAILED, ROOT, inconclusive, met, missed, run


def test_the_worst_drill_comes_first() -> None:
    """Whatever the order in which they ended."""
    assert [each.result.verdict for each in ALL.drills] == ["missed", "inconclusive", "met"]


def test_a_run_is_met_where_every_drill_is_and_nothing_else_failed() -> None:
    """One that drilled nothing is not."""
    assert run(met()).met
    for other in (run(), run(met(), inconclusive()), run(met(), missed())):
        assert not other.met
    assert not run(met(), failures=(FAILED,)).met


def test_it_is_told_in_a_sentence() -> None:
    """With what failed and has no result."""
    assert ALL.sentence() == "1 failure without a result, 1 missed, 1 inconclusive, 1 met"
    assert run(met(), met()).sentence() == "2 met"
    assert run().sentence() == "no drill"


def test_a_report_is_a_link_from_where_one_stands() -> None:
    """And whole where it lies elsewhere."""
    assert run().report(met()) == "reports/aaaa0001/report.html"
    there = run(here=Path("/elsewhere")).report(met())
    assert there == f"{ROOT}/reports/aaaa0001/report.html"


@pytest.mark.parametrize(
    ("root", "checkout", "shown"),
    [
        ("/checkout/shop", "/checkout", "shop/features/x.feature"),
        ("/checkout/shop", "/other", "features/x.feature"),
        ("/checkout/shop", None, "features/x.feature"),
    ],
)
def test_a_feature_counts_from_the_top_of_the_checkout(
    root: str, checkout: str | None, shown: str
) -> None:
    """Where annotations count from; pytest's root may be a folder in it."""
    top = Path(checkout) if checkout else None
    assert Run(root=Path(root), checkout=top).file("features/x.feature") == shown


def test_a_row_of_an_outline_is_named() -> None:
    """As pytest names it."""
    assert met(example="stop-5").name == "The read replica stops [stop-5]"


def test_the_reason_has_a_line_for_each_criterion_that_is_not_met() -> None:
    """None where all are."""
    assert reason(met()) == ""
    first, late, unsure = reason(missed()).splitlines()
    assert first == "missed: 1 criterion missed: reads failed over"
    assert late.startswith("  missed: reads failed over: time to fail over 6.04 s")
    assert unsure.startswith("  inconclusive: redundancy restored: ")
    assert reason(inconclusive()).startswith("inconclusive: steady state not reached")
