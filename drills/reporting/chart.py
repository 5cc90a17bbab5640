"""The drill as a picture: requests by outcome and latency of every journey, as inline SVG.

A pure function of ``DrillResult.chart``. Colours are classes of the report's style sheet, so the
picture follows light, dark and print; hatches tell the outcomes apart where there is no colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from drills.judgement.result import Chart, Series, Window
from drills.reporting.axis import Linear, Logarithmic, duration_label, tick_label
from drills.reporting.buckets import Bar, merge, span
from drills.reporting.cleansing import clean_line
from drills.reporting.figures import AT_LEAST, offset
from drills.reporting.lanes import arranged
from drills.reporting.marks import Label, fitting, place, text_width
from drills.reporting.words import GROUPS, grouped
from drills.units import format_seconds

_STRIPS = 6  # windows with a strip of their own
_SHADES = 200  # windows that are shaded
_STRETCH = 4  # pixels of the strip above the bars that shows outages
_LULL = 8  # bars without a request that the line of medians still bridges
_HINTS = 240  # bars of a picture that tell their counts under the pointer
_LARGEST = 98_000  # characters of one picture; a report has three


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


@dataclass(frozen=True, slots=True)
class Lane:
    """One journey as drawn, and from where to where its plots reach."""

    svg: str
    top: float
    bottom: float


WIDE = Layout("wide", 1000, 58, 14, 3, 12, 64, 62)
MEDIUM = Layout("medium", 680, 56, 10, 3, 12, 56, 56)
NARROW = Layout("narrow", 340, 50, 6, 3, 12, 52, 52)
LAYOUTS = (WIDE, MEDIUM, NARROW)


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
    series, windows = arranged(chart.series), chart.windows[:_STRIPS]
    top = rows * line + len(windows) * line + 6
    lanes = _lanes(series, scale, layout, top, room)
    # Shades and lines stop at the headings, so that nothing runs through a text.
    spans = [(lane.top, lane.bottom) for lane in lanes] or [(top, top + layout.bars)]
    bottom = spans[-1][1]
    parts = [
        _shades(chart.windows, scale, spans),
        _strips(windows, scale, layout, rows * line),
        *(lane.svg for lane in lanes),
        _moments(chart, labels, scale, layout, [(rows * line - 4, rows * line), *spans]),
        _time_axis(scale, layout, bottom, _origin(chart)),
    ]
    return _svg(layout, bottom + layout.font * 3.4, _describe(chart), "".join(parts))


def _svg(layout: Layout, height: float, description: str, body: str) -> str:
    name = layout.name
    return (
        f'<svg class="chart" viewBox="0 0 {layout.width:g} {_n(height)}" role="img" '
        f'aria-labelledby="chart-{name}-title chart-{name}-desc" font-size="{layout.font:g}">'
        f'<title id="chart-{name}-title">Requests by outcome, and latency, over the drill</title>'
        f'<desc id="chart-{name}-desc">{_e(description)}</desc>{body}</svg>'
    )


def _describe(chart: Chart) -> str:
    """The picture in words, for who does not see it."""
    lanes = [f"{s.journey}: {_tally(s)}{_said(s)}." for s in arranged(chart.series)]
    marks = [f"{m.name} at {offset(m.offset_s)}" for m in chart.marks[:40]]
    windows = [f"{w.name} {_range(w.start_s, w.end_s)}" for w in chart.windows[:_STRIPS]]
    if more := len(chart.windows) - _STRIPS:
        windows += [f"and {more} more"] if more > 0 else []
    sentences = [*lanes, "Shaded: " + "; ".join(windows) + "." if windows else ""]
    sentences.append("Marked: " + "; ".join(marks) + "." if marks else "")
    return clean_line(" ".join(sentences))


def _tally(series: Series) -> str:
    """From the fault on, as the table of availability counts; of all where there was no fault."""
    if series.intended is not None:
        good, total, since = series.good or 0, series.intended, " from the fault on"
    else:
        bars = merge(series, 1)
        total, since = sum(bar.total for bar in bars), ""
        good = sum(bar.groups.get("good", 0) for bar in bars)
    if not total:
        return f"nothing was asked{since}"
    return f"{grouped(good)} of {grouped(total)} right and in time{since}"


def _said(series: Series) -> str:
    """Its outages and degraded stretches in words."""
    parts = [f"{each.kind} {_range(each.start_s, each.end_s)}" for each in series.stretches[:5]]
    more = len(series.stretches) - len(parts)
    parts += [f"and {grouped(more)} more"] if more else []
    return f" ({'; '.join(parts)})" if parts else ""


def _range(start: float, end: float) -> str:
    return f"{offset(start)} to {offset(end)}"


# --- lanes


def _lanes(
    series: Sequence[Series], scale: Linear, layout: Layout, top: float, room: int
) -> list[Lane]:
    """Every journey below the one before."""
    lanes = []
    for one in series:
        bars = merge(one, room)
        heading = top + layout.font * 1.6
        base = heading + layout.font + layout.bars
        foot = base + 14 + layout.latency
        drawn = (
            _heading(one, bars, layout, heading)
            + _stretches(one, scale, base - layout.bars)
            + _bars(bars, scale, layout, base)
            + _hints(bars, scale, layout, base, _HINTS // len(series))
            + _latency(bars, scale, layout, foot)
        )
        lanes.append(Lane(drawn, base - layout.bars - 2, foot + 6))
        top = foot + 10
    return lanes


def _stretches(series: Series, scale: Linear, top: float) -> str:
    """Above the bars: when the journey was out, or a share of its requests failed."""
    paths: dict[str, list[str]] = {}
    for each in series.stretches:
        left, right = scale.at(each.start_s), scale.at(each.end_s)
        paths.setdefault(each.kind, []).append(
            f"M{_n(left)} {_n(top - _STRETCH)}h{_n(max(right - left, 1.5))}"
            f"v{_STRETCH}h-{_n(max(right - left, 1.5))}z"
        )
    order = ("degraded", "outage")  # an outage within a degraded stretch is drawn over it
    return "".join(f'<path class="{k}" d="{"".join(paths[k])}"/>' for k in order if k in paths)


def _heading(series: Series, bars: Sequence[Bar], layout: Layout, y: float) -> str:
    name = fitting(series.journey, layout.width / 3, layout.font)
    room = layout.width - len(name) * 8 - 10
    width = f", bars of {format_seconds(bars[0].end - bars[0].start)}" if bars else ""
    tally = _tally(series) + width
    if text_width(tally, layout.font) > room:
        tally = fitting(_tally(series), room, layout.font)
    return (
        f'<text x="0" y="{_n(y)}" class="lane">{_e(name)}'
        f'<tspan class="note" dx="8">{_e(tally)}</tspan></text>'
    )


def _bars(bars: Sequence[Bar], scale: Linear, layout: Layout, base: float) -> str:
    """Stacked requests of each bucket, the worst outcome on the ground."""
    most = max((bar.total for bar in bars), default=0)
    paths: dict[str, list[str]] = {group.slug: [] for group in GROUPS}
    for bar in bars:
        x, width = _across(bar, scale)
        y = base
        for group in GROUPS:
            count = bar.groups.get(group.slug, 0)
            if count:
                # A single failure among thousands is still two pixels high.
                height = max(count / most * layout.bars, 1 if group.slug == "good" else 2)
                height = min(height, y - (base - layout.bars))
                y -= height
                paths[group.slug].append(f"M{_n(x)} {_n(y)}h{_n(width)}v{_n(height)}h-{_n(width)}z")
    drawn = [f'<path class="bar {k}" d="{"".join(v)}"/>' for k, v in paths.items() if v]
    axis = _gridline(layout, base, "0", strong=True)
    axis += _gridline(layout, base - layout.bars, grouped(most)) if most else ""
    return axis + "".join(drawn)


def _across(bar: Bar, scale: Linear) -> tuple[float, float]:
    """Left edge and width of a bar, with a gap to the next where there is room for one."""
    left, right = scale.at(bar.start), scale.at(bar.end)
    return left, max(right - left - (1 if right - left > 4 else 0.3), 0.5)


def _hints(bars: Sequence[Bar], scale: Linear, layout: Layout, base: float, most: int) -> str:
    """What is in a bar, shown under the pointer, for bars with anything but good answers."""
    hints = []
    for bar in [bar for bar in bars if bar.flawed][:most]:
        x, width = _across(bar, scale)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(bar.outcomes.items()))
        text = clean_line(f"{_range(bar.start, bar.end)}: {counts}{_waited(bar)}", 200)
        hints.append(
            f'<path class="hint" d="M{_n(x)} {_n(base - layout.bars)}h{_n(width)}'
            f'v{layout.bars:g}h-{_n(width)}z"><title>{_e(text)}</title></path>'
        )
    return "".join(hints)


def _waited(bar: Bar) -> str:
    if bar.worst is None:
        return ""
    return f"; longest wait {AT_LEAST if bar.unanswered else ''}{format_seconds(bar.worst)}"


def _latency(bars: Sequence[Bar], scale: Linear, layout: Layout, foot: float) -> str:
    """The median as a line, broken where nothing was answered, and the longest as dots."""
    durations = [d for bar in bars for d in (bar.p50, bar.worst) if d is not None]
    if not durations:
        middle = _n(foot - layout.latency / 2)
        return f'<text x="{_n(scale.left)}" y="{middle}" class="note">no answer was timed</text>'
    log = Logarithmic.of(durations, foot, foot - layout.latency)
    grid = "".join(
        _gridline(layout, log.at(tick), duration_label(tick), strong=tick == log.low)
        for tick in log.ticks()
    )
    dots = "".join(
        f"M{_n(_middle(bar, scale) - 1.2)} {_n(log.at(bar.worst) - 1.2)}h2.4v2.4h-2.4z"
        for bar in bars
        if bar.worst is not None
    )
    line = "".join(_strokes(bars, scale, log))
    return f'{grid}<path class="worst" d="{dots}"/><path class="median" d="{line}"/>'


def _strokes(bars: Sequence[Bar], scale: Linear, log: Logarithmic) -> Iterable[str]:
    """The line lifts where nothing was answered, or where nothing was asked for a long while."""
    last: Bar | None = None
    for bar in bars:
        if bar.p50 is None:
            last = None
            continue
        point = f"{_n(_middle(bar, scale))} {_n(log.at(bar.p50))}"
        joined = last is not None and bar.start - last.end < _LULL * (bar.end - bar.start)
        yield f"L{point}" if joined else f"M{point}h0.1"
        last = bar


def _middle(bar: Bar, scale: Linear) -> float:
    return (scale.at(bar.start) + scale.at(bar.end)) / 2


# --- what runs across the lanes


def _tint(window: Window) -> str:
    """One more class, by what is broken; the templates colour it."""
    return f" of-{window.colour}" if window.colour.isalpha() else ""


def _shades(windows: Sequence[Window], scale: Linear, spans: Sequence[tuple[float, float]]) -> str:
    """Each injection as a shade behind the lanes, half a pixel wide at least."""
    return "".join(
        f'<rect class="window{_tint(w)}" x="{_n(scale.at(w.start_s))}" y="{_n(top)}" '
        f'width="{_n(max(scale.at(w.end_s) - scale.at(w.start_s), 0.5))}" '
        f'height="{_n(bottom - top)}"/>'
        for w in windows[:_SHADES]
        for top, bottom in spans
    )


def _strips(windows: Sequence[Window], scale: Linear, layout: Layout, top: float) -> str:
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
            f'<rect class="strip{_tint(window)}" x="{_n(left)}" y="{_n(y)}" '
            f'width="{_n(max(right - left, 2))}" height="{_n(line - 2)}"/>'
            f'<text class="strip-name" x="{_n(x)}" y="{_n(y + layout.font)}">{_e(text)}</text>'
        )
    return "".join(parts)


def _moments(
    chart: Chart,
    labels: Sequence[Label],
    scale: Linear,
    layout: Layout,
    spans: Sequence[tuple[float, float]],
) -> str:
    """Lines of the marks with their uncertainty as a band, then their labels on top."""
    line = layout.font * 1.5
    bands = "".join(
        f'<rect class="doubt" x="{_n(scale.at(m.low_s))}" y="{_n(top)}" '
        f'width="{_n(scale.pixels(m.high_s - m.low_s))}" height="{_n(bottom - top)}"/>'
        for m in chart.marks
        if 1.5 < scale.pixels(m.high_s - m.low_s) < layout.width
        for top, bottom in spans[1:]
    )
    across = "".join(f"M{{x}} {_n(top)}V{_n(bottom)}" for top, bottom in spans)
    lines = "".join(
        f'<path class="mark" d="M{_n(label.x)} {_n(label.row * line + 2)}V{_n(spans[0][0])}'
        f'{across.format(x=_n(label.x))}"/>'
        for label in labels
    )
    texts = "".join(
        f'<text class="mark-name" x="{_n(label.x + (-4 if label.flipped else 4))}" '
        f'y="{_n(label.row * line + layout.font)}" '
        f'text-anchor="{"end" if label.flipped else "start"}">{_e(label.text)}</text>'
        for label in labels
    )
    return bands + lines + texts


def _origin(chart: Chart) -> str:
    """What the seconds count from."""
    injected = chart.windows or any(mark.name == "fault" for mark in chart.marks)
    return "seconds from the fault" if injected else "seconds from the start of the drill"


def _time_axis(scale: Linear, layout: Layout, bottom: float, origin: str) -> str:
    ticks = "".join(
        f'<path class="tick" d="M{_n(scale.at(tick))} {_n(bottom)}v5"/>'
        f'<text class="axis" x="{_n(scale.at(tick))}" y="{_n(bottom + layout.font + 6)}" '
        f'text-anchor="{_anchor(scale.at(tick), scale)}">{tick_label(tick)}</text>'
        for tick in scale.ticks(layout.font * 5)
    )
    return (
        f'<path class="base" d="M{_n(scale.left)} {_n(bottom)}H{_n(scale.right)}"/>{ticks}'
        f'<text class="note" x="{_n((scale.left + scale.right) / 2)}" '
        f'y="{_n(bottom + layout.font * 2.8)}" text-anchor="middle">{origin}</text>'
    )


def _anchor(x: float, scale: Linear) -> str:
    """The last label ends with the axis instead of being cut off by the picture's edge."""
    return "end" if x > scale.right - 20 else "middle"


def _gridline(layout: Layout, y: float, label: str, *, strong: bool = False) -> str:
    return (
        f'<path class="{"base" if strong else "grid"}" '
        f'd="M{_n(layout.left)} {_n(y)}H{_n(layout.width - layout.right)}"/>'
        f'<text class="axis" x="{_n(layout.left - 6)}" y="{_n(y + layout.font / 3)}" '
        f'text-anchor="end">{_e(label)}</text>'
    )


def _n(pixels: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{pixels:.1f}".removesuffix(".0")


def _e(text: str) -> str:
    return escape(clean_line(text), quote=True)
