"""SQL with gaps: whatever is put into one stays one name or one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.errors import PlanError
from drills.faults.postgres.statement import Statement

LOCK = Statement("LOCK {table:name} -- {why:text} {table:name}")
WORDS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1)
NASTY = ('"; DROP TABLE orders; --', "Orders", "o'brien", 'with"quote', "a;b", "ü", "\\'; x", "$$")


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("orders", '"orders"'),
        ("Orders", '"Orders"'),
        ('o"; DROP TABLE users; --', '"o""; DROP TABLE users; --"'),
        ("a;b c", '"a;b c"'),
        ("x" * 63, '"' + "x" * 63 + '"'),
    ],
)
def test_a_name_is_quoted(value: str, quoted: str) -> None:
    """With its upper case, quotes and semicolons it is that one name."""
    assert Statement("DROP {it:name}")(it=value) == f"DROP {quoted}"


@pytest.mark.parametrize("value", ["", "x" * 64, "ü" * 32, "a\0b"])
def test_a_name_that_would_be_anothers_is_refused(value: str) -> None:
    """PostgreSQL cuts what is too long, and a cut name may be somebody else's."""
    with pytest.raises(PlanError, match="a name of 1 to 63 bytes"):
        Statement("DROP {it:name}")(it=value)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("it's", "'it''s'"), ("a\\'b", "E'a\\\\''b'"), ("", "''"), ('"x"', "'\"x\"'")],
)
def test_a_text_is_quoted_whatever_the_server_makes_of_backslashes(value: str, quoted: str) -> None:
    """A backslash stands for itself, by E'' where there is one."""
    assert Statement("SELECT {it:text}")(it=value) == f"SELECT {quoted}"


@pytest.mark.parametrize("value", ["1; DROP TABLE x", "1.5", "", "--1", "٣"])
def test_a_number_is_a_whole_one(value: str) -> None:
    """Nothing else stands where one is expected."""
    with pytest.raises(PlanError, match="a whole number"):
        Statement("SELECT {it:number}")(it=value)


def test_what_has_no_gap_is_left_out() -> None:
    """An undo's arguments may be more than one statement needs."""
    assert Statement("SELECT {one:number}")(one="1", other="x") == "SELECT 1"


@given(table=WORDS.filter(lambda one: len(one.encode()) < 64), why=WORDS)
def test_what_was_said_is_heard(table: str, why: str) -> None:
    """A fake knows a statement again, and what its gaps were filled with."""
    said = LOCK(table=table, why=why)
    assert LOCK.heard(said) == {"table": table, "why": why}


@pytest.mark.parametrize("value", NASTY)
def test_another_statement_is_not_heard(value: str) -> None:
    """However alike it is: another text, another name in one of two gaps, or something after it."""
    said = LOCK(table=value, why=value)
    assert LOCK.heard(said + ";") is None
    assert LOCK.heard("x" + said) is None
    assert LOCK.heard(LOCK(table="x", why=value).replace('"x"', '"y"', 1)) is None
