"""What runs across the lanes: each injection's window, the marked moments, the time."""

from __future__ import annotations

from collections.abc import Sequence

from drills.judgement.result import Chart, Window
from drills.reporting.chart.axis import Linear, unit_of
from drills.reporting.chart.layout import Layout, fine, px, xml
from drills.reporting.chart.marks import Label, fitting, text_width

STRIPS = 6  # windows with a strip of their own
_SHADES = 200  # windows that are shaded


def _tint(window: Window) -> str:
    """One more class, by what is broken; the templates colour it."""
    return f" of-{window.colour}" if window.colour.isalpha() else ""


def shades(windows: Sequence[Window], scale: Linear, spans: Sequence[tuple[float, float]]) -> str:
    """Each injection as a shade behind the lanes; its edge shows also the shortest."""
    return "".join(
        f'<rect class="window{_tint(w)}" x="{fine(scale.at(w.start_s))}" y="{px(top)}" '
        f'width="{fine(max(scale.at(w.end_s) - scale.at(w.start_s), 0.001))}" '
        f'height="{px(bottom - top)}"/>'
        for w in windows[:_SHADES]
        for top, bottom in spans
    )


def strips(windows: Sequence[Window], scale: Linear, layout: Layout, top: float) -> str:
    """The name of each injection on a strip as long as it lasted."""
    line = layout.font * 1.5
    parts = []
    for number, window in enumerate(windows):
        left, right = scale.at(window.start_s), scale.at(window.end_s)
        y = top + number * line
        said = f"{window.label}: {window.name}" if window.label else window.name
        text = fitting(said, scale.right - scale.left - 12, layout.font)
        x = max(min(left + 5, scale.right - text_width(text, layout.font)), scale.left)
        parts.append(
            f'<rect class="strip{_tint(window)}" {_seconds(window)} x="{px(left)}" y="{px(y)}" '
            f'width="{px(max(right - left, 2))}" height="{px(line - 2)}"/>'
            f'<text class="strip-name" x="{px(x)}" y="{px(y + layout.font)}">{xml(text)}</text>'
        )
    return "".join(parts)


def _seconds(window: Window) -> str:
    """From when to when it is: the script draws it anew."""
    return f'data-from="{fine(window.start_s)}" data-to="{fine(window.end_s)}"'


def moments(
    chart: Chart,
    labels: Sequence[Label],
    scale: Linear,
    layout: Layout,
    spans: Sequence[tuple[float, float]],
) -> str:
    """Lines of the marks with their uncertainty as a band, then their labels on top."""
    line = layout.font * 1.5
    bands = "".join(
        f'<rect class="doubt" x="{fine(scale.at(m.low_s))}" y="{px(top)}" '
        f'width="{fine(scale.pixels(m.high_s - m.low_s))}" height="{px(bottom - top)}"/>'
        for m in chart.marks
        if 0.001 < scale.pixels(m.high_s - m.low_s) < layout.width
        for top, bottom in spans[1:]
    )
    across = "".join(f"M{{x}} {px(top)}V{px(bottom)}" for top, bottom in spans)
    lines = "".join(
        f'<path class="mark" d="M{px(label.x)} {px(label.row * line + 2)}V{px(spans[0][0])}'
        f'{across.format(x=px(label.x))}" data-at="{fine(label.at)}"/>'
        for label in labels
    )
    texts = "".join(
        f'<text class="mark-name" data-at="{fine(label.at)}" '
        f'x="{px(label.x + (-4 if label.flipped else 4))}" '
        f'y="{px(label.row * line + layout.font)}" '
        f'text-anchor="{"end" if label.flipped else "start"}">{xml(label.text)}</text>'
        for label in labels
    )
    return bands + lines + texts


def origin(chart: Chart) -> str:
    """What the time counts from."""
    injected = chart.windows or any(mark.name == "fault" for mark in chart.marks)
    return "from the fault" if injected else "from the start of the drill"


def time_axis(scale: Linear, layout: Layout, bottom: float, since: str) -> str:
    """The axis below all lanes, in the unit of its labels; ``since`` is what they count from."""
    moments = scale.ticks(layout.font * 5)
    unit = unit_of(moments)
    ticks = "".join(
        f'<path class="tick" d="M{px(scale.at(tick))} {px(bottom)}v5"/>'
        f'<text class="axis" x="{px(scale.at(tick))}" y="{px(bottom + layout.font + 6)}" '
        f'text-anchor="{_anchor(scale.at(tick), scale)}">{unit.label(tick)}</text>'
        for tick in moments
    )
    return (
        f'<path class="base" d="M{px(scale.left)} {px(bottom)}H{px(scale.right)}"/>'
        f'<g class="ticks">{ticks}</g>'
        f'<text class="note since" x="{px((scale.left + scale.right) / 2)}" '
        f'y="{px(bottom + layout.font * 2.8)}" text-anchor="middle">{unit.word} {since}</text>'
    )


def _anchor(x: float, scale: Linear) -> str:
    """The last label ends with the axis instead of being cut off by the picture's edge."""
    return "end" if x > scale.right - 20 else "middle"
