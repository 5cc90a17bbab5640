"""The drill as a picture: requests by outcome and latency of every journey, as inline SVG.

A pure function of ``DrillResult.chart``. Colours are classes of the report's style sheet, so the
picture follows light, dark and print; hatches tell the outcomes apart where there is no colour.
"""

from __future__ import annotations

import math

from drills.judgement.result import Chart, Series
from drills.reporting.chart.across import STRIPS, moments, origin, shades, strips, time_axis
from drills.reporting.chart.axis import Linear
from drills.reporting.chart.buckets import span
from drills.reporting.chart.lanes import arranged
from drills.reporting.chart.layout import LAYOUTS, Layout, fine, moment_text, px, span_text, xml
from drills.reporting.chart.marks import place
from drills.reporting.chart.plots import drawn, tally
from drills.reporting.cleansing import clean_line
from drills.reporting.words import grouped

WHOLE, CLOSER = "chart", "closeup"  # begin the ids in a picture
_TITLES = {
    WHOLE: "Requests by outcome, and latency, over the drill",
    CLOSER: "Requests by outcome, and latency, around the incident",
}


def render_chart(chart: Chart) -> dict[str, str]:
    """The picture in every layout, by the layout's name; empty where there is nothing to draw."""
    return _render(chart, WHOLE)


def close_up(chart: Chart) -> Chart | None:
    """The chart of the incident alone; None where the whole one shows it as well."""
    if not any(series.points for series in chart.closeup):
        return None
    return chart.model_copy(update={"series": chart.closeup, "closeup": []})


def render_closeup(chart: Chart) -> dict[str, str]:
    """The same of the incident alone; empty where the whole picture shows it as well."""
    closer = close_up(chart)
    return _render(closer, CLOSER) if closer else {}


def _render(chart: Chart, key: str) -> dict[str, str]:
    if not any(series.points for series in chart.series) and not chart.marks:
        return {}
    return {layout.name: draw(chart, layout, key) for layout in LAYOUTS}


def draw(chart: Chart, layout: Layout, key: str = WHOLE) -> str:
    """One ``<svg>`` element of at most ``layout.largest`` characters, however long the drill.

    Where every bar shows much, there are fewer and wider ones.
    """
    room = max(int((layout.width - layout.left - layout.right) / layout.bar), 1)
    svg = _draw(chart, layout, room, key)
    while len(svg) > layout.largest and room > 1:
        room = min(room - 1, math.ceil(room * max(layout.largest / len(svg), 0.5)))
        svg = _draw(chart, layout, room, key)
    return svg


def _draw(chart: Chart, layout: Layout, room: int, key: str) -> str:
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
    height = bottom + layout.font * 3.4
    return _svg(layout, height, scale, _describe(chart), "".join(parts), key)


def _svg(
    layout: Layout, height: float, scale: Linear, description: str, body: str, key: str
) -> str:
    """The element; its ``data-axis`` tells the script which seconds stand at which pixels."""
    name = f"{key}-{layout.name}"
    axis = " ".join(map(fine, (scale.low, scale.high, scale.left, scale.right)))
    return (
        f'<svg class="chart" data-axis="{axis}" '
        f'viewBox="0 0 {layout.width:g} {px(height)}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" font-size="{layout.font:g}">'
        f'<title id="{name}-title">{_TITLES[key]}</title>'
        f'<desc id="{name}-desc">{xml(description)}</desc>{body}</svg>'
    )


def _describe(chart: Chart) -> str:
    """The picture in words, for who does not see it."""
    lanes = [f"{s.journey}: {tally(s)}{_said(s)}." for s in arranged(chart.series)]
    marks = [f"{m.name} at {moment_text(m.offset_s)}" for m in chart.marks[:40]]
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
