"""A million samples in little room: one column a field, and a sample made when it is looked at."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import Any, overload

from drills.journal.coded import Coded
from drills.journal.sample import Outcome, Sample
from drills.units import NS

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_FIELDS = len(Sample._fields) - 1  # a row of a file has every field but the lane's name
_NUMBERS = [type(value) is int for value in Sample("", 0, 0, 0, 0, Outcome.OK)[1:]]
_OUTCOME = Sample._fields.index("outcome") - 1
_DUE = Sample._fields.index("intended_ns") - 1
_STATUS = Sample._fields.index("status") - 1
# Where many of these differ no two samples have the same, so none is shared.
_ALONE = {Sample._fields.index(field) - 1 for field in ("subject", "content")}
# What the samples of one lane have in common, as a rule.
_ALIKE = [place == _STATUS or not number for place, number in enumerate(_NUMBERS)]
_SETTLES = 10 * NS  # within so long of the newest one's due a sample arrives, as a rule
_ROWS = 4096  # samples that are made at once when all are looked at
_made = partial(tuple.__new__, Sample)

Column = Any  # an array of numbers of 64 bits, a list of texts, or either with a byte for each


class Growth:
    """What is kept of a lane that grows, from one look at it to the next.

    The first ``settled`` samples stay as and where they are; ``known`` is what was computed of
    them, by what computed it. ``looks`` counts the looks, ``count`` the samples at the last one.
    """

    __slots__ = ("count", "known", "looks", "settled")

    def __init__(self) -> None:
        self.known: dict[object, Any] = {}
        self.settled = self.count = self.looks = 0


class PackedSamples(Sequence[Sample]):
    """The samples of one lane, to be read like a list of them.

    A slice shows the columns that it was cut from, so only a lane that was not cut is added to.
    """

    __slots__ = ("_begin", "_columns", "_end", "_lane", "growth")

    def __init__(
        self,
        lane: str,
        columns: Sequence[Column] | None = None,
        within: range | None = None,
        growth: Growth | None = None,
    ) -> None:
        self._lane = lane
        self.growth = growth
        empty = (Coded[Any]() if alike else array("q") for alike in _ALIKE)
        self._columns: list[Column] = list(columns or empty)
        places = range(len(self._columns[0])) if within is None else within
        self._begin, self._end = places.start, max(places.start, places.stop)

    @property
    def name(self) -> str:
        """The lane's."""
        return self._lane

    @property
    def begin(self) -> int:
        """The place of the first one in the lane that this was cut from."""
        return self._begin

    @property
    def uncut(self) -> PackedSamples:
        """The whole lane as it was at the last look."""
        count = self.growth.count if self.growth else len(self._columns[0])
        return PackedSamples(self._lane, self._columns, range(count), self.growth)

    def column(self, field: str) -> Sequence[Any]:
        """One field of every sample."""
        found: Sequence[Any] = self._columns[Sample._fields.index(field) - 1]
        return found if len(self) == len(found) else found[self._begin : self._end]

    def __len__(self) -> int:
        return self._end - self._begin

    def __iter__(self) -> Iterator[Sample]:
        for low in range(self._begin, self._end, _ROWS):
            high = min(low + _ROWS, self._end)
            cut = [column[low:high] for column in self._columns]
            yield from map(_made, zip(repeat(self._lane, high - low), *cut, strict=True))

    def __reversed__(self) -> Iterator[Sample]:
        for high in range(self._end, self._begin, -_ROWS):
            low = max(high - _ROWS, self._begin)
            yield from reversed(list(PackedSamples(self._lane, self._columns, range(low, high))))

    @overload
    def __getitem__(self, place: int) -> Sample: ...
    @overload
    def __getitem__(self, place: slice) -> PackedSamples: ...
    def __getitem__(self, place: int | slice) -> Sample | PackedSamples:
        places = range(self._begin, self._end)[place]
        if isinstance(places, int):
            return Sample(self._lane, *(column[places] for column in self._columns))
        if places.step == 1:
            return PackedSamples(self._lane, self._columns, places, self.growth)
        cut = ([column[each] for each in places] for column in self._columns)
        return PackedSamples(self._lane, list(cut))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        raise TypeError(f"unhashable: {type(self).__name__}")

    def take(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Add the samples of rows as we write them; False, and nothing is added, for any others."""
        if set(map(type, rows)) != {list} or not {*map(len, rows)} <= {_FIELDS - 1, _FIELDS}:
            return False
        whole = (row if len(row) == _FIELDS else [*row, ""] for row in rows)  # without content
        columns = list(zip(*whole, strict=True))
        for values, number in zip(columns, _NUMBERS, strict=True):
            if set(map(type, values)) != {int if number else str}:
                return False
        try:
            ready = [_ready(place, values) for place, values in enumerate(columns)]
        except (KeyError, OverflowError):
            return False
        for place, column in enumerate(ready):
            self._extend(place, column)
        self._end += len(rows)
        return True

    def add(self, samples: Iterable[Sample]) -> None:
        """Add samples of this lane."""
        for sample in samples:
            for place, value in enumerate(sample[1:]):
                self._extend(place, [value])
            self._end += 1

    def _extend(self, place: int, values: Sequence[Any]) -> None:
        """Add to a column. One in which too much differs has the values themselves from now on."""
        column = self._columns[place]
        if isinstance(column, Coded):
            if column.take(values):
                return
            self._columns[place] = column = _plain(place, column)
        column.extend(values if place in _ALONE or _NUMBERS[place] else map(sys.intern, values))

    def ordered(self) -> PackedSamples:
        """The same in the order in which they were due; those of one instant as they were added."""
        due = self._columns[_DUE]
        places = sorted(range(len(due)), key=due.__getitem__)
        if places == list(range(len(due))):
            return self
        ranked = (_at(place, column, places) for place, column in enumerate(self._columns))
        return PackedSamples(self._lane, list(ranked))


class GrowingLane:
    """The samples of a lane that is being written, in the order in which they were due.

    They are written as they end, so a late one is put into its place among the others.
    """

    def __init__(self, lane: str) -> None:
        self._lane = lane
        self._columns: list[Column] = [array("q") if number else [] for number in _NUMBERS]
        self._growth = Growth()
        self._settles = _SETTLES

    def insert(self, sample: Sample) -> None:
        """Put a sample into its place, behind those that were due at the same instant."""
        due = self._columns[_DUE]
        place = bisect_right(due, sample.intended_ns)
        for index, (column, value) in enumerate(zip(self._columns, sample[1:], strict=True)):
            shared = isinstance(value, str) and index not in {_OUTCOME, *_ALONE}
            column.insert(place, sys.intern(str(value)) if shared else value)
        if place < self._growth.settled:  # dearer once, and not again
            self._settles = 2 * (due[-1] - sample.intended_ns)
            self._growth = Growth()

    def look(self) -> PackedSamples:
        """All of them, without a copy: to be read until the next one is inserted."""
        growth, due = self._growth, self._columns[_DUE]
        growth.looks += 1
        growth.count = len(due)
        if due:
            growth.settled = max(growth.settled, bisect_left(due, due[-1] - self._settles))
        return PackedSamples(self._lane, self._columns, range(len(due)), growth)

    def drop(self, lost: Callable[[Sample], bool]) -> None:
        """Leave out the samples of which that is true."""
        whole = self.look()
        kept = [place for place, sample in enumerate(whole) if not lost(sample)]
        if len(kept) == len(whole):
            return
        self._growth = Growth()
        for index, number in enumerate(_NUMBERS):
            values = map(self._columns[index].__getitem__, kept)
            self._columns[index] = array("q", values) if number else list(values)


def growth_of(samples: Sequence[Sample]) -> Growth | None:
    """What is kept of the lane from look to look; None where it does not grow."""
    return samples.growth if isinstance(samples, PackedSamples) else None


def column(samples: Sequence[Sample], field: str) -> Sequence[Any]:
    """One field of every sample, by its name; without making the samples where they are packed."""
    if isinstance(samples, PackedSamples):
        return samples.column(field)
    return [getattr(sample, field) for sample in samples]


def _ready(place: int, values: Sequence[Any]) -> Sequence[Any]:
    """The values as their column takes them.

    Raises OverflowError on a number beyond 64 bits, KeyError on an outcome that is none.
    """
    if _NUMBERS[place]:
        return array("q", values)
    return [_OUTCOMES[value] for value in values] if place == _OUTCOME else values


def _at(place: int, column: Column, places: Sequence[int]) -> Column:
    """What a column holds at these places."""
    if isinstance(column, Coded):
        return column.at(places)
    return _plain(place, map(column.__getitem__, places))


def _plain(place: int, values: Iterable[Any]) -> Column:
    """The values themselves: an array of numbers, or a list."""
    return array("q", values) if _NUMBERS[place] else list(values)
