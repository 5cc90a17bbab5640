"""The counts of a picture as rows of a table: every request is in exactly one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drills.judgement.result import Series
from drills.reporting.chart.buckets import Bar, merge
from drills.reporting.chart.lanes import arranged
from drills.reporting.chart.layout import span_text
from drills.reporting.figures import AT_LEAST
from drills.reporting.words import GROUPS, group_of
from drills.units import format_seconds

ROWS = 120  # of a table at most
_FINEST = 300  # bars of a journey that are looked at first
_ORDER = [group.slug for group in GROUPS]


@dataclass(frozen=True, slots=True)
class Row:
    """One stretch of one journey: what came of the requests due in it, and the longest wait."""

    journey: str
    when: str
    outcomes: dict[str, int]
    longest: str

    @property
    def flawed(self) -> bool:
        """Whether anything but good answers is in it."""
        return any(group_of(name) != "good" for name in self.outcomes)


def rows(series: Sequence[Series]) -> list[Row]:
    """At most ``ROWS`` rows, journey by journey; stretches in which all was well are one each.

    Where there would be more, stretches are wider: no request is left out.
    """
    lanes = arranged(series)
    most = max(ROWS // max(len(lanes), 1), 1)
    return [row for one in lanes for row in _of_one(one, most)]


def _of_one(series: Series, most: int) -> list[Row]:
    room = _FINEST
    found = list(_runs(merge(series, room)))
    while len(found) > most and room > 1:
        room = max(room * 2 // 3, 1)
        found = list(_runs(merge(series, room)))
    return [_row(series.journey, run) for run in found]


def _runs(bars: Sequence[Bar]) -> Iterator[list[Bar]]:
    """Each bar with a failure by itself, what was well in between together."""
    well: list[Bar] = []
    for bar in bars:
        if not bar.flawed:
            well.append(bar)
            continue
        if well:
            yield well
        yield [bar]
        well = []
    if well:
        yield well


def _row(journey: str, run: Sequence[Bar]) -> Row:
    counts: dict[str, int] = {}
    for bar in run:
        for name, count in bar.outcomes.items():
            counts[name] = counts.get(name, 0) + count
    ranked = sorted(counts, key=lambda name: (_ORDER.index(group_of(name)), name))
    timed = [bar for bar in run if bar.worst is not None]
    longest = max(timed, key=lambda bar: bar.worst or 0, default=None)
    said = ""
    if longest is not None and longest.worst is not None:
        said = (AT_LEAST if longest.unanswered else "") + format_seconds(longest.worst)
    when = span_text(run[0].start, run[-1].end)
    return Row(journey, when, {name: counts[name] for name in ranked if counts[name]}, said)
