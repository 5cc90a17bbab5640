"""Where the time went, as bars with words beside them."""

from __future__ import annotations

import re

import pytest

from drills.judgement.result import Span
from drills.reporting.html import render_html
from drills.reporting.spent import LEAST, LONG, bars, totals
from tests.unit.reporting import example
from tests.unit.reporting.markup import Page

SPANS = [
    Span(name="Preparing", whose="ours", start_s=-4, seconds=1),
    Span(name="The stack comes up", whose="system", start_s=-3, seconds=6),
    Span(name="Steady state is held", whose="window", start_s=3, seconds=2),
    Span(name="Injecting", whose="ours", start_s=5, seconds=0.999),
    Span(name="The fault takes effect", whose="system", start_s=5.999, seconds=0.001),
]


def test_each_bar_lies_where_its_span_lies_in_the_drill() -> None:
    """One that is too short to be seen is drawn all the same, and within the axis."""
    found = [(bar.left, bar.width) for bar in bars(SPANS)]
    assert found == [(0, 100), (100, 600), (700, 200), (900, 99.9), (LONG - LEAST, LEAST)]
    assert sum(bar.share for bar in bars(SPANS)) == pytest.approx(1)


def test_what_went_to_each_is_summed() -> None:
    """In one order, and only those that there are."""
    assert [(one.whose, one.seconds, round(one.share, 4)) for one in totals(SPANS)] == [
        ("ours", 1.999, 0.1999),
        ("system", 6.001, 0.6001),
        ("window", 2, 0.2),
    ]
    assert totals([]) == []
    assert bars([]) == []


def test_the_report_says_in_words_what_the_bars_show() -> None:
    """Name, whose, time and share stand beside each bar, which is no news to a screen reader."""
    html = render_html(example.result(spent=SPANS))
    (section,) = re.findall(r'<section id="spent".*?</section>', html, re.DOTALL)
    text = " ".join(Page(section).text.split())
    assert "The stack comes up The system's 6 s 60 %" in text
    assert "Together The framework's 2 s 19.99 %" in text
    assert section.count("<svg") == section.count('aria-hidden="true"') == len(SPANS) + 3


def test_a_drill_without_an_end_says_so() -> None:
    """Instead of an empty table."""
    assert "has no end that was written down" in render_html(example.result(spent=[]))
