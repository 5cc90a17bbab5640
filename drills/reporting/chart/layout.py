"""The sizes that the picture is drawn in, and how numbers and texts stand in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from drills.reporting.cleansing import clean_line
from drills.reporting.figures import offset
from drills.units import format_seconds


@dataclass(frozen=True, slots=True)
class Layout:
    """A size of the picture: pixels of width and margins, of a bar at least, and of the font.

    ``largest`` is how many characters the picture may take; a report has two of each layout.
    """

    name: str
    width: float
    left: float
    right: float
    bar: float
    font: float
    bars: float
    latency: float
    largest: int


WIDE = Layout("wide", 1000, 58, 14, 3, 12, 64, 62, 84_000)
MEDIUM = Layout("medium", 680, 56, 10, 3, 12, 56, 56, 54_000)
NARROW = Layout("narrow", 340, 50, 6, 3, 12, 52, 52, 36_000)
LAYOUTS = (WIDE, MEDIUM, NARROW)


def moment_text(seconds: float) -> str:
    """A moment from the fault: ``+1.62 s``, and from two minutes on ``+15 min 02 s``."""
    if not 120 <= abs(seconds) < math.inf:
        return offset(seconds)
    return f"{chr(0x2212) if seconds < 0 else '+'}{format_seconds(abs(seconds))}"


def span_text(start: float, end: float) -> str:
    """A stretch of time in words, both ends from the fault."""
    return f"{moment_text(start)} to {moment_text(end)}"


def gridline(layout: Layout, y: float, label: str, *, strong: bool = False) -> str:
    """A line across all plots at ``y``, with what it stands for left of it."""
    return (
        f'<path class="{"base" if strong else "grid"}" '
        f'd="M{px(layout.left)} {px(y)}H{px(layout.width - layout.right)}"/>'
        f'<text class="axis" x="{px(layout.left - 6)}" y="{px(y + layout.font / 3)}" '
        f'text-anchor="end">{xml(label)}</text>'
    )


def px(length: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{length:.1f}".removesuffix(".0")


def fine(length: float) -> str:
    """The same to a thousandth: of what is looked at closer."""
    return f"{length:.3f}".rstrip("0").removesuffix(".")


def xml(text: str) -> str:
    """A text as it may stand in the picture: in one line, nothing of it markup."""
    return escape(clean_line(text), quote=True)
