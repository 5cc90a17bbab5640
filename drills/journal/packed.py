"""A million samples in little room: one column a field, and a sample made when it is looked at."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import Any, overload

from drills.journal.sample import Outcome, Sample

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_FIELDS = len(Sample._fields) - 1  # a row of a file has every field but the lane's name
_NUMBERS = [type(value) is int for value in Sample("", 0, 0, 0, 0, Outcome.OK)[1:]]
_OUTCOME = Sample._fields.index("outcome") - 1
_DUE = Sample._fields.index("intended_ns") - 1
# No two samples have the same of these, so none is shared.
_ALONE = {Sample._fields.index(field) - 1 for field in ("subject", "content")}
_ROWS = 4096  # samples that are made at once when all are looked at
_made = partial(tuple.__new__, Sample)

Column = Any  # an array of numbers of 64 bits, or a list of texts or outcomes


class PackedSamples(Sequence[Sample]):
    """The samples of one lane, to be read like a list of them.

    A slice shows the columns that it was cut from, so only a lane that was not cut is added to.
    """

    __slots__ = ("_begin", "_columns", "_end", "_lane")

    def __init__(
        self, lane: str, columns: Sequence[Column] | None = None, within: range | None = None
    ) -> None:
        self._lane = lane
        empty = (array("q") if number else [] for number in _NUMBERS)
        self._columns: list[Column] = list(columns or empty)
        places = range(len(self._columns[0])) if within is None else within
        self._begin, self._end = places.start, max(places.start, places.stop)

    @property
    def name(self) -> str:
        """The lane's."""
        return self._lane

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

    @overload
    def __getitem__(self, place: int) -> Sample: ...
    @overload
    def __getitem__(self, place: slice) -> PackedSamples: ...
    def __getitem__(self, place: int | slice) -> Sample | PackedSamples:
        places = range(self._begin, self._end)[place]
        if isinstance(places, int):
            return Sample(self._lane, *(column[places] for column in self._columns))
        if places.step == 1:
            return PackedSamples(self._lane, self._columns, places)
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
        for column, values in zip(self._columns, ready, strict=True):
            column.extend(values)
        self._end += len(rows)
        return True

    def add(self, samples: Iterable[Sample]) -> None:
        """Add samples of this lane."""
        for sample in samples:
            for column, value in zip(self._columns, sample[1:], strict=True):
                column.append(value)
            self._end += 1

    def ordered(self) -> PackedSamples:
        """The same in the order in which they were due; those of one instant as they were added."""
        due = self._columns[_DUE]
        places = sorted(range(len(due)), key=due.__getitem__)
        if places == list(range(len(due))):
            return self
        ranked = (map(column.__getitem__, places) for column in self._columns)
        kinds = zip(ranked, _NUMBERS, strict=True)
        return PackedSamples(self._lane, [array("q", c) if n else list(c) for c, n in kinds])


def column(samples: Sequence[Sample], field: str) -> Sequence[Any]:
    """One field of every sample, by its name; without making the samples where they are packed."""
    if isinstance(samples, PackedSamples):
        return samples.column(field)
    return [getattr(sample, field) for sample in samples]


def _ready(place: int, values: Sequence[Any]) -> Column:
    """The values as their column holds them: one object for all texts that are equal.

    Raises OverflowError on a number beyond 64 bits, KeyError on an outcome that is none.
    """
    if _NUMBERS[place]:
        return array("q", values)
    if place == _OUTCOME:
        return [_OUTCOMES[value] for value in values]
    return values if place in _ALONE else list(map(sys.intern, values))
