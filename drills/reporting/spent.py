"""Where a drill's time went, as bars: each span at its place on one axis of the whole drill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.judgement.result import Span

LONG = 1000  # units of the axis
LEAST = 3.0  # units of a bar: a span of milliseconds is seen, too
WHOSE = {"ours": "The framework's", "system": "The system's", "window": "Waiting windows"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One span as drawn: where it begins and how long it is, in units of the axis."""

    span: Span
    share: float
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Total:
    """All that went to one of them: seconds, and the share of the drill."""

    whose: str
    name: str
    seconds: float
    share: float


def bars(spans: Sequence[Span]) -> list[Bar]:
    """One for each span, in order."""
    whole = _whole(spans)
    begin = spans[0].start_s if spans else 0.0
    drawn = []
    for span in spans:
        width = max(span.seconds / whole * LONG, LEAST)
        left = min((span.start_s - begin) / whole * LONG, LONG - width)
        drawn.append(Bar(span, span.seconds / whole, round(left, 1), round(width, 1)))
    return drawn


def totals(spans: Sequence[Span]) -> list[Total]:
    """Ours, the system's and the windows', in this order, of those that there are."""
    whole = _whole(spans)
    summed = {whose: sum(one.seconds for one in spans if one.whose == whose) for whose in WHOSE}
    return [
        Total(whose, WHOSE[whose], seconds, seconds / whole)
        for whose, seconds in summed.items()
        if seconds > 0
    ]


def _whole(spans: Sequence[Span]) -> float:
    return sum(one.seconds for one in spans) or 1.0
