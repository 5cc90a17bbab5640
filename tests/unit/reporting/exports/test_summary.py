"""The Markdown of a run: worst first, harmless, and within what GitHub takes."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from drills.reporting.exports.summary import LIMIT, render
from tests.unit.reporting.exports.exported import (
    ALL,
    FAILED,
    hostile,
    inconclusive,
    met,
    missed,
    run,
)

CUT = "**Cut here, for want of room: "


def test_the_table_has_the_worst_first() -> None:
    """What has no result stands above all."""
    text = render(ALL)
    assert text.startswith("## Incident drills: 1 failure without a result, 1 missed, 1 inconc")
    rows = [line for line in text.split("###")[0].splitlines() if line.startswith("| **")]
    assert [row.split("**")[1] for row in rows] == ["No result", "Missed", "Inconclusive", "Met"]
    assert "reports/bbbb0002/report.html" in rows[1]


def test_each_drill_is_told_by_itself() -> None:
    """Verdict, place, score, and its criteria with what was measured."""
    text = render(run(missed()))
    assert "### Missed: It dies" in text
    assert "P2, Score 49 of 100, drill bbbb0002, features/replica.feature:6, report: rep" in text
    assert "| Missed | reads failed over | 6.04 s ± 0.05 | at most 5 s | 990 ms too much |" in text
    criteria = [line for line in text.splitlines() if line.startswith(("| Missed", "| Met"))]
    assert criteria[0].startswith("| Missed")


def test_hostile_text_is_only_read() -> None:
    """Rendered as GitHub does, it is no tag, link, picture, code, heading or further cell."""
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(render(run(hostile())))
    for tag in ("<script", "<img", "<a ", "<em", "<code", "<s>"):
        assert tag not in html
    assert "\x1b" not in html
    rows = html.split("<tbody>")[1].split("</tbody>")[0]
    assert rows.count("<td>") == 5


@pytest.mark.parametrize("room", [600, 1000, 2500, 4000, 20_000])
def test_it_never_takes_more_room_than_there_is(room: int) -> None:
    """Whole drills, the worst first, and a line that says what is left out."""
    drills = [missed(id=f"m{number}", scenario=f"Größe {number} 日本") for number in range(20)]
    text = render(run(*drills, met()), room)
    assert len(text.encode()) <= room
    if CUT in text:
        assert text.rstrip().endswith("The reports have all of it.")
        assert text.count("\n\n\n") == 0
    for section in text.split("###")[1:]:
        assert "| Met | no acknowledged order is lost |" in section


def test_drills_that_fit_are_whole() -> None:
    """All 20 in the table, and some of them told in full."""
    drills = [missed(id=f"m{number}") for number in range(20)]
    text = render(run(*drills), 8000)
    told = text.count("### Missed")
    assert 0 < told < 20
    assert f"{CUT}{20 - told} drills not told in full.**" in text


def test_a_table_that_does_not_fit_is_cut_row_by_row() -> None:
    """The line says how many."""
    text = render(run(*[missed(id=f"m{number}") for number in range(20)]), 1200)
    shown = text.count("| **Missed**")
    assert 0 < shown < 20
    assert f"20 drills not told in full, {20 - shown} rows of the table left out" in text


def test_where_there_is_no_room_nothing_is_said() -> None:
    """Not half a line."""
    assert render(ALL, 20) == ""
    assert render(ALL, -5) == ""


def test_thousands_of_drills_keep_to_the_limit() -> None:
    """One MiB."""
    (one,) = run(missed()).drills
    text = render(run(*[one] * 2000))
    assert 0.99 * LIMIT < len(text.encode()) <= LIMIT
    assert CUT in text


def test_a_run_of_failures_alone_is_told() -> None:
    """And one of nothing."""
    assert "| **No result** | Never began | – | PlanError: no such service | |" in render(
        run(failures=(FAILED,))
    )
    assert render(run()) == "## Incident drills: no drill\n\n"
    assert "No score" in render(run(inconclusive()))
