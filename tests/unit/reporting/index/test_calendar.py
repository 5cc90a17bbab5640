"""Which scenario was drilled in which month."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from drills.reporting.index.calendar import head, line, months
from tests.doubles.finished import HOSTILE

SHOWN = months(date(2026, 2, 28))


def row(month: int, verdict: str, **changes: Any) -> dict[str, Any]:
    return {
        "at": datetime(2025, month, 3, tzinfo=UTC),
        "verdict": verdict,
        "status": "completed",
        "version": "v",
        "feature": "f",
        "faults": (),
        "incident": "i",
        **changes,
    }


def test_the_last_twelve_months_are_shown() -> None:
    """Over the end of a year, the oldest first."""
    assert (SHOWN[0], SHOWN[-1], len(SHOWN)) == ("2025-03", "2026-02", 12)
    assert "<th scope=col>Mar 25" in head(SHOWN)
    assert "<th scope=col>Feb 26" in head(SHOWN)


def test_a_month_says_how_many_and_what_of_them_was_not_met() -> None:
    """The worst colours it, and no colour says what no word does."""
    text = line(
        "s", [row(5, "met"), row(5, "missed"), row(5, "inconclusive"), row(4, "met")], SHOWN
    )
    marks = '<abbr title="missed">×</abbr>1 <abbr title="inconclusive">?</abbr>1'
    assert f'<td class=x data-label="May 25"><b>3</b> <small>{marks}</small>' in text
    assert '<td class=m data-label="Apr 25"><b>1</b><td' in text
    assert text.count("class=none") == 10


def test_what_others_wrote_is_text() -> None:
    """The scenario's name, and the incident's."""
    text = line(HOSTILE, [row(5, "met", incident=HOSTILE)], SHOWN)
    assert "<script" not in text
    assert "-->" not in text
