"""Two drills side by side: each criterion and each metric, the difference, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from drills.history.row import LATENCY, OUTAGE, Figure, Row
from drills.judgement.criterion import Comparator
from drills.judgement.metrics import METRICS


class Change(StrEnum):
    """What became of it, from the first drill to the second.

    ``UNTOLD`` is where one was not measured, where the intervals overlap, or where neither
    direction is the better one.
    """

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNTOLD = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A criterion or a metric of two drills; one that a drill does not have is None there."""

    first: Figure | None
    second: Figure | None

    @property
    def figure(self) -> Figure:
        """The one that tells what it is: the second drill's, where it has it."""
        found = self.second or self.first
        assert found is not None
        return found

    @property
    def difference(self) -> float | None:
        """The second value less the first one; None where one is not known."""
        if self.first is None or self.second is None or self.first.unit != self.second.unit:
            return None
        if self.first.value is None or self.second.value is None:
            return None
        return self.second.value - self.first.value

    @property
    def change(self) -> Change:
        """Whether that is better, as far as the errors of both allow to tell."""
        difference = self.difference
        if difference is None or self.first is None or self.second is None:
            return Change.UNTOLD
        if difference == 0:
            return Change.SAME
        way = better(self.figure)
        if way is None or _overlap(self.first, self.second):
            return Change.UNTOLD
        good = difference < 0 if way is Comparator.AT_MOST else difference > 0
        return Change.BETTER if good else Change.WORSE

    def data(self) -> dict[str, object]:
        """As JSON has it."""
        figure = self.figure
        own = {"kind": figure.kind, "name": figure.name, "unit": figure.unit}
        more = {"metric": figure.metric, "subject": figure.subject}
        sides = {"first": _side(self.first), "second": _side(self.second)}
        return own | more | sides | {"difference": self.difference, "change": self.change.value}


def compare(first: Row, second: Row) -> list[Pair]:
    """Criteria, then metrics, as the second drill has them; then what only the first one has."""
    return list(_pairs(first, second))


def _pairs(first: Row, second: Row) -> Iterator[Pair]:
    before = {_key(figure): figure for figure in first.figures}
    after = {_key(figure): figure for figure in second.figures}
    keys = list(dict.fromkeys([*after, *before]))
    for key in sorted(keys, key=lambda key: key[0] != "criterion"):
        one, other = before.get(key), after.get(key)
        if any(each and (each.value is not None or each.verdict) for each in (one, other)):
            yield Pair(first=one, second=other)


def _key(figure: Figure) -> tuple[str, str, str, str]:
    return figure.kind, figure.name, figure.metric, figure.subject


def better(figure: Figure) -> Comparator | None:
    """Which direction is the better one; None where neither is."""
    if figure.comparator == Comparator.AT_LEAST:
        return Comparator.AT_LEAST
    if figure.comparator == Comparator.AT_MOST:
        return Comparator.AT_MOST
    name = figure.metric or figure.name
    if name in (LATENCY, OUTAGE):
        return Comparator.AT_MOST
    known = METRICS.get(name)
    return known.better if known else None


def _overlap(first: Figure, second: Figure) -> bool:
    """Whether the one value may be the other, within the errors of both."""
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return False
    return first.low <= second.high and second.low <= first.high


def _side(figure: Figure | None) -> dict[str, object] | None:
    if figure is None:
        return None
    names = ("value", "low", "high", "comparator", "limit", "verdict")
    return {name: value for name in names if (value := getattr(figure, name)) != ""}
