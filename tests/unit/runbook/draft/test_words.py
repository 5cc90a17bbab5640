"""Spans, dates and names, as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from drills.runbook.draft.words import day_in, often_in, slug, span_in
from drills.runbook.policy import span


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Response: 15 minutes", "15 min"),
        ("< 30 min", "30 min"),
        ("1 hour", "1 h"),
        ("1 business day", "1 business day"),
        ("innerhalb von 2 Werktagen", "2 business days"),
        ("en 3 días hábiles", "3 business days"),
        ("within 4 hrs", "4 h"),
        ("review in 4 months", "4 months"),
        ("Immediate", ""),
        ("10 users", ""),
    ],
)
def test_a_span_is_found_in_words(text: str, found: str) -> None:
    """Of any language that is known; and it is one that a policy reads."""
    assert span_in(text) == found
    assert not found or span(found) > 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-30", date(2026, 4, 30)),
        ("April 2026", date(2026, 4, 30)),
        ("3 März 2026", date(2026, 3, 3)),
        ("03.02.2026", date(2026, 2, 3)),
        ("15 de enero de 2027", date(2027, 1, 15)),
        ("May 5, 2026", date(2026, 5, 5)),
        ("December 2026", date(2026, 12, 31)),
        ("2026-13-40", None),
        ("soon", None),
    ],
)
def test_a_date_is_found_in_words(text: str, day: date | None) -> None:
    """A month is its last day."""
    assert day_in(text) == day


def test_how_often_is_found_in_words() -> None:
    """Hourly, daily, or every so much."""
    assert often_in("Hourly updates") == "1 h"
    assert often_in("täglich") == "24 h"
    assert often_in("every 30 minutes") == "30 min"
    assert often_in("at the planning") == ""


def test_a_name_becomes_a_key() -> None:
    """Letters of other languages are written out."""
    assert slug("Störung: Won't Start!") == "stoerung-wont-start"
    assert slug("¿?") == "unnamed"
