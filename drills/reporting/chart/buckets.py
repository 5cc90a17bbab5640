"""The samples of one journey, merged to as many bars as a picture has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from drills.judgement.result import Chart, Point, Series
from drills.reporting.words import GROUPS, group_of


@dataclass(frozen=True, slots=True)
class Bar:
    """What was due from ``start`` to ``end`` (seconds from the fault), and what came of it.

    ``outcomes`` counts by outcome. ``p50`` is the median of the merged buckets' medians, ``worst``
    the longest answer of all, both in seconds.
    """

    start: float
    end: float
    outcomes: dict[str, int]
    p50: float | None
    worst: float | None
    unanswered: bool = False  # whether who waited longest had no answer by then

    @property
    def total(self) -> int:
        """Requests due."""
        return sum(self.outcomes.values())

    @property
    def groups(self) -> dict[str, int]:
        """Requests by the group they are drawn in."""
        counts: dict[str, int] = {}
        for outcome, count in self.outcomes.items():
            slug = group_of(outcome)
            counts[slug] = counts.get(slug, 0) + count
        return counts

    @property
    def flawed(self) -> bool:
        """Whether anything but good answers is in it."""
        return any(count for slug, count in self.groups.items() if slug != "good")


def merge(series: Series, room: int) -> list[Bar]:
    """At most ``room`` bars of equal width, in order; every request is in exactly one of them.

    ``room`` is at least 1. Where the series has a bucket for each bar they stay as they are.
    """
    points = sorted(_placed(series), key=lambda point: point.offset_s)
    if not points:
        return []
    width = _width(series)
    first = points[0].offset_s
    slots = round((points[-1].offset_s - first) / width) + 1
    width *= math.ceil(slots / room)
    piles: dict[int, list[Point]] = {}
    for point in points:
        slot = min(math.floor((point.offset_s - first) / width + 1e-6), room - 1)
        piles.setdefault(slot, []).append(point)
    return [_bar(first + slot * width, width, pile) for slot, pile in sorted(piles.items())]


def _placed(series: Series) -> list[Point]:
    return [point for point in series.points if math.isfinite(point.offset_s)]


def _width(series: Series) -> float:
    return series.bucket_s if 0 < series.bucket_s < math.inf else 1.0


def _bar(start: float, width: float, pile: Sequence[Point]) -> Bar:
    outcomes: dict[str, int] = {}
    for point in pile:
        for outcome, count in point.outcomes.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + count
    medians = [p.latency_p50_s for p in pile if _drawable(p.latency_p50_s)]
    timed = [point for point in pile if _drawable(point.latency_max_s)]
    longest = max(timed, key=lambda point: point.latency_max_s or 0, default=None)
    return Bar(
        start,
        start + width,
        outcomes,
        median(value for value in medians if value is not None) if medians else None,
        longest.latency_max_s if longest else None,
        bool(longest and longest.latency_max_at_least),
    )


def _drawable(seconds: float | None) -> bool:
    return seconds is not None and 0 < seconds < math.inf


def groups_present(chart: Chart) -> list[str]:
    """The slugs of the groups that occur, in the order in which they are stacked."""
    seen = {
        group_of(outcome)
        for series in chart.series
        for point in series.points
        for outcome, count in point.outcomes.items()
        if count
    }
    return [group.slug for group in GROUPS if group.slug in seen]


def span(chart: Chart) -> tuple[float, float]:
    """First and last second to draw: all samples, and what marks and windows add nearby.

    Marks and windows further off than a quarter of the samples' span do not squeeze the picture;
    they are drawn at its edge. Without samples they alone decide. Never empty.
    """
    edges = [
        edge
        for series in chart.series
        for point in _placed(series)
        for edge in (point.offset_s, point.offset_s + _width(series))
    ]
    moments = [mark.offset_s for mark in chart.marks if math.isfinite(mark.offset_s)]
    moments += [edge for w in chart.windows for edge in (w.start_s, w.end_s) if math.isfinite(edge)]
    if edges:
        low, high = min(edges), max(edges)
        slack = (high - low) / 4
        moments = [moment for moment in moments if low - slack <= moment <= high + slack]
    low, high = min([*edges, *moments], default=0.0), max([*edges, *moments], default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
