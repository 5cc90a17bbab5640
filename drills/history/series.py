"""One metric over many drills of a kind, held against the newest of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drills.history.shift import Shift, shift, since

LEAST = 5  # earlier values; with fewer nothing is told
RECENT = 5  # the newest values, of which the mean is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a comparison found. ``looks`` are the shifts by how many of the newest were taken.

    ``changed`` is the index of the first value after the last change before that, and ``change``
    how much that was; None where there was none.
    """

    value: float
    worse_is_more: bool
    looks: Mapping[int, Shift]
    changed: int | None
    change: Shift | None

    def chance(self, *, worse: bool) -> float:
        """The probability of so much to that side by chance alone, as likely as any look has it."""
        least = min(self._tail(each, worse=worse) for each in self.looks.values())
        return min(1.0, len(self.looks) * least)

    def look(self, *, worse: bool) -> tuple[int, Shift]:
        """The one that tells most of that side, with how many of the newest it took."""
        return min(self.looks.items(), key=lambda each: self._tail(each[1], worse=worse))

    def widest(self) -> tuple[int, Shift]:
        """The one of the most values."""
        return max(self.looks.items(), key=lambda each: each[0])

    def tells(self, *, worse: bool) -> bool:
        """Whether what moved to that side is worth a word, and the newest value went with it.

        Of a drill that is well again the mean of the newest is not yet.
        """
        _, found = self.look(worse=worse)
        more = worse is self.worse_is_more
        went = self.value >= found.middle if more else self.value <= found.middle
        return found.worth and went

    def _tail(self, one: Shift, *, worse: bool) -> float:
        return one.more if worse is self.worse_is_more else one.less


def seen(
    values: Sequence[float], value: float, unit: str, rate: float, *, worse_is_more: bool
) -> Seen:
    """The newest value against the earlier ones, ``LEAST`` or more, the oldest first.

    Only those after their last change are taken; ``rate`` is that of seeing one where none is.
    """
    start, change = _settled(values[: len(values) - RECENT + 1], unit, rate)
    known = values[start:]
    looks = {}
    for taken in (1, RECENT):
        cut = len(known) - taken + 1
        if cut >= LEAST:
            looks[taken] = shift(known[:cut], [*known[cut:], value], unit)
    return Seen(
        value=value,
        worse_is_more=worse_is_more,
        looks=looks,
        changed=start if change else None,
        change=change,
    )


def _settled(values: Sequence[float], unit: str, rate: float) -> tuple[int, Shift | None]:
    """From where on nothing changed any more, and how much did there."""
    start, change = 0, None
    while (at := since(values[start:], unit, LEAST, rate)) is not None:
        change = shift(values[start : start + at], values[start + at :], unit)
        start += at
    return start, change
