"""Very many values of which few differ: a byte for each, and every one of them kept once."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar, overload

V = TypeVar("V", bound=Hashable)
MOST = 256  # that a byte can tell apart


class Coded(Sequence[V]):
    """A sequence that is read like a list. It grows by ``take``; a slice is its own and does not.

    All values that are equal are one object, so they have to be of one type.
    """

    __slots__ = ("_bytes", "_codes", "_values")

    def __init__(self) -> None:
        self._bytes = bytearray()  # of each value, its place in ``_values``
        self._values: list[V] = []
        self._codes: dict[V, int] = {}

    def take(self, values: Sequence[V]) -> bool:
        """Add these; False, and nothing is added, where too many would differ."""
        new = set(values).difference(self._codes)
        if len(self._values) + len(new) > MOST:
            return False
        for value in new:
            self._codes[value] = len(self._values)
            self._values.append(value)
        self._bytes.extend(map(self._codes.__getitem__, values))
        return True

    def at(self, places: Iterable[int]) -> Coded[V]:
        """The values of these places, in their order."""
        return self._like(bytearray(map(self._bytes.__getitem__, places)))

    def places_besides(self, values: Collection[V]) -> list[int]:
        """The places of all that are none of these, in order."""
        others = bytes(value not in values for value in self._values).ljust(MOST, b"\0")
        marked = self._bytes.translate(others)
        place, found = marked.find(1), []
        while place >= 0:
            found.append(place)
            place = marked.find(1, place + 1)
        return found

    def _like(self, codes: bytearray) -> Coded[V]:
        found: Coded[V] = Coded()
        found._bytes, found._values, found._codes = codes, self._values, self._codes
        return found

    def __len__(self) -> int:
        return len(self._bytes)

    def __iter__(self) -> Iterator[V]:
        return map(self._values.__getitem__, self._bytes)

    def __contains__(self, value: object) -> bool:
        return value in self._codes and self._codes[value] in self._bytes

    @overload
    def __getitem__(self, place: int) -> V: ...
    @overload
    def __getitem__(self, place: slice) -> Coded[V]: ...
    def __getitem__(self, place: int | slice) -> V | Coded[V]:
        if isinstance(place, slice):
            return self._like(self._bytes[place])
        return self._values[self._bytes[place]]
