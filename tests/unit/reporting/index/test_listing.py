"""A month's drills as rows that need no script."""

from __future__ import annotations

import re

from drills.history.store import Store
from drills.reporting.index.listing import month
from tests.doubles.finished import CJK, HOSTILE, RTL, row


def listed(*rows: object, there: frozenset[str] = frozenset(), shown: bool = False) -> str:
    with Store.in_memory() as store:
        store.add(rows)  # type: ignore[arg-type]
        return month("2026-11", store.short(), there, shown=shown)


def test_a_row_says_what_a_reader_looks_for() -> None:
    """When, what, how it went and how long it took; with a link where there is a report."""
    text = listed(row(0), row(1, verdict="missed"), there=frozenset({row(0).folder}))
    assert "November 2026</h3> <span>2 drills: 1 met, 1 missed</span>" in text
    assert f"<a href={row(0).folder}/report.html>2026-11-27 09:00</a>" in text
    assert "<td>Met<td>99.9<td>331 ms<td>0 ms<td>P2<td>read-replica-down" in text
    assert f'<span title="{row(1).id}">2026-11-27 08:00</span>' in text
    assert text.count("<tr class=m>") == 1


def test_what_others_wrote_is_text() -> None:
    """However hostile: no tag, no end of a comment, nothing that runs backwards, no escape."""
    text = listed(row(0, scenario=HOSTILE, incident="<b>", faults=("<i> x",), severity='"><u>'))
    assert "<script" not in text
    assert "-->" not in text
    assert not any(sign in text for sign in "\u202e\x1b")
    assert re.findall(r"<(?:b|i|u)[ >]", text) == []
    assert "&lt;script&gt;alert(1)" in text


def test_a_folder_of_a_strange_name_is_a_link_to_it() -> None:
    """And to nothing else."""
    folder = "a b' onclick=x><script>/.."
    text = listed(row(0, folder=folder), there=frozenset({folder}))
    assert "<a href=a%20b%27%20onclick%3Dx%3E%3Cscript%3E/../report.html title=" in text


def test_every_script_is_set_apart_and_long_names_are_cut() -> None:
    """So that no name turns its row around; the report has all of it."""
    text = listed(row(0, scenario=RTL), row(1, scenario=CJK * 20))
    assert f"<bdi>{RTL}</bdi>" in text
    assert f"<bdi>{(CJK * 20)[:71]}…</bdi>" in text


def test_a_drill_without_a_score_or_times_has_dashes() -> None:
    """Nothing stands for nothing."""
    text = listed(row(0, score=None, figures=()))
    assert "<td>\u2013<td>\u2013<td>\u2013<td>P2" in text


def test_a_month_is_folded_unless_it_is_shown() -> None:
    """By the browser itself."""
    assert listed(row(0)).startswith("<details><summary>")
    assert listed(row(0), shown=True).startswith("<details open><summary>")
