"""Quantities as people write them, and back: durations, sizes, ratios, intervals.

Inside the package a duration is a float of seconds, a size an int of bytes, a ratio a float of
0 to 1, an instant an int of nanoseconds on the monotonic clock of the host.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from drills.errors import PlanError

NS = 1_000_000_000
MIB = 1024 * 1024

_SECONDS = {
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
}
_BYTES = {"B": 1, "KiB": 1024, "MiB": MIB, "GiB": 1024 * MIB}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured quantity with its uncertainty: ``low <= value <= high``."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"expected low <= value <= high, got {self}")

    @classmethod
    def exact(cls, value: float) -> Interval:
        """A quantity that was counted, not estimated."""
        return cls(value, value, value)

    @property
    def half_width(self) -> float:
        """Half the distance from ``low`` to ``high``."""
        return (self.high - self.low) / 2


def parse_duration(text: str) -> float:
    """Seconds of ``"5 minutes"``, ``"1.5 s"``, ``"250 ms"``.

    Raises PlanError when the text is not a number with a unit of time.
    """
    match = _DURATION.fullmatch(text)
    unit = match.group(2).lower() if match else ""
    plural = len(unit) > 2 and unit != "mss"  # "mins" and "minutes", but no "ss" and no "hs"
    factor = _SECONDS.get(unit) or (_SECONDS.get(unit.removesuffix("s")) if plural else None)
    seconds = float(match.group(1)) * factor if match and factor else math.inf
    if not math.isfinite(seconds):
        raise PlanError(
            f"expected a duration such as '5 minutes', '15 min', '2 s' or '250 ms', got {text!r}"
        )
    return seconds


def parse_size(text: str) -> int:
    """Bytes of ``"8 MiB"``. Raises PlanError when the text is not a size."""
    match = _SIZE.fullmatch(text)
    factor = _BYTES.get(match.group(2)) if match else None
    size = float(match.group(1)) * factor if match and factor else math.inf
    if not math.isfinite(size):
        raise PlanError(f"expected a size such as '8 MiB' or '512 KiB', got {text!r}")
    return int(size)


def parse_count(text: str) -> int:
    """A whole number of ``"20"``. Raises PlanError when the text is not one, or negative."""
    if re.fullmatch(r"\s*\d{1,18}\s*", text, re.ASCII) is None:
        raise PlanError(f"expected a whole number such as '0', got {text!r}")
    return int(text)


def parse_ratio(text: str) -> float:
    """0 to 1 of ``"99.5 %"``. Raises PlanError when the text is not a percentage."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", text)
    if match is None or float(match.group(1)) > 100:
        raise PlanError(f"expected a percentage such as '99.5 %', got {text!r}")
    return float(match.group(1)) / 100


def format_seconds(seconds: float) -> str:
    """A duration as a reader wants it: ``820 ms``, ``1.32 s``, ``15 min``, ``1 h 05 min``."""
    if seconds < 0:
        return "-" + format_seconds(-seconds)
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 99.95:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"
    return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"


def with_sign(seconds: float) -> str:
    """Seconds from some moment, with a sign: ``+1.62 s``, ``−3.40 s``, ``+0.00 s``."""
    if not math.isfinite(seconds):
        return "at no known time"
    return f"{chr(0x2212) if seconds < -0.004 else '+'}{abs(seconds):.2f} s"


def format_size(size: float) -> str:
    """A size as a reader wants it: ``512 B``, ``1.5 KiB``, ``8 MiB``."""
    for unit, factor in reversed(_BYTES.items()):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size:.0f} B"


def format_ratio(ratio: float) -> str:
    """A ratio as a percentage that never rounds a failure away: ``99.97 %``, ``100 %``."""
    hundredths = round(ratio * 10_000, 6)  # 0.5738 * 10_000 may come out below 5738
    percent = min(math.floor(hundredths), 9_999 if ratio < 1 else 10_000) / 100
    return f"{percent:.2f}".rstrip("0").rstrip(".") + " %"


def with_bounds(seconds: float, low: float, high: float) -> str:
    """A duration with its error: ``1.32 s ± 0.02``, or ``993 ms +357 −3`` where it is lopsided.

    As many decimals as the error needs to show one digit, two or three for seconds. An error is
    rounded up: it is never shown smaller than it is, and never as nought unless it is.
    """
    if not math.isfinite(seconds):
        return "without end"
    above, below = max(high - seconds, 0.0), max(seconds - low, 0.0)
    if not 0 < max(above, below) < math.inf:
        return format_seconds(seconds)
    if abs(seconds) >= 99.95:
        return f"{format_seconds(seconds)} {_error(above, below, format_seconds)}"
    factor, unit, least = (1000.0, "ms", 0) if abs(seconds) < 0.9995 else (1.0, "s", 2)
    decimals = min(max(least, math.ceil(-math.log10(max(above, below) * factor))), least + 1)

    def digits(error: float) -> str:
        steps = math.ceil(error * factor * 10**decimals - 1e-6)
        return f"{steps / 10**decimals:.{decimals}f}" if steps else "0"

    return f"{seconds * factor:.{decimals}f} {unit} {_error(above, below, digits)}"


def _error(above: float, below: float, digits: Callable[[float], str]) -> str:
    """``± 0.02``, or both sides where one is more than a tenth larger than the other."""
    if abs(above - below) <= max(above, below) / 10:
        return f"± {digits(max(above, below))}"
    return f"+{digits(above)} \u2212{digits(below)}"
