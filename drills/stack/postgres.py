"""The door to psycopg: one statement at a time, the final read, a replica that catches up."""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg import conninfo

from drills.clock import Clock
from drills.errors import PlanError, WaitTimeout
from drills.stack.content import canonical, digest, plain
from drills.stack.database import DatabaseError, DataGone, Holding
from drills.wait import until

FINAL_READ_WITHIN = 30  # seconds

# What a server that answers says where the data that is asked for is not there: no such table,
# schema, database, column.
_GONE = frozenset({"42P01", "3F000", "3D000", "42703"})


def query(dsn: str, statement: str, *, timeout: int = 5) -> list[tuple[object, ...]]:
    """The rows of one read-only statement.

    Raises DataGone where the server answers that there is no such table, and DatabaseError where it
    could not be asked or refuses; neither has the DSN in its text.
    """
    try:
        with _connected(dsn, timeout) as connection:
            connection.execute(f"SET statement_timeout = '{int(timeout)}s'")
            return list(connection.execute(statement.encode()).fetchall())
    except psycopg.Error as error:
        raise (DataGone if error.sqlstate in _GONE else DatabaseError)(_words(error)) from error


def _connected(dsn: str, timeout: int) -> psycopg.Connection:
    try:
        return psycopg.connect(dsn, connect_timeout=timeout, autocommit=True)
    except psycopg.errors.ConnectionTimeout:
        raise
    except psycopg.OperationalError as error:
        if _no_such_database(dsn, timeout):
            raise DataGone(_words(error)) from error
        raise


def _words(error: psycopg.Error) -> str:
    """What the server said, without the statement that it said it of."""
    said = error.diag.message_primary or str(error)
    return f"{type(error).__name__}: {said}".strip()


def _no_such_database(dsn: str, timeout: int) -> bool:
    """Whether a connection failed because the server answers and has no such database.

    Such a refusal carries no code, and its words are in the server's language, so the server is
    asked in its maintenance database.
    """
    name = conninfo.conninfo_to_dict(dsn).get("dbname")
    there = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s"
    try:
        with psycopg.connect(dsn, dbname="postgres", connect_timeout=timeout) as connection:
            return name is not None and connection.execute(there, [name]).fetchone() is None
    except psycopg.Error:
        return False


def final_read(
    dsn: str, statement: str, content: int = 0, *, timeout: int = FINAL_READ_WITHIN
) -> Holding:
    """What the database holds of each write: ``statement`` selects its id and ``content`` columns.

    With columns of content that is the digest of each row's, else how many rows there are. An id is
    compared in lower case and without blanks around it. Raises PlanError where the statement
    selects another number of columns.
    """
    digests: dict[str, list[str]] = {}
    for row in query(dsn, statement, timeout=timeout):
        if content and len(row) != 1 + content:
            raise PlanError(
                f"data.final_read: expected {1 + content} columns, the id and those that "
                f"data.content names, got {len(row)}"
            )
        id_ = plain(row[0]).strip().lower()
        said = digest(canonical(value) for value in row[1:]) if content else ""
        digests.setdefault(id_, []).append(said)
    return digests if content else {id_: len(rows) for id_, rows in digests.items()}


def await_replay(primary: str, replica: str, *, within: float, clock: Clock) -> bool:
    """Whether a replica replays, in so many seconds, all that its primary has written by now.

    Raises DatabaseError when one of them cannot be asked.
    """
    written = _position(primary, "pg_current_wal_lsn()")
    try:
        until(
            lambda: _position(replica, "pg_last_wal_replay_lsn()") >= written,
            awaited="the replica has replayed all that was written",
            within=within,
            clock=clock,
        )
    except WaitTimeout:
        return False
    return True


def _position(dsn: str, function: str) -> int:
    """A position in the log as a number; -1 where there is none, as on what is no replica."""
    position = query(dsn, f"SELECT {function} - '0/0'::pg_lsn")[0][0]
    return -1 if position is None else int(str(position))


class Session:
    """One connection, to be asked again and again; each error closes it.

    Raises DatabaseError where it cannot be opened or asked, without the DSN in its text.
    """

    def __init__(self, dsn: str, *, timeout: int = 2) -> None:
        try:
            self._connection = psycopg.connect(dsn, connect_timeout=timeout, autocommit=True)
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
