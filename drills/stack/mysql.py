"""The door to PyMySQL, which speaks to MySQL and to MariaDB. It is an extra of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import pymysql
from pymysql.cursors import Cursor

from drills.stack import binlog
from drills.stack.binlog import Named, NotUnderstood
from drills.stack.database import ASK_WITHIN, DatabaseError, DataGone
from drills.stack.dsn import Access
from drills.stack.position import Position

Connect: TypeAlias = "Callable[..., pymysql.Connection[Cursor]]"

SESSION_WITHIN = 2  # seconds for each answer to a connection that stays open
# What a server that answers says where the data that is asked for is not there: no such database,
# table, column. And what it says of words that it does not know.
_GONE, _NOT_UNDERSTOOD = frozenset({1049, 1146, 1054}), 1064
_FOREIGN = (pymysql.MySQLError, OSError, RuntimeError, UnicodeError)
# All that is read is of one moment, and nothing is written: a transaction that only reads lets
# tables be dropped, for that ends it; a session that only reads does not.
_ONLY_READS = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_OF_ONE_MOMENT = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"


class MySQL:
    """The databases of a stack that are MySQL or MariaDB. See ``drills.stack.database.Database``.

    ``connect`` is PyMySQL's.
    """

    def __init__(self, connect: Connect = pymysql.connect) -> None:
        self._connect = connect

    def query(
        self, dsn: str, statement: str, *, timeout: int = ASK_WITHIN
    ) -> list[tuple[object, ...]]:
        """The rows of one read-only statement."""
        with self._server(dsn, timeout) as server:
            server.rows(_OF_ONE_MOMENT)
            return server.rows(statement)

    def session(self, dsn: str) -> MySQLServer:
        """A connection that stays open."""
        return MySQLServer(dsn, self._connect, SESSION_WITHIN)

    def written(self, dsn: str) -> Position:
        """All that a primary has written by now."""
        with self._server(dsn, ASK_WITHIN) as server:
            return binlog.written(server)

    def replayed(self, dsn: str) -> Position | None:
        """All of its primary's that a replica has replayed by now; None on what is no replica."""
        with self._server(dsn, ASK_WITHIN) as server:
            return binlog.replayed(server)

    def following(self, primary: str, replicas: Sequence[str]) -> binlog.View:
        """A connection to each of them."""
        opened: list[MySQLServer] = []
        try:
            opened += (self.session(dsn) for dsn in (primary, *replicas))
        except DatabaseError:
            for server in opened:
                server.close()
            raise
        return binlog.View(opened[0], opened[1:])

    @contextmanager
    def _server(self, dsn: str, timeout: int) -> Iterator[MySQLServer]:
        server = MySQLServer(dsn, self._connect, timeout)
        try:
            yield server
        finally:
            server.close()


class MySQLServer:
    """A connection to one server, whose statements take at most so many seconds each.

    An error closes it, unless that says only that the statement's words are not known. Raises
    DatabaseError where it cannot be opened or asked, without the DSN in its text.
    """

    def __init__(self, dsn: str, connect: Connect, timeout: int) -> None:
        access = Access.of(dsn)
        secured = {"ssl_ca": access.certificates, "ssl_verify_cert": True}
        with _door():
            self._connection = connect(
                host=access.host,
                port=access.port,
                user=access.user,
                password=access.password.encode(),
                database=access.database or None,
                autocommit=True,
                connect_timeout=timeout,
                read_timeout=timeout + 1,  # the server's own bound tells more
                write_timeout=timeout + 1,
                program_name="incident-drills",
                **(secured if access.certificates else {}),
            )
        in_seconds, in_ms = f"max_statement_time = {timeout}", f"max_execution_time = {timeout}000"
        self.rows(_ONLY_READS)
        self.rows(f"SET SESSION {in_seconds if self.mariadb else in_ms}")

    @property
    def mariadb(self) -> bool:
        """Whether it is MariaDB, and not MySQL."""
        connection: Any = self._connection  # its types lack what the server says of itself
        return "mariadb" in str(connection.server_version).lower()

    def ask(self, statement: str) -> tuple[object, ...] | None:
        """The first row of one statement."""
        return next(iter(self.rows(statement)), None)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """The rows of one statement."""
        return self._said(statement)[1]

    def named(self, statement: str) -> Sequence[Named]:
        """The same, each by the names of its columns."""
        columns, rows = self._said(statement)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def close(self) -> None:
        """End it. Idempotent."""
        with suppress(*_FOREIGN):
            self._connection.close()

    def _said(self, statement: str) -> tuple[list[str], list[tuple[object, ...]]]:
        try:
            with _door(), self._connection.cursor() as cursor:
                cursor.execute(statement)
                found: Any = cursor.description  # nothing, for a statement that gives no rows
                return [column[0] for column in found or ()], list(cursor.fetchall())
        except NotUnderstood:
            raise
        except DatabaseError:
            self.close()
            raise


@contextmanager
def _door() -> Iterator[None]:
    """Turn the driver's exceptions into ours."""
    try:
        yield
    except _FOREIGN as error:
        code, said = error.args if len(error.args) == 2 else (0, str(error))
        kind = DataGone if code in _GONE else DatabaseError
        if code == _NOT_UNDERSTOOD:
            kind = NotUnderstood
        raise kind(f"{type(error).__name__}: {said}".strip()) from error
