"""Figures as the renderings show them: with their uncertainty, their sign and their unit."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from drills.judgement.criterion import Unit
from drills.judgement.result import Metric, ScoreResult
from drills.reporting.criteria import value_text
from drills.units import format_seconds, with_bounds, with_sign

NOT_MEASURED = "not measured"
AT_LEAST = "\u2265 "


def with_error(seconds: float, half_width: float) -> str:
    """``1.32 s ± 0.02``, ``820 ms ± 3``; no ± where the half width is nought."""
    return with_bounds(seconds, seconds - half_width, seconds + half_width)


def metric_text(metric: Metric) -> str:
    """The metric with its uncertainty, or the reason why there is none."""
    if metric.value is None:
        return metric.reason or NOT_MEASURED
    return value_text(Unit(metric.unit), metric.value, metric.low, metric.high)


def interval_text(metric: Metric) -> str:
    """``between 1.3 s and 1.34 s``; empty where the metric has no width to speak of."""
    if metric.low is None or metric.high is None or metric.low == metric.high:
        return ""
    low, high = _fine(metric.low), _fine(metric.high)
    return f"between {low} and {high}" if low != high else ""


def _fine(seconds: float) -> str:
    """Like ``format_seconds``, but never a negative nought."""
    return format_seconds(seconds if abs(seconds) >= 0.0005 else 0.0)


def offset(seconds: float) -> str:
    """Seconds from the fault with a sign: ``+1.62 s``, ``−3.40 s``, ``+0.00 s``."""
    return with_sign(seconds)


def wait(seconds: float | None, at_least: bool) -> str:
    """A latency: ``19 ms``, or ``≥ 2 s`` where nothing was answered by then; a dash for none."""
    if seconds is None:
        return "\u2013"
    return (AT_LEAST if at_least else "") + format_seconds(seconds)


def instant(moment: datetime) -> str:
    """A date as ``2026-11-23 14:05:31.204 UTC``."""
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{utc:%Y-%m-%d %H:%M:%S}.{utc.microsecond // 1000:03d} UTC"


def points(value: float | None) -> str:
    """Points or a score: ``96``, ``96.4``; a dash where there are none. Never rounds up."""
    if value is None:
        return "\u2013"
    return f"{math.floor(value * 10 + 1e-6) / 10:.1f}".removesuffix(".0")


def score_bounds(score: ScoreResult) -> str:
    """``between 61 and 86``; empty where the bounds are the value."""
    if score.low is None or score.high is None or score.low == score.high:
        return ""
    return f"between {points(score.low)} and {points(score.high)}"
