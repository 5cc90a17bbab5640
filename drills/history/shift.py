"""What was measured, before and after: how far it moved, and how likely that is chance alone.

Times are compared as logarithms, so that what is told is a share, and counts and ratios as their
roots and angles, which scatter alike whatever they are. The test is Student's, of two means with
one variance. No history is taken to be steadier than the ``floor`` of its scale: five equal values
do not make a sixth that differs by a hair a change. Times among which there are noughts have no
logarithm and no scatter of their own; of them it is asked how often there was anything to measure,
by Fisher's exact test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from drills.history.student import above, quantile

CONFIDENCE = 0.95  # of an interval


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values scatter alike: ``onto`` takes them there, ``back`` from there.

    ``floor`` is the least standard deviation there. A move of less than ``least`` is no change
    worth a word, and within ``alike`` two means count as the same.
    """

    onto: Callable[[float], float]
    back: Callable[[float], float]
    floor: float
    least: float
    alike: float


SECONDS = Scale(math.log, math.exp, floor=0.05, least=math.log(1.1), alike=math.log(1.3))
SCALES: Mapping[str, Scale] = {
    "seconds": SECONDS,
    # Of a Poisson count the root's deviation is a half.
    "count": Scale(
        lambda x: math.sqrt(max(x, 0) + 3 / 8),
        lambda y: max(0.0, max(y, 0) ** 2 - 3 / 8),
        *(0.5, 0.0, 1.0),
    ),
    # Of a share of a hundred requests the angle's is a twentieth.
    "ratio": Scale(
        lambda x: math.asin(math.sqrt(min(max(x, 0), 1))),
        lambda y: math.sin(min(max(y, 0), math.pi / 2)) ** 2,
        *(0.05, 0.0, 0.1),
    ),
}


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``before`` to ``after``, means in the unit of what was measured.

    ``middle`` lies between them. ``effect`` with its interval, ``low`` to ``high``, is a share of
    ``before`` for times, and a difference in the unit for all else; null where neither is known.
    ``more`` and ``less`` are the probabilities of so large a move up, and down, where nothing
    changed. ``alike``: the whole interval counts as the same. ``worth``: it is worth a word.
    """

    before: float
    after: float
    middle: float
    more: float
    less: float
    alike: bool
    worth: bool
    effect: float | None = None
    low: float | None = None
    high: float | None = None


def shift(before: Sequence[float], after: Sequence[float], unit: str) -> Shift:
    """How the later values differ from the earlier ones; together they are three or more."""
    if unit == "seconds" and min(*before, *after) <= 0:
        return _presence(before, after)
    scale = SCALES[unit]
    old, new = [scale.onto(x) for x in before], [scale.onto(x) for x in after]
    freedom = len(old) + len(new) - 2
    deviation = max(math.sqrt((_squares(old) + _squares(new)) / freedom), scale.floor)
    error = deviation * math.sqrt(1 / len(old) + 1 / len(new))
    middle = fmean(old)
    moved = fmean(new) - middle
    reach = quantile((1 + CONFIDENCE) / 2, freedom) * error
    start = scale.back(middle)

    def effect(by: float) -> float:
        end = scale.back(middle + by)
        return end / start - 1 if unit == "seconds" else end - start

    return Shift(
        before=start,
        after=scale.back(fmean(new)),
        middle=scale.back(middle + moved / 2),
        more=above(moved / error, freedom),
        less=above(-moved / error, freedom),
        alike=abs(moved) + reach <= scale.alike,
        worth=abs(moved) >= scale.least,
        effect=effect(moved),
        low=effect(moved - reach),
        high=effect(moved + reach),
    )


def _squares(values: Sequence[float]) -> float:
    mean = fmean(values)
    return sum((value - mean) ** 2 for value in values)


def _presence(before: Sequence[float], after: Sequence[float]) -> Shift:
    """How often there was more than nothing, before and after."""
    had, has = (sum(x > 0 for x in values) for values in (before, after))
    marked, drawn, others = had + has, len(after), len(before)
    old, new = fmean(before), fmean(after)
    return Shift(
        before=old,
        after=new,
        middle=(old + new) / 2,
        more=_at_least(has, marked, drawn, others),
        less=_at_least(drawn - has, drawn + others - marked, drawn, others),
        alike=not marked,
        worth=old != new,
    )


def _at_least(count: int, marked: int, drawn: int, others: int) -> float:
    """The probability that at least ``count`` of the marked are among those drawn of all."""
    rest = drawn + others - marked
    found = range(count, min(marked, drawn) + 1)
    ways = sum(math.comb(marked, k) * math.comb(rest, drawn - k) for k in found)
    return ways / math.comb(drawn + others, drawn)


def discoveries(chances: Sequence[float], rate: float) -> list[bool]:
    """Which of several tests tell of a change: the step-up rule of Benjamini and Hochberg.

    Where nothing changed, any of them does so in at most this share of all cases.
    """
    ranked = sorted(chances)
    bounds = (chance for i, chance in enumerate(ranked, 1) if chance <= rate * i / len(ranked))
    most = max(bounds, default=-1.0)
    return [chance <= most for chance in chances]


def since(values: Sequence[float], unit: str, least: int, rate: float) -> int | None:
    """Where a series changed, as the index of the first value after that; None where it did not.

    The likeliest of all places with ``least`` values or more on either side; as many as there are
    places, its probability is multiplied.
    """
    places = range(least, len(values) - least + 1)
    if not places:
        return None
    chances = {at: _chance(shift(values[:at], values[at:], unit)) for at in places}
    at = min(places, key=lambda place: chances[place])
    return at if chances[at] * len(places) <= rate else None


def _chance(found: Shift) -> float:
    return min(1.0, 2 * min(found.more, found.less)) if found.worth else 1.0
