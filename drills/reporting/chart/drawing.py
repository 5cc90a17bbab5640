"""The drill as a picture: requests by outcome and latency of every journey, as inline SVG.

A pure function of ``DrillResult.chart``. Colours are classes of the report's style sheet, so the
picture follows light, dark and print; hatches tell the outcomes apart where there is no colour.
"""

from __future__ import annotations

from drills.judgement.result import Chart, Series
from drills.reporting.chart.across import STRIPS, moments, origin, shades, strips, time_axis
from drills.reporting.chart.axis import Linear
from drills.reporting.chart.buckets import span
from drills.reporting.chart.lanes import arranged
from drills.reporting.chart.layout import LAYOUTS, Layout, px, span_text, xml
from drills.reporting.chart.marks import place
from drills.reporting.chart.plots import drawn, tally
from drills.reporting.cleansing import clean_line
from drills.reporting.figures import offset
from drills.reporting.words import grouped

_LARGEST = 98_000  # characters of one picture; a report has three


def render_chart(chart: Chart) -> dict[str, str]:
    """The picture in every layout, by the layout's name; empty where there is nothing to draw."""
    if not any(series.points for series in chart.series) and not chart.marks:
        return {}
    return {layout.name: draw(chart, layout) for layout in LAYOUTS}


def draw(chart: Chart, layout: Layout) -> str:
    """One ``<svg>`` element, below 100 kB whatever the length of the drill.

    Where every bar shows much, there are fewer and wider ones.
    """
    room = max(int((layout.width - layout.left - layout.right) / layout.bar), 1)
    svg = _draw(chart, layout, room)
    while len(svg) > _LARGEST and room > 1:
        room = (room + 1) // 2
        svg = _draw(chart, layout, room)
    return svg


def _draw(chart: Chart, layout: Layout, room: int) -> str:
    """The picture with at most ``room`` bars in each lane."""
    low, high = span(chart)
    scale = Linear(low, high, layout.left, layout.width - layout.right)
    labels = place(chart.marks, scale, layout.font)
    line = layout.font * 1.5
    rows = 1 + max((label.row for label in labels), default=-1)
    series, windows = arranged(chart.series), chart.windows[:STRIPS]
    top = rows * line + len(windows) * line + 6
    lanes = drawn(series, scale, layout, top, room)
    # Shades and lines stop at the headings, so that nothing runs through a text.
    spans = [(lane.top, lane.bottom) for lane in lanes] or [(top, top + layout.bars)]
    bottom = spans[-1][1]
    parts = [
        shades(chart.windows, scale, spans),
        strips(windows, scale, layout, rows * line),
        *(lane.svg for lane in lanes),
        moments(chart, labels, scale, layout, [(rows * line - 4, rows * line), *spans]),
        time_axis(scale, layout, bottom, origin(chart)),
    ]
    return _svg(layout, bottom + layout.font * 3.4, _describe(chart), "".join(parts))


def _svg(layout: Layout, height: float, description: str, body: str) -> str:
    name = layout.name
    return (
        f'<svg class="chart" viewBox="0 0 {layout.width:g} {px(height)}" role="img" '
        f'aria-labelledby="chart-{name}-title chart-{name}-desc" font-size="{layout.font:g}">'
        f'<title id="chart-{name}-title">Requests by outcome, and latency, over the drill</title>'
        f'<desc id="chart-{name}-desc">{xml(description)}</desc>{body}</svg>'
    )


def _describe(chart: Chart) -> str:
    """The picture in words, for who does not see it."""
    lanes = [f"{s.journey}: {tally(s)}{_said(s)}." for s in arranged(chart.series)]
    marks = [f"{m.name} at {offset(m.offset_s)}" for m in chart.marks[:40]]
    windows = [f"{w.name} {span_text(w.start_s, w.end_s)}" for w in chart.windows[:STRIPS]]
    if more := len(chart.windows) - STRIPS:
        windows += [f"and {more} more"] if more > 0 else []
    sentences = [*lanes, "Shaded: " + "; ".join(windows) + "." if windows else ""]
    sentences.append("Marked: " + "; ".join(marks) + "." if marks else "")
    return clean_line(" ".join(sentences))


def _said(series: Series) -> str:
    """Its outages and degraded stretches in words."""
    parts = [f"{each.kind} {span_text(each.start_s, each.end_s)}" for each in series.stretches[:5]]
    more = len(series.stretches) - len(parts)
    parts += [f"and {grouped(more)} more"] if more else []
    return f" ({'; '.join(parts)})" if parts else ""
