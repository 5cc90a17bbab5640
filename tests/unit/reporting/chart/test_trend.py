"""A small picture of one value over many drills."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from drills.reporting.chart.trend import HEIGHT, WIDTH, Point, draw_trend


def drawn(points: list[Point], limit: float | None = None) -> ET.Element:
    svg = draw_trend(points, limit, lambda value: f"{value:g} s", "told")
    return ET.fromstring(svg)  # noqa: S314 - our own


def paths(svg: ET.Element) -> dict[str, str]:
    return {each.get("class", ""): each.get("d", "") for each in svg.iter("path")}


def test_each_verdict_has_its_shape() -> None:
    """So that they are told apart without colour; a drill without a value has a tick."""
    points = [
        Point("", 1.0, "met"),
        Point("", 2.0, "missed"),
        Point("", 3.0, "inconclusive"),
        Point("", None, "inconclusive"),
        Point("", 4.0, ""),
    ]
    found = paths(drawn(points, 3.0))
    assert found.keys() == {"base", "limit", "way", "met", "missed", "unsure", "none"}
    assert found["met"].count("M") == 2
    assert (found["missed"].count("M"), found["none"].count("M")) == (1, 1)
    assert found["way"].count("M") == 2  # it is broken where nothing was measured


@pytest.mark.parametrize(("limit", "shown"), [(2.0, True), (4.0, True), (900.0, False)])
def test_a_limit_far_beyond_is_told_and_not_drawn(limit: float, shown: bool) -> None:
    """Else all that was measured would lie on the ground."""
    svg = drawn([Point("", 1.0, "met"), Point("", 2.0, "met")], limit)
    assert ("limit" in paths(svg)) is shown
    (text,) = (each.text for each in svg.iter("text") if "limit" in (each.text or ""))
    assert text == f"limit {limit:g} s" + ("" if shown else " \u2191")


@pytest.mark.parametrize("values", [[0.0], [0.0, 0.0], [-1.0, 2.0], [1e-9, 1e9]])
def test_nothing_is_drawn_outside_the_picture(values: list[float]) -> None:
    """Whatever the values are."""
    found = paths(drawn([Point("", value, "met") for value in values], 0.0))
    numbers = re.findall(r"M(-?[\d.]+) (-?[\d.]+)", "".join(found.values()))
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in numbers)


def test_no_value_is_no_picture() -> None:
    """There is nothing to see."""
    assert draw_trend([Point("", None, "")], 1.0, str, "told") == ""


def test_sixty_drills_are_a_few_kilobytes() -> None:
    """There are hundreds of pictures on a page."""
    points = [Point("", number * 1.2345, "missed") for number in range(60)]
    assert len(draw_trend(points, 30.0, str, "told")) < 3000
