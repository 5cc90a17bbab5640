"""Each journey's lane: requests by outcome as bars, its outages above, its latency below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drills.judgement.result import Series
from drills.reporting.chart.axis import Linear, Logarithmic, duration_label
from drills.reporting.chart.buckets import Bar, merge
from drills.reporting.chart.layout import Layout, fine, gridline, px, span_text, xml
from drills.reporting.chart.marks import fitting, text_width
from drills.reporting.cleansing import clean_line
from drills.reporting.figures import AT_LEAST
from drills.reporting.words import GROUPS, grouped
from drills.units import format_seconds

_STRETCH = 4  # pixels of the strip above the bars that shows outages
_LULL = 8  # bars without a request that the line of medians still bridges
_HINTS = 240  # bars of a picture that tell their counts under the pointer


@dataclass(frozen=True, slots=True)
class Lane:
    """One journey as drawn, and from where to where its plots reach."""

    svg: str
    top: float
    bottom: float


def tally(series: Series) -> str:
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


def drawn(
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
    """Above the bars: when the journey was out, or a share of its requests failed.

    As long as it was; its edge shows also the shortest.
    """
    paths: dict[str, list[str]] = {}
    for each in series.stretches:
        left, right = scale.at(each.start_s), scale.at(each.end_s)
        paths.setdefault(each.kind, []).append(
            f"M{fine(left)} {px(top - _STRETCH)}h{fine(max(right - left, 0.001))}"
            f"v{_STRETCH}h-{fine(max(right - left, 0.001))}z"
        )
    order = ("degraded", "outage")  # an outage within a degraded stretch is drawn over it
    return "".join(f'<path class="{k}" d="{"".join(paths[k])}"/>' for k in order if k in paths)


def _heading(series: Series, bars: Sequence[Bar], layout: Layout, y: float) -> str:
    name = fitting(series.journey, layout.width / 3, layout.font)
    room = layout.width - text_width(name, layout.font) * 1.1 - 10
    width = f", bars of {format_seconds(bars[0].end - bars[0].start)}" if bars else ""
    counts = tally(series) + width
    if text_width(counts, layout.font) > room:
        counts = fitting(tally(series), room, layout.font)
    return (
        f'<text x="0" y="{px(y)}" class="lane"><tspan class="name">{xml(name)}</tspan>'
        f'<tspan class="note" dx="8">{xml(counts)}</tspan></text>'
    )


def _bars(bars: Sequence[Bar], scale: Linear, layout: Layout, base: float) -> str:
    """Stacked requests of each bucket, the worst outcome on the ground."""
    most = max((bar.total for bar in bars), default=0)
    paths: dict[str, list[str]] = {group.slug: [] for group in GROUPS}
    for bar in bars:
        x, width = _across(bar, scale)
        y, counts = base, bar.groups
        for group in GROUPS:
            if count := counts.get(group.slug, 0):
                # A single failure among thousands is still two pixels high.
                height = max(count / most * layout.bars, 1 if group.slug == "good" else 2)
                height = min(height, y - (base - layout.bars))
                y -= height
                paths[group.slug].append(f"M{px(x)} {px(y)}h{px(width)}v{px(height)}h-{px(width)}z")
    raster = _raster(bars)
    drawn = [f'<path class="bar {k}" d="{"".join(v)}"{raster}/>' for k, v in paths.items() if v]
    axis = gridline(layout, base, "0", strong=True)
    axis += gridline(layout, base - layout.bars, grouped(most)) if most else ""
    return axis + "".join(drawn)


def _raster(bars: Sequence[Bar]) -> str:
    """When the first bar begins and how long each is, in seconds: the script moves them by it."""
    if not bars:
        return ""
    return f' data-bars="{fine(bars[0].start)} {fine(bars[0].end - bars[0].start)}"'


def _across(bar: Bar, scale: Linear) -> tuple[float, float]:
    """Left edge and width of a bar, with a gap to the next where there is room for one."""
    left, right = scale.at(bar.start), scale.at(bar.end)
    return left, max(right - left - (1 if right - left > 4 else 0.3), 0.5)


def _hints(bars: Sequence[Bar], scale: Linear, layout: Layout, base: float, most: int) -> str:
    """What is in a bar, shown under the pointer, for bars with anything but good answers."""
    hints, raster = [], _raster(bars)
    for bar in [bar for bar in bars if bar.flawed][:most]:
        x, width = _across(bar, scale)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(bar.outcomes.items()))
        text = clean_line(f"{span_text(bar.start, bar.end)}: {counts}{_waited(bar)}", 200)
        hints.append(
            f'<path class="hint"{raster} d="M{px(x)} {px(base - layout.bars)}h{px(width)}'
            f'v{layout.bars:g}h-{px(width)}z"><title>{xml(text)}</title></path>'
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
        middle = px(foot - layout.latency / 2)
        return f'<text x="{px(scale.left)}" y="{middle}" class="note">no answer was timed</text>'
    log = Logarithmic.of(durations, foot, foot - layout.latency)
    grid = "".join(
        gridline(layout, log.at(tick), duration_label(tick), strong=tick == log.low)
        for tick in log.ticks()
    )
    dots = "".join(
        f"M{px(_middle(bar, scale) - 1.2)} {px(log.at(bar.worst) - 1.2)}h2.4v2.4h-2.4z"
        for bar in bars
        if bar.worst is not None
    )
    line = "".join(_strokes(bars, scale, log))
    raster = _raster(bars)
    return (
        f'{grid}<path class="worst" d="{dots}"{raster}/><path class="median" d="{line}"{raster}/>'
    )


def _strokes(bars: Sequence[Bar], scale: Linear, log: Logarithmic) -> Iterable[str]:
    """The line lifts where nothing was answered, or where nothing was asked for a long while."""
    last: Bar | None = None
    for bar in bars:
        if bar.p50 is None:
            last = None
            continue
        point = f"{px(_middle(bar, scale))} {px(log.at(bar.p50))}"
        joined = last is not None and bar.start - last.end < _LULL * (bar.end - bar.start)
        yield f"L{point}" if joined else f"M{point}h0.1"
        last = bar


def _middle(bar: Bar, scale: Linear) -> float:
    return (scale.at(bar.start) + scale.at(bar.end)) / 2
