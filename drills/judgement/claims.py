"""The criteria that sentences declare, by what they say of a measured value."""

from __future__ import annotations

from drills.judgement.criterion import Comparator, Criterion, Priority, parse_time
from drills.units import parse_ratio


def within(name: str, metric: str, limit: str, subject: str = "") -> Criterion:
    """A criterion that a time is at most ``5 minutes``, or ``the limit of its severity``."""
    return Criterion(name, metric, Comparator.AT_MOST, parse_time(limit), subject)


def exactly(
    name: str, metric: str, count: float, subject: str = "", priority: Priority = Priority.MUST
) -> Criterion:
    """A criterion that a count is exactly so much."""
    return Criterion(name, metric, Comparator.EXACTLY, count, subject, priority)


def at_most(name: str, metric: str, count: int, subject: str = "") -> Criterion:
    """A criterion that something was found no more often."""
    return Criterion(name, metric, Comparator.AT_MOST, count, subject)


def at_least(name: str, metric: str, count: int, subject: str = "") -> Criterion:
    """A criterion that something was found so often."""
    return Criterion(name, metric, Comparator.AT_LEAST, count, subject)


def available(name: str, journey: str, share: str) -> Criterion:
    """A criterion on the share of a journey's due requests that were answered well."""
    return Criterion(name, "availability", Comparator.AT_LEAST, parse_ratio(share), journey)
