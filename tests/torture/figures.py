"""The figures of a torture: counts, latencies, and how often a leak may still happen. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def leak_rate_below(leaks: int, drills: int, confidence: float = 0.95) -> float:
    """The exact upper bound (Clopper-Pearson, one-sided) on the share of drills that leak."""
    if drills == 0 or leaks >= drills:
        return 1.0
    if leaks == 0:
        return float(1 - (1 - confidence) ** (1 / drills))
    low, high = leaks / drills, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        if at_most(leaks, drills, rate) > 1 - confidence:
            low = rate
        else:
            high = rate
    return high


def at_most(leaks: int, drills: int, rate: float) -> float:
    """The chance that at most so many of the drills leak."""
    return sum(
        math.comb(drills, k) * rate**k * (1 - rate) ** (drills - k) for k in range(leaks + 1)
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(seconds: Sequence[float]) -> str:
    """Number, median, 99th percentile and largest of latencies, in words."""
    if not seconds:
        return "none"
    p50, p99 = (percentile(seconds, share) for share in (0.5, 0.99))
    worst = max(seconds)
    return f"n={len(seconds)}  p50 {p50:.3f} s  p99 {p99:.3f} s  max {worst:.3f} s"


def counted(title: str, names: Sequence[str]) -> list[str]:
    """A small table: how often each name is there."""
    rows = sorted(Counter(names).items(), key=lambda row: (-row[1], row[0]))
    return [title, *(f"  {number:5}  {name}" for name, number in rows)]
