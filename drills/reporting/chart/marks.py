"""Labels of the moments in the chart, placed so that no two collide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from drills.judgement.result import Mark
from drills.reporting.chart.axis import Linear
from drills.reporting.chart.layout import moment_text
from drills.reporting.cleansing import shorten

_GLYPH = 0.6  # of the font's size: no sans-serif of ours is wider on average
_WIDE = 1.05  # of the font's size: a character of Chinese, Japanese or Korean
_GAP = 5.0
_LONGEST = 28  # characters of a mark's own name


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the line of its moment: in ``row``, from pixel ``left`` to ``right``.

    ``at`` is the moment in seconds.
    """

    at: float
    x: float
    row: int
    text: str
    flipped: bool
    left: float
    right: float


def text_width(text: str, font: float) -> float:
    """Pixels that ``text`` takes at most in a font of that size; a wide character is a square."""
    return sum(_WIDE if east_asian_width(each) in "WF" else _GLYPH for each in text) * font


def fitting(text: str, pixels: float, font: float) -> str:
    """``text`` cut to ``pixels``."""
    line = shorten(text, max(int(pixels / (font * _GLYPH)), 1))
    while len(line) > 1 and text_width(line, font) > pixels:
        line = f"{line.removesuffix('…')[:-1]}…"
    return line


def place(marks: Sequence[Mark], scale: Linear, font: float) -> list[Label]:
    """One label a mark, in the order of time, each in the highest row where it is clear of all."""
    placed: list[Label] = []
    for mark in sorted(_timed(marks), key=lambda mark: mark.offset_s):
        rows = range(len(placed) + 1)
        candidates = [_label(mark, scale, font, row) for row in rows]
        placed.append(next((c for c in candidates if _clear(c, placed)), candidates[-1]))
    return placed


def _timed(marks: Sequence[Mark]) -> list[Mark]:
    return [mark for mark in marks if math.isfinite(mark.offset_s)]


def _label(mark: Mark, scale: Linear, font: float, row: int) -> Label:
    x = scale.at(mark.offset_s)
    # Beside the line, on the side with more room, reaching no further than the picture.
    flipped_room, room = x, scale.right - x
    moment = " " + moment_text(mark.offset_s)
    if mark.offset_s < scale.low:
        moment += " \u2190"
    elif mark.offset_s > scale.high:
        moment += " \u2192"
    most = max(room, flipped_room) - _GAP - text_width(moment, font)
    text = fitting(shorten(mark.name, _LONGEST), max(most, 0), font) + moment
    width = text_width(text, font) + _GAP
    flipped = width > room and flipped_room > room
    left, right = (x - width, x) if flipped else (x, x + width)
    return Label(mark.offset_s, x, row, text, flipped, left, right)


def _clear(new: Label, placed: Sequence[Label]) -> bool:
    """Whether texts do not overlap and no line runs through a text; lines run down from a row."""
    for old in placed:
        if old.row == new.row and new.left < old.right + _GAP and old.left < new.right + _GAP:
            return False
        if old.row > new.row and old.left < new.x < old.right:
            return False
        if old.row < new.row and new.left < old.x < new.right:
            return False
    return True
