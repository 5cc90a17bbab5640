"""How far the binary log of MySQL and MariaDB goes, and the replicas that replay it, by SQL.

A primary knows who reads its log, and not how far they are. So each replica is asked itself, for
what it has replayed, which it tells by the primary's own count. The seconds that it says to be
behind are not asked for: one that is cut off says that there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from drills.stack.database import DatabaseError, Look
from drills.stack.position import Position, of_file, of_mariadb, of_mysql

Named: TypeAlias = "Mapping[str, object]"  # a row, by the names of its columns

LOG = "SELECT @@global.log_bin AS log_bin"
GTIDS_OF_MARIADB = "SELECT @@global.gtid_binlog_pos AS written, @@global.gtid_slave_pos AS replayed"
GTIDS_OF_MYSQL = "SELECT @@global.gtid_mode AS mode, @@global.gtid_executed AS executed"
# What is said today, and what servers before MariaDB 10.5, MySQL 8.4 and 8.0.22 understand.
STATUS_OF_MARIADB = ("SHOW ALL REPLICAS STATUS", "SHOW ALL SLAVES STATUS")
STATUS_OF_MYSQL = ("SHOW REPLICA STATUS", "SHOW SLAVE STATUS")
WHERE_OF_MYSQL = ("SHOW BINARY LOG STATUS", "SHOW MASTER STATUS")


class NotUnderstood(DatabaseError):
    """A server does not know the words of a statement."""


class Server(Protocol):
    """A connection to one server that stays open until it is closed, or an error ends it.

    NotUnderstood does not.
    """

    @property
    def mariadb(self) -> bool:
        """Whether it is MariaDB, and not MySQL."""

    def named(self, statement: str) -> Sequence[Named]:
        """The rows of one statement. Raises DatabaseError, or NotUnderstood."""

    def close(self) -> None:
        """End it. Idempotent."""


def written(server: Server) -> Position:
    """All that a primary has written by now.

    Raises DatabaseError where it keeps no binary log: then nobody knows.
    """
    if str(_only(server, LOG)["log_bin"]) not in ("1", "ON"):
        raise DatabaseError("expected a primary with a binary log (log_bin), it keeps none")
    if server.mariadb:
        row = _only(server, GTIDS_OF_MARIADB)
        return _read(of_mariadb, str(row["written"]), str(row["replayed"]))
    row = _only(server, GTIDS_OF_MYSQL)
    if row["mode"] == "ON":
        return _read(of_mysql, str(row["executed"]))
    rows = _first(server, WHERE_OF_MYSQL)
    if not rows:
        raise DatabaseError("expected a position in a binary log, the primary told none")
    return _read(of_file, str(rows[0]["File"]), int(str(rows[0]["Position"])))


@dataclass(frozen=True, slots=True)
class _Replica:
    """What a replica says of itself: all that it has replayed, and whether it goes on."""

    replayed: Position
    runs: bool


def replayed(server: Server) -> Position | None:
    """All of its primary's that a replica has replayed by now; None on what is no replica."""
    replica = _replica(server)
    return replica.replayed if replica else None


def _replica(server: Server) -> _Replica | None:
    sources = _first(server, STATUS_OF_MARIADB if server.mariadb else STATUS_OF_MYSQL)
    if not sources:
        return None
    threads = ("Replica_IO_Running", "Replica_SQL_Running")
    runs = all(_said(source, thread) == "Yes" for source in sources for thread in threads)
    return _Replica(_replayed(server, sources[0]), runs)


def _replayed(server: Server, source: Named) -> Position:
    if server.mariadb:  # which keeps it whether or not it follows by it
        return _read(of_mariadb, str(_only(server, GTIDS_OF_MARIADB)["replayed"]))
    row = _only(server, GTIDS_OF_MYSQL)
    if row["mode"] == "ON":
        return _read(of_mysql, str(row["executed"]))
    file, offset = _said(source, "Relay_Source_Log_File"), _said(source, "Exec_Source_Log_Pos")
    return _read(of_file, file, int(offset))


def _said(source: Named, column: str) -> str:
    """A column of a replica's status, by its name of today or the one before."""
    before = column.replace("Replica_", "Slave_").replace("Source_", "Master_")
    for name in (column, before):
        if name in source:
            return str(source[name])
    raise DatabaseError(f"expected {column} in the status of a replica, found none")


def _first(server: Server, statements: Sequence[str]) -> Sequence[Named]:
    """The rows of the first statement that the server understands."""
    *others, last = statements
    for statement in others:
        with suppress(NotUnderstood):
            return server.named(statement)
    return server.named(last)


def _only(server: Server, statement: str) -> Named:
    rows = server.named(statement)
    if not rows:
        raise DatabaseError(f"expected an answer to {statement}, got none")
    return rows[0]


def _read(parsed: Callable[..., Position], *told: str | int) -> Position:
    """A position of what a server told of it. Raises DatabaseError where that is none."""
    try:
        return parsed(*told)
    except ValueError as error:
        raise DatabaseError(f"expected a position in a binary log: {error}") from error


class View:
    """A primary and its replicas, over connections that stay open. See ``Following``."""

    def __init__(self, primary: Server, replicas: Sequence[Server]) -> None:
        self._primary = primary
        self._replicas = replicas

    def look(self) -> Look:
        """Where the log is now, and each replica in it."""
        where = written(self._primary)
        known = [_replica(replica) for replica in self._replicas]
        return Look(where, [one.replayed if one and one.runs else None for one in known])

    def close(self) -> None:
        """End it. Idempotent."""
        for server in (self._primary, *self._replicas):
            server.close()
