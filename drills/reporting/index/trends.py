"""The trend of each metric of a scenario over its newest drills, against its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from drills.history.row import Figure, Row
from drills.judgement.criterion import Unit
from drills.reporting.chart.trend import Point, draw_trend
from drills.reporting.cleansing import shorten
from drills.reporting.figures import points
from drills.reporting.words import plural

NEWEST = 60  # drills of a scenario that a trend shows
MOST = 16  # metrics of a scenario that are drawn: those with a limit first
SCORE = "score"  # of 100: no unit of a metric
_NAMED = 120  # characters of a scenario's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A metric over drills, the oldest first. ``limit`` is that of the newest one; None for none.

    ``at_most`` says on which side of the limit is well; None where the limit is to be met exactly.
    """

    name: str
    unit: str
    points: Sequence[Point]
    limit: float | None
    at_most: bool | None


def scenario(name: str, rows: Sequence[Row], count: int) -> str:
    """All trends of a scenario, of its newest rows (newest first), ``count`` drills in all."""
    found = list(trends(rows))
    drawn = "".join(_figure(each) for each in found[:MOST])
    more = len(found) - MOST
    left = f"<p class=quiet>{more} more are in drills history --json</p>" if more > 0 else ""
    newest = f"the newest {len(rows)} of {count}" if count > len(rows) else plural(count, "drill")
    title = f"<bdi>{escape(shorten(name, _NAMED))}</bdi>"
    return (
        f"<details class=scenario><summary><h3>{title}</h3> <span>{newest}</span></summary>\n"
        f"<div class=trends>{drawn}</div>{left}</details>\n"
    )


def trends(rows: Sequence[Row]) -> Iterator[Trend]:
    """The score, then every metric that was measured twice or has a limit; limits first."""
    turned = list(reversed(rows))
    score = [_score(row) for row in turned]
    if any(point.value is not None for point in score):
        yield Trend(name="score", unit=SCORE, points=score, limit=None, at_most=None)
    told = [_by_key(row) for row in turned]
    keys = dict.fromkeys(key for each in reversed(told) for key in each)
    when = [_when(row) for row in turned]
    made = [_trend(key, when, [each.get(key) for each in told]) for key in keys]
    made = [each for each in made if _tells(each)]
    yield from sorted(made, key=lambda each: each.limit is None)


def _tells(trend: Trend) -> bool:
    """Whether there is anything to see: zeros that nobody limits are none."""
    values = [point.value for point in trend.points if point.value is not None]
    return bool(values) and (trend.limit is not None or any(values))


def _key(figure: Figure) -> tuple[str, str]:
    return (figure.metric or figure.name, figure.subject)


def _by_key(row: Row) -> dict[tuple[str, str], Figure]:
    """What a drill says of each metric: its criterion, else the metric itself."""
    found: dict[tuple[str, str], Figure] = {}
    for figure in row.figures:
        key = _key(figure)
        if key not in found or found[key].kind == "metric":
            found[key] = figure
    return found


def _trend(key: tuple[str, str], when: Sequence[str], seen: Sequence[Figure | None]) -> Trend:
    known = [each for each in seen if each]
    newest = next((each for each in reversed(known) if each.limit is not None), None)
    metric, subject = key
    return Trend(
        name=f"{metric} of {subject}" if subject else metric,
        unit=known[-1].unit,
        points=[
            Point(at, each.value, each.verdict) if each else Point(at, None, "")
            for at, each in zip(when, seen, strict=True)
        ],
        limit=newest.limit if newest else None,
        at_most={"at most": True, "at least": False}.get(newest.comparator) if newest else None,
    )


def _score(row: Row) -> Point:
    return Point(_when(row), row.score, row.verdict)


def _when(row: Row) -> str:
    return f"{row.at:%Y-%m-%d %H:%M}"


def _figure(trend: Trend) -> str:
    title = escape(shorten(trend.name, 60))
    show = _shown(trend.unit)
    return f"<figure><figcaption>{title}</figcaption>{_drawn(trend, show)}</figure>\n"


def _drawn(trend: Trend, show: Callable[[float], str]) -> str:
    values = [point.value for point in trend.points if point.value is not None]
    limited = "" if trend.limit is None else f", limit {_word(trend)}{show(trend.limit)}"
    missed = sum(point.verdict == "missed" for point in trend.points)
    counted = f", {missed} missed" if missed else ""
    told = (
        f"{plural(len(values), 'drill')}: last {show(values[-1])}, from {show(min(values))} to "
        f"{show(max(values))}{limited}{counted}"
    )
    svg = draw_trend(trend.points, trend.limit, show, f"{trend.name}: {told}")
    return f"{svg}<p>{escape(told)}</p>"


def _word(trend: Trend) -> str:
    if trend.at_most is None:
        return "exactly "
    return "at most " if trend.at_most else "at least "


def _shown(unit: str) -> Callable[[float], str]:
    """Values of a unit in words."""
    return points if unit == SCORE else Unit(unit).show
