"""A column's name and a flag of one row, and nothing besides."""

from __future__ import annotations

import pytest

from drills.errors import InjectionFailed, PlanError
from drills.faults import ColumnRenamed, FlagTurned
from drills.journal.facts import FaultIntended
from tests.doubles.databases import Databases

ERP = "sme_erp"
USERS = ("public", "users")
DRILL = ("public", "users", "is_active", "username", "drill")
DEACTIVATED = FlagTurned("users", "is_active", "username", "drill", database=ERP)


def test_a_column_is_called_by_the_mark_and_then_as_before(databases: Databases) -> None:
    """Of one that is called so already nothing can be said, so it would be another injection's."""
    columns = databases.postgres.catalog.columns(databases.db)
    databases.inject(ColumnRenamed("users", "is_active", database=ERP))
    assert columns[USERS] == {"username", "drill-d-1"}
    assert databases.undo() == ""
    assert columns[USERS] == {"username", "is_active"}


@pytest.mark.parametrize(("table", "column"), [("users", "Is_Active"), ("Users", "is_active")])
def test_a_column_that_is_not_there_is_refused(
    databases: Databases, table: str, column: str
) -> None:
    """Names are told apart by their case."""
    why = f"a table {table} with a column {column} in public of sme_erp, there is none"
    with pytest.raises(PlanError, match=why):
        databases.inject(ColumnRenamed(table, column, database=ERP))
    assert databases.on_disk(FaultIntended) == []


@pytest.mark.parametrize("was", ["t", "f"])
def test_a_flag_is_turned_whichever_way_it_was(databases: Databases, was: str) -> None:
    """And no other row's; it is as before afterwards."""
    flags = databases.postgres.catalog.flags(databases.db)
    other = (*DRILL[:-1], "other")
    flags.update({DRILL: was, other: "t"})
    databases.inject(DEACTIVATED)
    assert flags == {DRILL: {"t": "f", "f": "t"}[was], other: "t"}
    assert databases.undo() == ""
    assert flags == {DRILL: was, other: "t"}


@pytest.mark.parametrize("was", ["", None])
def test_a_row_without_that_flag_is_refused(databases: Databases, was: str | None) -> None:
    """There is no other way round of NULL, and none of a row that is not there."""
    flags = databases.postgres.catalog.flags(databases.db)
    flags.clear()
    if was is not None:
        flags[DRILL] = was
    with pytest.raises(PlanError, match="a row with username drill and its is_active true or"):
        databases.inject(DEACTIVATED)
    assert databases.on_disk(FaultIntended) == []


def test_a_table_with_a_trigger_is_refused(databases: Databases) -> None:
    """What a trigger writes is not undone with the flag."""
    databases.postgres.catalog.triggers.add(USERS)
    with pytest.raises(PlanError, match=r"a flag public\.users\.is_active and a unique username"):
        databases.inject(DEACTIVATED)
    assert databases.on_disk(FaultIntended) == []


def test_a_row_that_is_gone_has_nothing_to_be_turned(databases: Databases) -> None:
    """The application may have deleted it meanwhile."""
    databases.inject(DEACTIVATED)
    databases.postgres.catalog.flags(databases.db).clear()
    assert databases.undo() == ""


def test_a_change_that_the_database_refuses_is_told_in_its_words(databases: Databases) -> None:
    """The column went between the look and the change."""
    databases.inject(ColumnRenamed("users", "is_active", database=ERP))
    databases.undo()
    catalog = databases.postgres.catalog
    answer = catalog.answer

    def gone(container: object, statement: str) -> str | None:
        if statement.startswith("ALTER TABLE"):
            catalog.columns(databases.db)[USERS].discard("is_active")
        return answer(databases.db, statement)

    catalog.answer = gone  # type: ignore[method-assign]
    with pytest.raises(InjectionFailed, match='column "is_active" does not exist'):
        databases.inject(ColumnRenamed("users", "is_active", database=ERP))
