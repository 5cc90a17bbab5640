"""`drills schedule`: what is due, when, by whom; for a calendar; written back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from drills.cli import main
from drills.cli.dates import with_dates
from drills.cli.schedule import Due, due
from drills.config.document import load
from tests.unit.cli.drilling import drill, written

NOW = date(2026, 11, 27)


def dues(folder: Path, runbook: str = "", *, reviewed: date | None = None) -> list[Due]:
    return due(load(written(folder, runbook)), [drill()], reviewed)


def test_drills_and_the_review_are_due_on_their_dates(tmp_path: Path) -> None:
    """With who sees to it, and when it was held last."""
    held, review = dues(tmp_path)
    assert (held.kind, held.next, held.by) == ("drill", date(2026, 12, 1), "Lead (Ann)")
    assert held.held == date(2026, 11, 1)
    assert (review.kind, review.next, review.by) == ("review", date(2026, 12, 24), "")


RARELY = '[drills.down]\ntitle = "It"\nincident = "down"\nevery = "30 days"\n'


@pytest.mark.parametrize(
    ("set_", "following"),
    [
        ("", date(2026, 12, 1)),  # nobody set a date: a month after it was held
        ("next = 2026-10-15\n", date(2026, 12, 1)),  # it was late
        ("next = 2026-11-05\n", date(2026, 12, 1)),  # some days early
        ("next = 2027-03-01\n", None),  # what is set is far off: this was another one
    ],
)
def test_the_date_that_follows_is_counted_from_when_it_was_held(
    tmp_path: Path, set_: str, following: date | None
) -> None:
    """Where it is known how often."""
    (found,) = dues(tmp_path, RARELY + set_)
    assert found.following == following


def test_a_drill_that_nobody_says_how_often_keeps_its_date(tmp_path: Path) -> None:
    """And of one that was held after it, the date stays overdue."""
    (found,) = dues(tmp_path, RARELY.replace('every = "30 days"', "next = 2026-10-15"))
    assert (found.following, found.next) == (None, date(2026, 10, 15))


def test_a_review_follows_the_last_one(tmp_path: Path) -> None:
    """On the day that is said, else the day of the last change."""
    review = '[review]\nupdated = 2026-06-01\nevery = "90 days"\n'
    assert dues(tmp_path / "a", review)[0].following == date(2026, 8, 30)
    assert dues(tmp_path / "b", review, reviewed=NOW)[0].following == date(2027, 2, 25)


def test_the_command_lists_writes_and_keeps_what_stands_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Comments and order; a calendar whose events keep their identity; JSON."""
    monkeypatch.chdir(tmp_path)
    runbook = '# ours\n[review] # twice a year\nnext = 2026-06-01 # late\nevery = "180 days"\n'
    line = ["schedule", "--manifest", str(written(tmp_path, runbook)), "--today", "2026-11-27"]
    assert main(line) == 0
    said = capsys.readouterr().out
    assert said.startswith("2026-06-01 OVERDUE review: The runbook, by nobody who is named; never ")
    assert main([*line, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["due"], told["overdue"], told["line"]) == ("2026-06-01", True, 3)
    assert main([*line, "--ics", "a.ics", "--write", "--reviewed"]) == 0
    calendar = (tmp_path / "a.ics").read_text("utf-8")
    assert "DTSTART;VALUE=DATE:20270526" in calendar
    assert "UID:review@incident-drills" in calendar
    assert (tmp_path / "runbook.toml").read_text() == (
        '# ours\n[review] # twice a year\nnext = 2027-05-26 # late\nevery = "180 days"\n'
        "updated = 2026-11-27\n"
    )
    assert main(line) == 0
    assert "2027-05-26 review" in capsys.readouterr().out
    assert main([*line, "--reviewed"]) == 2


def test_dates_are_written_where_they_belong() -> None:
    """Before the tables below, and into a table that is not there yet."""
    text = '[drills.a]\ntitle = "A"\n\n[[drills.a.criteria]]\nsays = "x" # y\n'
    done = with_dates(text, {("drills", "a", "next"): NOW, ("review", "next"): NOW})
    assert done == (
        '[drills.a]\ntitle = "A"\nnext = 2026-11-27\n\n[[drills.a.criteria]]\nsays = "x" # y\n'
        "\n[review]\nnext = 2026-11-27\n"
    )
