"""The picture: nothing is lost, nothing collides, and it stays small."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.judgement.result import Chart, Mark, Point, Series, Window
from drills.reporting.chart.axis import Linear, Logarithmic, duration_label, unit_of
from drills.reporting.chart.buckets import groups_present, merge, span
from drills.reporting.chart.drawing import close_up, draw, render_chart, render_closeup
from drills.reporting.chart.layout import LAYOUTS, NARROW, WIDE
from drills.reporting.chart.marks import fitting, place, text_width
from drills.reporting.words import GROUPS
from tests.unit.reporting import example


def point(offset_s: float, p50: float | None = 0.01, **outcomes: int) -> Point:
    """One bucket."""
    return Point(offset_s=offset_s, outcomes=outcomes, latency_p50_s=p50, latency_max_s=p50)


def series(points: list[Point], bucket_s: float = 1.0) -> Series:
    """One journey."""
    return Series(journey="orders", bucket_s=bucket_s, points=points)


def chart(points: list[Point], marks: tuple[Mark, ...] = ()) -> Chart:
    """A chart of one journey."""
    return Chart(series=[series(points)], marks=list(marks), windows=[])


def mark(offset_s: float, name: str = "detected") -> Mark:
    """A moment known exactly."""
    return Mark(name=name, offset_s=offset_s, low_s=offset_s - 0, high_s=offset_s + 0)


def parse(svg: str) -> ET.Element:
    """The picture as XML; raises where it is not well formed."""
    return ET.fromstring(svg)  # noqa: S314 - our own output


@pytest.mark.parametrize("variant", example.VARIANTS)
def test_every_picture_is_well_formed(variant: str) -> None:
    """Every layout of every variant is XML with a title, a description and an accessible role."""
    for svg in render_chart(example.VARIANTS[variant]().chart).values():
        root = parse(svg)
        assert root.attrib["role"] == "img"
        assert [child.tag for child in root[:2]] == ["title", "desc"]


def test_the_description_tells_the_picture_in_words() -> None:
    """Who does not see the picture hears the same: journeys, marks, windows."""
    description = parse(draw(example.chart(), WIDE))[1].text or ""
    assert "inventory: 292 of 310 right and in time." in description
    assert "orders: 619 of 620 right and in time." in description
    assert "detected at +1.62 s" in description
    assert "stop postgres-replica +0.00 s to +14.20 s" in description


def test_nothing_asked_is_no_picture() -> None:
    """Without samples and marks there is nothing to draw."""
    assert render_chart(Chart(series=[series([])], marks=[], windows=[])) == {}


def test_marks_without_samples_are_drawn() -> None:
    """A drill whose samples are gone still shows when things happened."""
    root = parse(draw(Chart(series=[], marks=[mark(3.0)], windows=[]), NARROW))
    assert "detected +3.00 s" in "".join(root.itertext())


def test_one_bucket_is_enough() -> None:
    """A journey of a single bucket, without any answer, is drawn without dividing by nought."""
    svg = draw(chart([point(0, None, timeout=3)]), WIDE)
    assert 'class="bar late"' in svg
    assert "no answer was timed" in svg


@pytest.mark.thorough
def test_ten_thousand_buckets_stay_below_300_kilobytes() -> None:
    """The longest drill leaves a small picture, in all layouts together, with every outcome."""
    outcomes = ["ok", "slow", "refused", "timeout", "error", "dropped"]
    points = [
        point(n * 0.1, 0.01 + n % 7 / 100, **{outcomes[n % 6]: 5, "ok": 5}) for n in range(10_000)
    ]
    whole = Chart(
        series=[series(points, 0.1) for _ in range(4)],
        marks=[mark(float(n), f"mark {n}") for n in range(5)],
        windows=[Window(name="stop", start_s=0, end_s=500)],
    )
    assert sum(len(svg) for svg in render_chart(whole).values()) < 300_000


@given(
    st.lists(
        st.tuples(st.integers(-5000, 5000), st.sampled_from(["ok", "timeout", "reset", "odd"])),
        min_size=1,
        max_size=200,
    ),
    st.integers(1, 300),
)
def test_merging_loses_no_request(moments: list[tuple[int, str]], room: int) -> None:
    """However far buckets are merged, each request is in one bar, and the bars fit the room."""
    bars = merge(series([point(n / 10, 0.1, **{name: 2}) for n, name in moments], 0.1), room)
    assert len(bars) <= room
    assert sum(bar.total for bar in bars) == 2 * len(moments)
    failed = sum(2 for _, name in moments if name != "ok")
    assert sum(bar.total - bar.groups.get("good", 0) for bar in bars) == failed
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(bars))
    for bar in bars:
        due = [n for n, _ in moments if bar.start - 1e-6 <= n / 10 < bar.end - 1e-6]
        assert bar.total == 2 * len(due)


def test_a_merged_bar_keeps_the_longest_answer() -> None:
    """Of merged buckets the median of the medians and the maximum of the maxima are shown."""
    points = [
        Point(offset_s=float(n), outcomes={"ok": 1}, latency_p50_s=p50, latency_max_s=longest)
        for n, (p50, longest) in enumerate([(0.01, 0.1), (0.03, 4.0), (0.02, 0.2)])
    ]
    (bar,) = merge(series(points), 1)
    assert (bar.p50, bar.worst) == (0.02, 4.0)


def test_a_single_failure_among_thousands_is_visible() -> None:
    """One failed request of ten thousand in a bar is still two pixels high."""
    svg = draw(chart([point(0, 0.01, ok=9_999, error=1), point(1, 0.01, ok=10_000)]), WIDE)
    path = re.search(r'class="bar bad" d="M[\d.]+ [\d.]+h[\d.]+v([\d.]+)h', svg)
    assert path is not None
    assert float(path[1]) >= 2


def test_bars_never_leave_their_lane() -> None:
    """Least heights of many outcomes together never stack above the top of the lane."""
    outcomes = {"refused": 1, "timeout": 1, "error": 1, "dropped": 1, "slow": 1}
    outcomes |= {"lost": 1, "ok": 9_994}
    svg = draw(chart([point(0, 0.01, **outcomes)]), WIDE)
    heights = [float(v) for v in re.findall(r'class="bar \w+" d="M[\d. ]+h[\d.]+v([\d.-]+)h', svg)]
    assert len(heights) == len(GROUPS)
    assert min(heights) >= 0
    assert sum(heights) <= WIDE.bars + 0.5


def test_an_unknown_outcome_is_drawn_as_a_bad_answer() -> None:
    """An outcome that this version does not know is never taken for good."""
    assert groups_present(chart([point(0, 0.01, surprising=1)])) == ["bad"]


def test_the_line_lifts_where_nothing_was_answered() -> None:
    """The median is no straight line across an outage."""
    points = [point(0, 0.01, ok=1), point(1, None, timeout=1), point(2, 0.01, ok=1)]
    line = re.search(r'class="median" d="([^"]+)"', draw(chart(points), WIDE))
    assert line is not None
    assert line[1].count("M") == 2
    assert "L" not in line[1]


offsets = st.floats(-30, 60, allow_nan=False)


@given(st.lists(offsets, min_size=1, max_size=7), st.sampled_from(LAYOUTS))
def test_labels_never_collide(moments: list[float], layout: object) -> None:
    """No two labels of one row overlap, whatever the moments and the width."""
    assert layout in LAYOUTS
    scale = Linear(-5.0, 26.0, 50.0, 334.0)
    labels = place([mark(moment, "failed over") for moment in moments], scale, 12)
    assert len(labels) == len(moments)
    for one, other in combinations(labels, 2):
        if one.row == other.row:
            assert one.right <= other.left or other.right <= one.left


def test_a_mark_outside_the_range_is_pinned_to_the_edge() -> None:
    """A recovery long after the last sample stands at the edge with an arrow and its true time."""
    whole = chart([point(float(n), 0.01, ok=1) for n in range(10)], (mark(900.0, "recovered"),))
    low, high = span(whole)
    assert (low, high) == (0.0, 10.0)
    svg = draw(whole, NARROW)
    assert "recovered +15 min \u2192" in svg
    xs = [float(x) for x in re.findall(r'class="mark" d="M([\d.]+) ', svg)]
    assert xs == [NARROW.width - NARROW.right]


def test_moments_before_the_fault_are_drawn_left_of_it() -> None:
    """Negative offsets are ordinary: the axis goes on to the left of nought."""
    svg = draw(chart([point(float(n), 0.01, ok=1) for n in range(-20, 5)]), WIDE)
    assert "\u221210 s" in svg
    assert ">0</text>" in svg


def test_endless_and_undefined_numbers_are_ignored() -> None:
    """A value that is no number does not reach the picture."""
    strange = [point(float("nan"), 0.01, ok=1), point(float("inf"), 0.01, ok=1)]
    whole = chart([*strange, point(0, float("nan"), ok=1)], (mark(float("nan")),))
    assert not re.search(r"\b(nan|inf)\b", draw(whole, WIDE))


def test_a_fault_without_an_end_is_shaded_to_the_edge() -> None:
    """A window that reaches beyond the samples ends at the edge of the picture."""
    whole = chart([point(float(n), 0.01, ok=1) for n in range(10)])
    endless = whole.model_copy(
        update={"windows": [Window(name="stop", start_s=2, end_s=float("inf"))]}
    )
    for shade in parse(draw(endless, WIDE)).iter("rect"):
        assert float(shade.attrib["x"]) + float(shade.attrib["width"]) <= WIDE.width


def test_the_axis_says_what_seconds_count_from() -> None:
    """Without a fault the seconds count from the drill's start, and the axis says so."""
    assert "seconds from the start of the drill" in draw(chart([point(0, 0.01, ok=1)]), WIDE)
    assert "seconds from the fault" in draw(example.chart(), WIDE)


@given(st.floats(0.01, 1e7), st.floats(-1e6, 1e6))
def test_ticks_are_few_and_on_the_axis(length: float, low: float) -> None:
    """Any stretch of time has between nought and as many ticks as there is room for."""
    scale = Linear(low, low + length, 50, 350)
    ticks = scale.ticks(60)
    assert len(ticks) <= 6
    assert all(50 - 1 <= scale.at(tick) <= 350 + 1 for tick in ticks)


def test_latency_is_drawn_in_whole_decades() -> None:
    """Equal factors are equal lengths; the ends are powers of ten around the values."""
    scale = Logarithmic.of([0.004, 0.7], 100, 0)
    assert scale.at(0.001) == pytest.approx(100)
    assert scale.at(1.0) == pytest.approx(0)
    assert scale.at(0.01) == pytest.approx(100 * 2 / 3)
    assert [duration_label(tick) for tick in scale.ticks()] == ["1 ms", "10 ms", "100 ms", "1 s"]


@pytest.mark.parametrize(
    ("ticks", "word", "labels"),
    [
        ([-5.0, 0.0, 5.0], "seconds", ["\u22125 s", "0", "5 s"]),
        ([0.0, 90.0, 180.0], "seconds", ["0", "90 s", "180 s"]),
        ([-60.0, 0.0, 60.0, 600.0], "minutes", ["\u22121 min", "0", "1 min", "10 min"]),
        ([0.0, 3600.0, 7200.0], "hours", ["0", "1 h", "2 h"]),
        ([0.2], "seconds", ["0.2 s"]),
        ([0.0], "seconds", ["0"]),
        ([], "seconds", []),
    ],
)
def test_the_axis_counts_in_the_unit_of_its_labels(
    ticks: list[float], word: str, labels: list[str]
) -> None:
    """One unit for all of them, the largest in which each is a whole number."""
    unit = unit_of(ticks)
    assert unit.word == word
    assert [unit.label(tick) for tick in ticks] == labels


def test_the_axis_of_four_hours_does_not_say_seconds() -> None:
    """What is below it is what its labels count in."""
    svg = draw(chart([point(60.0 * n, 0.01, ok=1) for n in range(240)]), WIDE)
    assert "seconds from" not in svg
    assert "hours from the start of the drill" in svg or "minutes from the start" in svg


@pytest.mark.parametrize("text", ["障害" * 40, "注文サービス", "orders " * 40, "e"])
def test_a_wide_name_is_cut_by_the_room_that_it_takes(text: str) -> None:
    """A character of Chinese, Japanese or Korean takes about twice that of a letter."""
    for pixels in (30.0, 110.0, 300.0):
        assert text_width(fitting(text, pixels, 12), 12) <= max(pixels, 12 * 1.05)
    assert text_width("障", 12) > 1.5 * text_width("e", 12)


def test_a_close_up_is_a_picture_of_its_own() -> None:
    """With ids of its own, of the incident's buckets; none where there are no such buckets."""
    whole = example.chart()
    assert close_up(whole) is None
    assert render_closeup(whole) == {}
    closer = [one.model_copy(update={"points": one.points[:4]}) for one in whole.series]
    pictures = render_closeup(whole.model_copy(update={"closeup": closer}))
    assert set(pictures) == {layout.name for layout in LAYOUTS}
    assert 'id="closeup-wide-title"' in pictures["wide"]
    assert 'id="chart-' not in "".join(pictures.values())


@pytest.mark.thorough
def test_every_picture_keeps_to_its_size_and_drops_no_failure() -> None:
    """However much is in it; there are fewer and wider bars then."""
    outcomes = ["ok", "slow", "refused", "timeout", "error", "dropped"]
    points = [point(n * 0.1, 0.01, **{outcomes[n % 6]: 1, "ok": 5}) for n in range(2_000)]
    whole = Chart(series=[series(points, 0.1) for _ in range(6)], marks=[], windows=[])
    for layout in LAYOUTS:
        svg = draw(whole, layout)
        assert len(svg) <= layout.largest
        for slug in ("cut", "late", "bad", "unsent", "slow"):
            assert f'class="bar {slug}"' in svg


def test_what_is_cut_ends_with_one_ellipsis() -> None:
    """Also where wide characters are cut again."""
    assert re.fullmatch("障+…", fitting("障" * 90, 100, 12))


def test_a_picture_says_exactly_when_what_of_it_is() -> None:
    """The script that looks closer moves by these seconds, not by pixels that were rounded."""
    points = [point(n, 0.01, ok=1) for n in range(60)]
    one = Window(name="stop", start_s=1.2345, end_s=2.3456)
    marked = Mark(name="fault", offset_s=1.23456, low_s=1.2, high_s=1.3)
    drawn = chart(points).model_copy(update={"windows": [one], "marks": [marked]})
    svg = draw(drawn, WIDE)
    low, high, left, right = map(float, re.findall(r'data-axis="([^"]+)"', svg)[0].split())
    assert (low, left, right) == (0, WIDE.left, WIDE.width - WIDE.right)
    first, each = map(float, re.findall(r'data-bars="([^"]+)"', svg)[0].split())
    assert (first, each) == (0, 1.0)
    assert high == pytest.approx(60)
    assert 'data-from="1.234" data-to="2.346"' in svg
    assert svg.count('data-at="1.235"') == 2
    (x,) = map(float, re.findall(r'class="window" x="([^"]+)"', svg))
    assert (x - left) / (right - left) * high == pytest.approx(1.2345, abs=0.0001)
