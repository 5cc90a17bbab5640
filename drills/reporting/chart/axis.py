"""From seconds to places in a picture: scales and the values worth a tick."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drills.units import format_seconds

_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30)
_LONG_STEPS = tuple(60.0 * n for n in (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440))


@dataclass(frozen=True, slots=True)
class Linear:
    """Seconds ``low`` to ``high`` on pixels ``left`` to ``right``."""

    low: float
    high: float
    left: float
    right: float

    def at(self, seconds: float) -> float:
        """The place of a moment; one outside the scale is put at its nearer end."""
        share = (min(max(seconds, self.low), self.high) - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def pixels(self, seconds: float) -> float:
        """How long a stretch is drawn."""
        return seconds / (self.high - self.low) * (self.right - self.left)

    def ticks(self, apart: float) -> list[float]:
        """Round moments at least ``apart`` pixels from each other."""
        for step in (*_STEPS, *_LONG_STEPS):
            if self.pixels(step) >= apart:
                break
        else:
            step = _LONG_STEPS[-1] * 2 ** math.ceil(math.log2(apart / self.pixels(_LONG_STEPS[-1])))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(number * step, 6) for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Durations on pixels ``bottom`` up to ``top``, a decade always being equally long."""

    low: float
    high: float
    bottom: float
    top: float

    @classmethod
    def of(cls, durations: Sequence[float], bottom: float, top: float) -> Logarithmic:
        """Whole decades around ``durations`` (seconds, all above 0); 1 ms to 1 s for none."""
        low = math.floor(math.log10(min(durations, default=0.001)) + 1e-9)
        high = math.ceil(math.log10(max(durations, default=1.0)) - 1e-9)
        return cls(10.0**low, 10.0 ** max(high, low + 1), bottom, top)

    def at(self, seconds: float) -> float:
        """The place of a duration above 0."""
        span = math.log10(self.high / self.low)
        return self.bottom - math.log10(seconds / self.low) / span * (self.bottom - self.top)

    def ticks(self, most: int = 5) -> list[float]:
        """Decades, every second or third one where there are more than ``most``."""
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        step = max(1, math.ceil((last - first + 1) / most))
        return [10.0**power for power in range(first, last + 1, step)]


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """What the time axis counts in: ``word`` of ``seconds`` each, ``short`` beside a number."""

    word: str
    short: str
    seconds: float

    def label(self, seconds: float) -> str:
        """A moment on the time axis: ``−5 s``, ``0``, ``90 s``, ``10 min``."""
        if seconds == 0:
            return "0"
        sign = "\u2212" if seconds < 0 else ""
        return f"{sign}{abs(seconds) / self.seconds:g} {self.short}"


SECONDS = TimeUnit("seconds", "s", 1)
_UNITS = (TimeUnit("hours", "h", 3600), TimeUnit("minutes", "min", 60), SECONDS)


def unit_of(ticks: Sequence[float]) -> TimeUnit:
    """The largest unit of which every tick is a whole number, where any tick but 0 is there."""
    others = [tick for tick in ticks if tick]
    if not others:
        return SECONDS
    return next(
        unit
        for unit in _UNITS
        if all(tick % unit.seconds == 0 for tick in others) or unit is SECONDS
    )


def duration_label(seconds: float) -> str:
    """A decade on the latency axis: ``1 ms``, ``10 s``, ``10 µs``."""
    return f"{seconds * 1e6:g} µs" if seconds < 0.0009 else format_seconds(seconds)
