"""How many drills of a scenario tell nothing, and how many waver."""

from __future__ import annotations

from typing import Any

import pytest

from drills.history.steadiness import LEAST, NEWEST, Share, steadiness


def row(verdict: str, **changes: Any) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "status": "completed",
        "version": "v",
        "feature": "f",
        "faults": ("stop a",),
        **changes,
    }


def test_a_verdict_that_changes_by_itself_is_flaky() -> None:
    """Of the same version; there and back again is twice."""
    found = steadiness([row(v) for v in ("met", "missed", "met", "met")])
    assert found.flaky == Share(2, 3)


@pytest.mark.parametrize(
    "changes",
    [{"version": "w"}, {"version": ""}, {"faults": ("stop b",)}, {"feature": "g"}],
)
def test_what_is_not_alike_is_not_compared(changes: dict[str, Any]) -> None:
    """Another version explains another verdict; so do another feature and other faults."""
    assert steadiness([row("missed", **changes), row("met")]).flaky == Share(0, 0)


def test_a_version_that_comes_back_is_the_same() -> None:
    """What was held in between is of another one."""
    rows = [row("missed"), row("met", version="w"), row("met")]
    assert steadiness(rows).flaky == Share(1, 1)


@pytest.mark.parametrize(
    "between", [row("inconclusive"), row("not assessed"), row("missed", status="crashed")]
)
def test_only_what_was_decided_is_compared(between: dict[str, Any]) -> None:
    """A drill that could not tell has not changed its mind."""
    assert steadiness([row("met"), between, row("met")]).flaky == Share(0, 1)


def test_inconclusive_drills_are_a_share_of_all() -> None:
    """Of the newest ones."""
    rows = [row("inconclusive"), *[row("met")] * (NEWEST - 1), *[row("inconclusive")] * 9]
    assert steadiness(rows).inconclusive == Share(1, NEWEST)


def test_of_few_nothing_is_told() -> None:
    """A share of four is none."""
    assert Share(1, LEAST - 1).ratio is None
    assert Share(1, LEAST).ratio == 1 / LEAST
