"""Which journeys a picture has room for: those that suffered first, and no failure is dropped."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from drills.judgement.result import Point, Series
from drills.reporting.words import group_of, plural

LANES = 12  # that are drawn


def arranged(series: Sequence[Series], most: int = LANES) -> list[Series]:
    """At most ``most`` lanes with every request of all journeys.

    All as they are, where there is room. Otherwise the worst ones by themselves, the others that
    suffered merged into one lane, and those without a failure into another.
    """
    drawn, piles = _sorted(series, most)
    return [*drawn, *(_merged(name, pile) for name, pile in piles.items())]


def merged(series: Sequence[Series], most: int = LANES) -> dict[str, list[str]]:
    """The journeys in each merged lane, by the lane's name; empty where all are drawn."""
    _, piles = _sorted(series, most)
    return {name: sorted(one.journey for one in pile) for name, pile in piles.items()}


def _sorted(series: Sequence[Series], most: int) -> tuple[list[Series], dict[str, list[Series]]]:
    """Those that are drawn by themselves, and the piles that are drawn as one."""
    if len(series) <= most:
        return list(series), {}
    ranked = sorted(series, key=flaws, reverse=True)
    hurt = [one for one in ranked if flaws(one)]
    well = ranked[len(hurt) :]
    room = most - bool(well)
    room -= len(hurt) > room  # for a lane of those that do not fit
    piles = {"more with failures": hurt[room:], "without a failure": well}
    named = {f"{plural(len(pile), 'journey')} {what}": pile for what, pile in piles.items() if pile}
    return hurt[:room], named


def flaws(series: Series) -> int:
    """How many of its requests were not answered rightly and in time, over the whole drill."""
    return sum(
        count
        for point in series.points
        for outcome, count in point.outcomes.items()
        if group_of(outcome) != "good"
    )


def _merged(name: str, series: Sequence[Series]) -> Series:
    """Several journeys as one: sums of requests, median of medians, the longest of all."""
    buckets: dict[float, list[Point]] = {}
    for one in series:
        for point in one.points:
            buckets.setdefault(point.offset_s, []).append(point)
    counted = all(one.intended is not None for one in series)
    return Series(
        journey=name,
        bucket_s=max(one.bucket_s for one in series),
        points=[_point(offset, pile) for offset, pile in sorted(buckets.items())],
        stretches=[stretch for one in series for stretch in one.stretches],
        intended=sum(one.intended or 0 for one in series) if counted else None,
        good=sum(one.good or 0 for one in series) if counted else None,
    )


def _point(offset: float, pile: Sequence[Point]) -> Point:
    outcomes: Counter[str] = Counter()
    for point in pile:
        outcomes.update(point.outcomes)
    medians = [p.latency_p50_s for p in pile if p.latency_p50_s is not None]
    longest = max(pile, key=lambda p: -math.inf if p.latency_max_s is None else p.latency_max_s)
    return Point(
        offset_s=offset,
        outcomes=dict(outcomes),
        latency_p50_s=median(medians) if medians else None,
        latency_max_s=longest.latency_max_s,
        latency_max_at_least=longest.latency_max_at_least,
    )
