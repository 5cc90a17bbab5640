"""Rows and columns for a terminal."""

from __future__ import annotations

import pytest

from drills.reporting.tables import Column, table
from tests.doubles.finished import CJK, HOSTILE

COLUMNS = (Column("id"), Column("scenario", folds=True), Column("score", number=True))


def test_columns_stand_below_their_headings() -> None:
    """Numbers to the right; no line ends with blanks."""
    text = table(COLUMNS, [("a", "It stops", "9"), ("bc", "It goes", "100")], 60)
    assert text.splitlines() == [
        "id  scenario  score",
        "a   It stops      9",
        "bc  It goes     100",
    ]


@pytest.mark.parametrize("name", ["x" * 300, CJK * 30, "word " * 60])
def test_what_is_long_folds_and_nothing_is_cut(name: str) -> None:
    """Whatever the script; an id is never broken."""
    text = table(COLUMNS, [("0123abcd", name, "100")], 50)
    assert "0123abcd" in text
    shown = "".join(line[10:].replace("100", "") for line in text.splitlines()[1:])
    assert "".join(shown.split()) == "".join(name.split())


def test_nothing_in_a_cell_acts() -> None:
    """No markup, no escape of a terminal."""
    text = table(COLUMNS, [("[bold]", HOSTILE, "")], 200)
    assert "[bold]" in text
    assert not any(sign in text for sign in "\x1b\u202e")


def test_colours_are_only_where_they_are_wanted() -> None:
    """A row has one style."""
    rows = [("a", "b", "1")]
    assert "\x1b" not in table(COLUMNS, rows, 60, ["bold red"])
    assert "\x1b[1;31m" in table(COLUMNS, rows, 60, ["bold red"], colour=True)
