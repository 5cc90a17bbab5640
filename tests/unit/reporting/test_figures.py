"""Figures with their uncertainty."""

from __future__ import annotations

import pytest

from drills.judgement.result import Metric
from drills.reporting.figures import instant, metric_text, offset, points, with_error
from drills.units import with_bounds
from tests.unit.reporting import example


@pytest.mark.parametrize(
    ("seconds", "half", "text"),
    [
        (1.32, 0.02, "1.32 s ± 0.02"),
        (0.82, 0.003, "820 ms ± 3"),
        (0.82, 0.0004, "820.0 ms ± 0.4"),
        (1.5, 0.0, "1.5 s"),
        (7.1, 0.25, "7.10 s ± 0.25"),
        (15.2, 0.1, "15.20 s ± 0.10"),
        (900.0, 2.0, "15 min ± 2 s"),
        (12.8729, 0.00003, "12.873 s ± 0.001"),
        (float("inf"), 1.0, "without end"),
    ],
)
def test_a_duration_shows_its_error(seconds: float, half: float, text: str) -> None:
    """Value and error have the same unit and as many decimals as the error needs."""
    assert with_error(seconds, half) == text


def test_a_lopsided_error_shows_both_sides() -> None:
    """An error that is larger to one side is never halved into a ± that would be wrong."""
    assert with_bounds(0.993, 0.990, 1.348) == "993 ms +355 \u22123"
    assert with_bounds(6.86, 6.86, 7.21) == "6.86 s +0.35 \u22120"
    assert with_bounds(6.86, 6.8599, 7.2101) == "6.86 s +0.36 \u22120.01"


def test_a_missing_metric_shows_its_reason() -> None:
    """Where there is no figure the reason stands."""
    assert metric_text(example.unmeasured("no alert")) == "no alert"
    none = Metric(unit="seconds", value=None, low=None, high=None, reason=None)
    assert metric_text(none) == "not measured"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "+0.00 s"), (1.624, "+1.62 s"), (-3.4, "\u22123.40 s"), (-0.001, "+0.00 s")],
)
def test_offsets_have_a_sign(seconds: float, text: str) -> None:
    """Moments before the fault are negative, nought has no minus."""
    assert offset(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(98.29, "98.2"), (49.0, "49"), (99.99, "99.9"), (None, "\u2013")]
)
def test_points_are_never_rounded_up(value: float | None, text: str) -> None:
    """A score that is not 100 never reads 100."""
    assert points(value) == text


def test_dates_are_utc() -> None:
    """A date is shown in UTC to the millisecond."""
    assert instant(example.START) == "2026-11-23 14:05:31.204 UTC"
