"""The public fake of a stack's databases."""

from __future__ import annotations

import pytest

from drills.stack.database import DatabaseError, DataGone
from drills.testing import FakeDatabase


@pytest.fixture
def database() -> FakeDatabase:
    """One that holds a single order, which another node does not."""
    database = FakeDatabase()
    database.on("FROM orders", lambda dsn: [("a",)] if dsn == "primary" else [])
    return database


def test_the_first_answer_with_words_of_the_statement_counts(database: FakeDatabase) -> None:
    """Rows, or what a function makes of the DSN."""
    database.on("version", [("16",)])
    assert database.query("primary", "SELECT id FROM orders") == [("a",)]
    assert database.query("replica", "SELECT id FROM orders") == []
    assert database.query("primary", "SELECT version()") == [("16",)]
    assert database.asked[1] == ("replica", "SELECT id FROM orders")


@pytest.mark.parametrize("error", [DatabaseError("refused"), DataGone("no such table")])
def test_an_answer_may_be_an_error(database: FakeDatabase, error: DatabaseError) -> None:
    """It is raised as it is."""
    database.on("FROM orders", error)
    with pytest.raises(type(error)) as caught:
        database.query("primary", "SELECT id FROM orders")
    assert caught.value is error


def test_what_nobody_answers_is_an_error(database: FakeDatabase) -> None:
    """A statement that the test did not think of proves nothing."""
    with pytest.raises(DatabaseError, match="nobody answers 'SELECT 2'"):
        database.query("primary", "SELECT 2")


def test_a_session_is_asked_again_until_it_fails(database: FakeDatabase) -> None:
    """Its first row, None where there is none; after an error it is closed."""
    session = database.session("primary")
    assert session.ask("SELECT id FROM orders") == ("a",)
    assert database.session("replica").ask("SELECT id FROM orders") is None
    database.unreachable = lambda dsn: dsn == "primary"
    with pytest.raises(DatabaseError, match="refused"):
        session.ask("SELECT id FROM orders")
    database.unreachable = lambda _dsn: False
    with pytest.raises(DatabaseError, match="closed"):
        session.ask("SELECT id FROM orders")


def test_where_nobody_is_nobody_connects(database: FakeDatabase) -> None:
    """Neither for a question nor for a session."""
    database.unreachable = lambda _dsn: True
    with pytest.raises(DatabaseError, match="refused"):
        database.query("primary", "SELECT id FROM orders")
    with pytest.raises(DatabaseError, match="refused"):
        database.session("primary")
