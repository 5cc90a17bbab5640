"""The sizes that the picture is drawn in, and how numbers and texts stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from drills.reporting.cleansing import clean_line
from drills.reporting.figures import offset


@dataclass(frozen=True, slots=True)
class Layout:
    """A size of the picture: pixels of width and margins, of a bar at least, and of the font."""

    name: str
    width: float
    left: float
    right: float
    bar: float
    font: float
    bars: float
    latency: float


WIDE = Layout("wide", 1000, 58, 14, 3, 12, 64, 62)
MEDIUM = Layout("medium", 680, 56, 10, 3, 12, 56, 56)
NARROW = Layout("narrow", 340, 50, 6, 3, 12, 52, 52)
LAYOUTS = (WIDE, MEDIUM, NARROW)


def span_text(start: float, end: float) -> str:
    """A stretch of time in words, both ends in seconds from the fault."""
    return f"{offset(start)} to {offset(end)}"


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


def xml(text: str) -> str:
    """A text as it may stand in the picture: in one line, nothing of it markup."""
    return escape(clean_line(text), quote=True)
