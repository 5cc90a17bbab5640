"""Two drills held against each other, for a terminal."""

from __future__ import annotations

from dataclasses import replace

from drills.history.comparison import compare
from drills.history.row import Row
from drills.reporting.versus import compared
from tests.doubles.finished import row


def told(first: Row, second: Row) -> str:
    return compared(first, second, compare(first, second), 200)


def slower(number: int) -> Row:
    """The same drill, detected after 20 minutes."""
    made = row(number, verdict="missed", score=None)
    late = {"value": 1200.0, "low": 1200.0, "high": 1200.0}
    return replace(
        made,
        figures=tuple(
            replace(each, **late, verdict="missed" if each.verdict else "")  # type: ignore[arg-type]
            if "time to detect" in (each.metric, each.name)
            else each
            for each in made.figures
        ),
    )


def line(text: str, begin: str) -> str:
    (found,) = (each for each in text.splitlines() if each.startswith(begin))
    return " ".join(found.split())


def test_each_line_has_both_values_and_what_changed() -> None:
    """Of a criterion its limit, and whether it was met."""
    text = told(row(1), slower(0))
    assert text.startswith(f"A: {row(1).id}, 2026-11-27 08:00 UTC, The read replica stops: Met,")
    assert f"B: {row(0).id}, 2026-11-27 09:00 UTC, The read replica stops: Missed, no score" in text
    assert line(text, "The incident is detected") == (
        "The incident is detected (at most 5 min) 331 ms +247 −5, met 20 min, missed +20 min worse"
    )
    assert line(text, "time to detect").endswith("20 min +20 min worse")
    assert line(text, "lost writes") == "lost writes 0 0 0 same"


def test_what_one_of_them_lacks_is_told() -> None:
    """And that they are of different scenarios."""
    other = row(0, scenario="Another", figures=row(0).figures[:1])
    text = told(row(1), other)
    assert "different scenarios" in text
    assert line(text, "The incident is detected").endswith("met not there – cannot tell")


def test_another_limit_is_told() -> None:
    """Both of them."""
    second = row(0)
    figures = (replace(each, limit=60.0) for each in second.figures if each.limit == 300.0)
    text = told(row(1), replace(second, figures=tuple(figures)))
    assert "(at most 5 min, then at most 60 s)" in " ".join(text.split())
