"""The final read of a database: what it holds, what is gone from it, and what proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from drills.errors import PlanError
from drills.stack.content import digest
from drills.stack.database import DatabaseError, DataGone, final_read
from drills.stack.postgres import Postgres

DSN = "postgresql://observer:pw@127.0.0.1:5432/shop"
LIKE = "6f1b0d0e-6c1e-5f0a-9d4e-1f2a3b4c5d6e"
ONE = digest(["7", "1"])


class Server:
    """A server in the place of psycopg's; it answers with rows, or raises."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []
        self.refuses: psycopg.Error | None = None  # a connection
        self.raises: psycopg.Error | None = None  # the statement
        self.databases = ["shop"]
        self.connected: list[str] = []
        self._asked: list[tuple[object, ...]] = []

    def connect(self, _dsn: str, *, dbname: str = "shop", **_: object) -> Self:
        self.connected.append(dbname)
        if self.refuses is not None and (dbname == "shop" or not self.databases):
            raise self.refuses
        return self

    def execute(self, statement: str | bytes, values: Any = ()) -> Self:
        if isinstance(statement, bytes) and self.raises is not None:
            raise self.raises
        there: list[tuple[object, ...]] = [(1,) for value in values if value in self.databases]
        self._asked = there if values else self.rows
        return self

    @property
    def database(self) -> Postgres:
        """How it is asked."""
        return Postgres(self.connect)  # type: ignore[arg-type] # as much of a connection as is used

    def fetchall(self) -> list[tuple[object, ...]]:
        return self._asked

    def fetchone(self) -> tuple[object, ...] | None:
        return next(iter(self._asked), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize(
    "id_",
    [LIKE, UUID(LIKE), LIKE.upper(), f"{LIKE}   ", LIKE.encode(), UUID(LIKE).bytes],
    ids=repr,
)
def test_an_id_is_known_in_whatever_column_it_stands(server: Server, id_: object) -> None:
    """As UUID or its 16 bytes, in text of either case, padded, as bytes of no encoding."""
    server.rows = [(id_,), (id_,)]
    assert final_read(server.database, DSN, "SELECT id") == {LIKE: 2}


def test_with_content_every_row_has_its_digest(server: Server) -> None:
    """So that two rows of one id may say different things."""
    server.rows = [("a", 7, Decimal("1.00")), ("a", "7", 99), ("b", b"7", 1)]
    held = final_read(server.database, DSN, "SELECT id, item_id, quantity", 2)
    assert held == {"a": [ONE, digest(["7", "99"])], "b": [digest(["7", "1"])]}


@pytest.mark.parametrize("row", [("a",), ("a", 7), ("a", 7, 1, 2)], ids=len)
def test_another_number_of_columns_is_a_mistake_of_the_manifest(
    server: Server, row: tuple[object, ...]
) -> None:
    """Else a column would be compared with what another field says."""
    server.rows = [row]
    with pytest.raises(PlanError, match=r"data.final_read: expected 3 columns, the id and those"):
        final_read(server.database, DSN, "SELECT", 2)


@pytest.mark.parametrize(
    "error",
    [
        errors.UndefinedTable,
        errors.InvalidSchemaName,
        errors.InvalidCatalogName,
        errors.UndefinedColumn,
    ],
)
def test_a_server_that_answers_that_it_is_not_there_has_lost_it(
    server: Server, error: Callable[[str], psycopg.Error]
) -> None:
    """A table, a schema, a database, a column."""
    server.raises = error('relation "orders" does not exist')
    with pytest.raises(DataGone, match='relation "orders" does not exist'):
        final_read(server.database, DSN, "SELECT")


@pytest.mark.parametrize(
    "error",
    [errors.InsufficientPrivilege, errors.SyntaxError, errors.QueryCanceled, errors.DataCorrupted],
)
def test_a_server_that_refuses_or_fails_proves_nothing(
    server: Server, error: Callable[[str], psycopg.Error]
) -> None:
    """A right that was revoked is no loss."""
    server.raises = error("no")
    with pytest.raises(DatabaseError) as caught:
        final_read(server.database, DSN, "SELECT")
    assert not isinstance(caught.value, DataGone)


def test_a_database_that_was_dropped_is_gone(server: Server) -> None:
    """The refusal has no code and is in any language, so the server itself is asked."""
    server.refuses = psycopg.OperationalError("FATAL: Datenbank »shop« existiert nicht")
    server.databases = ["other"]
    with pytest.raises(DataGone):
        final_read(server.database, DSN, "SELECT")
    assert server.connected == ["shop", "postgres"]


@pytest.mark.parametrize(
    ("refusal", "databases"),
    [
        (psycopg.OperationalError("password authentication failed"), ["shop"]),
        (psycopg.OperationalError("connection refused"), []),
        (errors.ConnectionTimeout("timed out"), ["other"]),
    ],
    ids=["refused", "nobody there", "too late"],
)
def test_a_database_that_cannot_be_reached_proves_nothing(
    server: Server, refusal: psycopg.Error, databases: list[str]
) -> None:
    """Whether it is there or not."""
    server.refuses, server.databases = refusal, databases
    with pytest.raises(DatabaseError) as caught:
        final_read(server.database, DSN, "SELECT")
    assert not isinstance(caught.value, DataGone)


def test_without_a_name_no_database_is_called_gone(server: Server) -> None:
    """The server would know none of that name, and the refusal had another reason."""
    server.refuses = psycopg.OperationalError("refused")
    with pytest.raises(DatabaseError) as caught:
        final_read(server.database, "host=127.0.0.1", "SELECT")
    assert not isinstance(caught.value, DataGone)
