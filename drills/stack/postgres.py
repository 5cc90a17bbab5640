"""The door to psycopg: one statement at a time, over a connection of its own or one that stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import psycopg
from psycopg import conninfo

from drills.stack import wal
from drills.stack.database import ASK_WITHIN, DatabaseError, DataGone
from drills.stack.position import Position

Connect = Callable[..., psycopg.Connection]

_ONLY_READS = "SET default_transaction_read_only = on"
# What a server that answers says where the data that is asked for is not there: no such table,
# schema, database, column.
_GONE = frozenset({"42P01", "3F000", "3D000", "42703"})


class Postgres:
    """The databases of a stack that are PostgreSQL. See ``drills.stack.database.Database``.

    ``connect`` is psycopg's.
    """

    def __init__(self, connect: Connect = psycopg.connect) -> None:
        self._connect = connect

    def query(
        self, dsn: str, statement: str, *, timeout: int = ASK_WITHIN
    ) -> list[tuple[object, ...]]:
        """The rows of one read-only statement."""
        try:
            with self._connected(dsn, timeout) as connection:
                connection.execute(_ONLY_READS)
                connection.execute(f"SET statement_timeout = '{int(timeout)}s'")
                return list(connection.execute(statement.encode()).fetchall())
        except psycopg.Error as error:
            raise (DataGone if error.sqlstate in _GONE else DatabaseError)(_words(error)) from error

    def session(self, dsn: str) -> PostgresSession:
        """A connection that stays open."""
        return PostgresSession(dsn, self._connect)

    def written(self, dsn: str) -> Position:
        """All that a primary has written by now."""
        return wal.written(self, dsn)

    def replayed(self, dsn: str) -> Position | None:
        """All that a standby has replayed by now; None on what is none."""
        return wal.replayed(self, dsn)

    def following(self, primary: str, replicas: Sequence[str]) -> wal.View:
        """The primary's view of its standbys."""
        return wal.View(self, primary, len(replicas))

    def _connected(self, dsn: str, timeout: int) -> psycopg.Connection:
        try:
            return self._connect(dsn, connect_timeout=timeout, autocommit=True)
        except psycopg.errors.ConnectionTimeout:
            raise
        except psycopg.OperationalError as error:
            if self._no_such_database(dsn, timeout):
                raise DataGone(_words(error)) from error
            raise

    def _no_such_database(self, dsn: str, timeout: int) -> bool:
        """Whether a connection failed because the server answers and has no such database.

        Such a refusal carries no code, and its words are in the server's language, so the server is
        asked in its maintenance database.
        """
        name = conninfo.conninfo_to_dict(dsn).get("dbname")
        there = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s"
        try:
            with self._connect(dsn, dbname="postgres", connect_timeout=timeout) as connection:
                return name is not None and connection.execute(there, [name]).fetchone() is None
        except psycopg.Error:
            return False


class PostgresSession:
    """One connection, to be asked again and again; each error closes it.

    Raises DatabaseError where it cannot be opened or asked, without the DSN in its text.
    """

    def __init__(self, dsn: str, connect: Connect) -> None:
        try:
            self._connection = connect(dsn, connect_timeout=2, autocommit=True)
            self._connection.execute(_ONLY_READS)
        except psycopg.Error as error:
            raise DatabaseError(_words(error)) from error

    def ask(self, statement: str) -> tuple[object, ...] | None:
        """The first row of one statement."""
        try:
            return self._connection.execute(statement.encode()).fetchone()
        except psycopg.Error as error:
            self.close()
            raise DatabaseError(_words(error)) from error

    def close(self) -> None:
        """End it. Idempotent."""
        with suppress(psycopg.Error):
            self._connection.close()


def _words(error: psycopg.Error) -> str:
    """What the server said, without the statement that it said it of."""
    said = error.diag.message_primary or str(error)
    return f"{type(error).__name__}: {said}".strip()
