"""The line by which psql says something, and who says it where."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, UnknownTarget
from drills.faults.postgres.client import answer, ask, line, reached
from drills.faults.undo import Place, Undo
from drills.stack.runtime import Executed
from tests.doubles.databases import Databases


@pytest.mark.parametrize(
    ("database", "quoted"),
    [("erp", "'erp'"), ("host=10.0.0.1", "'host=10.0.0.1'"), ("it's \\", "'it\\'s \\\\'")],
)
def test_no_name_of_a_database_is_taken_for_more(database: str, quoted: str) -> None:
    """Psql would read host=... as where to go."""
    said = line(["SELECT 1"], "postgres", database)
    assert said[said.index("-d") + 1].startswith(f"dbname={quoted} application_name=")


def test_nothing_that_is_said_waits_for_long() -> None:
    """Not for a lock either; names are PostgreSQL's own, whatever a search path says."""
    said = line(["SELECT 1"], "postgres", "erp", called="drill-d-1", statement_timeout="0")
    where = said[said.index("-d") + 1]
    assert "application_name='drill-d-1'" in where
    for option in ("lock_timeout=2s", "search_path=pg_catalog", "statement_timeout=0"):
        assert f"-c {option}" in where


def test_an_answer_is_the_last_row() -> None:
    """A warning before it is none, and an error is told as the database does."""
    assert answer(Executed(0, b"WARNING:  collation\nt\n")) == "t"
    with pytest.raises(EngineError, match="psql ended with 1: ERROR:  no"):
        answer(Executed(1, b"ERROR:  no\n"))


def test_what_took_the_place_of_a_container_is_asked(databases: Databases) -> None:
    """A database on a volume outlives its container."""
    undo = Undo("x", Place(databases.db, database="erp"))
    assert reached(databases.runtime, undo) == databases.db
    successor = databases.runtime.replaced(databases.db)
    assert successor.id != databases.db.id
    assert reached(databases.runtime, undo) == successor
    databases.runtime.vanish(successor)
    with pytest.raises(UnknownTarget, match="none of its name took its place"):
        ask(databases.runtime, undo, "SELECT 1")
