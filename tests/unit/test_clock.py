"""Time has one owner: spans are monotonic, dates come from an anchor."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from drills.clock import Anchor, SystemClock
from drills.testing import ManualClock
from drills.units import NS

INSTANTS = st.integers(0, 2**63)
ANCHORS = st.builds(Anchor, INSTANTS, INSTANTS, INSTANTS)


@given(ANCHORS, INSTANTS)
def test_an_instant_comes_back_from_the_wall_clock(anchor: Anchor, instant: int) -> None:
    """To the nanosecond: conversions add no error of their own."""
    assert anchor.to_monotonic(anchor.to_wall(instant)) == instant


@given(ANCHORS)
def test_an_anchor_does_not_drift_against_itself(anchor: Anchor) -> None:
    """Drift is what happened between two anchors."""
    assert anchor.drift_ns(anchor) == 0


def test_drift_is_what_the_wall_clock_gained() -> None:
    """A clock set forward by two seconds shows as two seconds."""
    clock = ManualClock()
    before = clock.anchor()
    clock.advance(10)
    clock.step_wall(2)
    assert before.drift_ns(clock.anchor()) == 2 * NS


def test_a_date_is_utc() -> None:
    """Whatever the zone of the machine."""
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    anchor = Anchor(5 * NS, int(at.timestamp()) * NS, 0)
    assert anchor.date(5 * NS) == at
    assert anchor.date(65 * NS).minute == 1


def test_the_systems_anchor_reads_both_clocks_together() -> None:
    """It lies between readings before and after it, and its error covers the reading's width."""
    clock = SystemClock()
    before = clock.monotonic_ns()
    anchor = clock.anchor()
    after = clock.monotonic_ns()
    assert before <= anchor.monotonic_ns <= after
    assert 0 < anchor.error_ns <= after - before
