"""The badge is SVG, says the counts in words, and is green only where all is met."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from drills.reporting.exports.badge import _MET, _MISSED, _NONE, _OPEN, render
from drills.reporting.exports.run import Run
from tests.unit.reporting.exports.exported import ALL, FAILED, inconclusive, met, missed, run


@pytest.mark.parametrize(
    ("told", "colour"),
    [
        (run(met()), _MET),
        (run(met(), inconclusive()), _OPEN),
        (run(met(), missed()), _MISSED),
        (run(met(), failures=(FAILED,)), _MISSED),
        (run(), _NONE),
    ],
)
def test_it_is_green_only_where_all_is_met(told: Run, colour: str) -> None:
    """One colour, beside that of the label."""
    text = render(told)
    assert [each for each in (_MET, _MISSED, _OPEN, _NONE) if each in text] == [colour]


def test_it_is_a_picture_that_can_be_read_aloud() -> None:
    """With its counts as title and label, and nothing from elsewhere."""
    root = ET.fromstring(render(ALL))  # noqa: S314 - it is ours
    said = "drills: 1 failure without a result, 1 missed, 1 inconclusive, 1 met"
    assert root.get("aria-label") == said
    assert root.get("role") == "img"
    assert "href" not in render(ALL)


def test_every_colour_stands_out_from_the_text() -> None:
    """By 4.5:1 at least."""
    for colour in (_MET, _MISSED, _OPEN, _NONE):
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
        ]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5
