"""A small picture of one value over many drills, with its limit, as inline SVG.

Drills stand side by side, the oldest left. Shapes tell the verdicts apart where there is no colour:
a dot for met, a cross for missed, a ring for what could not be told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drills.reporting.chart.layout import px, xml
from drills.reporting.chart.marks import fitting

WIDTH, HEIGHT = 300.0, 92.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 8.0, 8.0, 16.0, 8.0
_ROOM = 2.0  # times the largest value: a limit beyond is told, and not drawn
_FONT = 11.0


@dataclass(frozen=True, slots=True)
class Point:
    """What one drill had, and the verdict on it; None where it has no value, "" for no verdict."""

    when: str
    value: float | None
    verdict: str


def draw_trend(
    points: Sequence[Point], limit: float | None, show: Callable[[float], str], description: str
) -> str:
    """One ``<svg>`` element of at most a few kilobytes; "" where no point has a value."""
    values = [point.value for point in points if point.value is not None]
    if not values:
        return ""
    most = max(*values, 0.0)
    drawn = limit is not None and limit <= max(most * _ROOM, 1e-9)
    top = max(most, limit if drawn and limit is not None else 0.0) or 1.0
    places = [(_x(number, len(points)), _y(p.value, top), p) for number, p in enumerate(points)]
    lines = [_line(places), *_shapes(places)]
    if limit is not None:
        lines.insert(0, _limit(limit, top, show, drawn=drawn))
    label = f'<text class="axis" x="{px(_LEFT)}" y="{px(_FONT)}">{xml(show(top))}</text>'
    base = f'<path class="base" d="M{px(_LEFT)} {px(HEIGHT - _BOTTOM)}H{px(WIDTH - _RIGHT)}"/>'
    return (
        f'<svg class="trend" viewBox="0 0 {px(WIDTH)} {px(HEIGHT)}" role="img" '
        f'aria-label="{xml(description)}" font-size="{px(_FONT)}">{base}{label}{"".join(lines)}'
        "</svg>"
    )


def _x(number: int, count: int) -> float:
    share = 0.5 if count == 1 else number / (count - 1)
    return round(_LEFT + 3 + share * (WIDTH - _LEFT - _RIGHT - 6))


def _y(value: float | None, top: float) -> float | None:
    if value is None:
        return None
    return round(HEIGHT - _BOTTOM - max(value, 0.0) / top * (HEIGHT - _TOP - _BOTTOM))


def _limit(limit: float, top: float, show: Callable[[float], str], *, drawn: bool) -> str:
    above = "" if drawn else " \u2191"
    text = fitting(f"limit {show(limit)}{above}", WIDTH / 2, _FONT)
    words = (
        f'<text class="axis" x="{px(WIDTH - _RIGHT)}" y="{px(_FONT)}" text-anchor="end">'
        f"{xml(text)}</text>"
    )
    if not drawn:
        return words
    y = _y(limit, top)
    assert y is not None
    return f'<path class="limit" d="M{px(_LEFT)} {px(y)}H{px(WIDTH - _RIGHT)}"/>{words}'


def _line(places: Sequence[tuple[float, float | None, Point]]) -> str:
    """From value to value; it is broken where a drill has none."""
    steps, open_ = [], False
    for x, y, _ in places:
        if y is not None:
            steps.append(f"{'L' if open_ else 'M'}{px(x)} {px(y)}")
        open_ = y is not None
    return f'<path class="way" d="{"".join(steps)}"/>'


def _shapes(places: Sequence[tuple[float, float | None, Point]]) -> list[str]:
    """One path for each kind of verdict, and a tick at the ground for what has no value."""
    by: dict[str, list[str]] = {}
    for x, y, point in places:
        if y is None:
            by.setdefault("none", []).append(f"M{px(x)} {px(HEIGHT - _BOTTOM)}v5")
        elif point.verdict == "missed":
            by.setdefault("missed", []).append(f"M{px(x - 3)} {px(y - 3)}l6 6m0-6l-6 6")
        elif point.verdict in ("met", ""):
            by.setdefault("met", []).append(f"M{px(x)} {px(y)}h0")
        else:
            by.setdefault("unsure", []).append(f"M{px(x - 3)} {px(y)}a3 3 0 1 0 6 0a3 3 0 1 0-6 0")
    return [f'<path class="{name}" d="{"".join(each)}"/>' for name, each in by.items()]
