"""The runbook as it was followed, in words."""

from __future__ import annotations

from typing import Any

from drills.judgement.runbook_line import RunbookLine
from drills.reporting.followed import is_finding, notes_for_ci, table, told


def line(number: int, outcome: str, **more: Any) -> RunbookLine:
    told: dict[str, Any] = {
        "file": "runbook.md", "line": number, "last_line": number, "section": "Database",
        "step": "", "command": "docker ps", "outcome": outcome, "why": "", "healthy": outcome,
        "in_incident": None, "exit_code": 0, "exit_code_in_incident": None, "notes": [],
        "evidence": [],
    }  # fmt: skip
    return RunbookLine(**(told | more))


LINES = [
    line(3, "worked"),
    line(4, "worked with nothing to do"),
    line(5, "failed", why="exit 1: 50 %, no such: a", command='python -c "\nx\n"', last_line=7),
    line(8, "for people"),
]


def test_it_says_how_many_work_as_written() -> None:
    """And what became of the others; what is for people is no command."""
    assert told(LINES) == (
        "3 commands: 2 work as written (1 with nothing to do); 1 failed. 1 line for people."
    )
    assert told(LINES[:1]) == "1 command: 1 work as written."


def test_the_table_is_by_line() -> None:
    """Of a command of several lines the first is shown; below it stands why."""
    assert list(table(LINES[2:3], 100)) == [
        "Database",
        '  runbook.md:5  failed                                  python -c " ...',
        "                  exit 1: 50 %, no such: a",
    ]


def test_ci_is_told_at_the_line() -> None:
    """What works is no matter for it; signs that mean something there are written otherwise."""
    (note,) = notes_for_ci(LINES, "docs")
    assert note == (
        "::warning file=docs/runbook.md,line=5,endLine=7,title=runbook%3A failed::"
        "failed: exit 1: 50 %25, no such: a"
    )
    assert [is_finding(each) for each in LINES] == [False, False, True, False]
