"""The door to psycopg: the final read, the primary's view of its replica, statistics.

Replication is watched from the primary, because a cut-off replica says that it has no lag. Lag is
the age of the oldest position that the replica has not replayed; the primary's own reading of it
stands still when a replica hangs.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import conninfo

from drills.clock import Clock
from drills.content import canonical, digest, plain
from drills.errors import DrillError, PlanError, WaitTimeout
from drills.ledger import Holding
from drills.probe import Outcome, Sample
from drills.units import NS
from drills.wait import until
from drills.watcher import Watcher

FINAL_READ_WITHIN = 30  # seconds
_VIEW = """
SELECT pg_current_wal_lsn() - '0/0'::pg_lsn,
       (SELECT CASE WHEN count(replay_lsn) >= {replicas} THEN min(replay_lsn - '0/0'::pg_lsn) END
        FROM pg_stat_replication WHERE state = 'streaming')
"""  # the slowest replica's position, once all of them stream


# What a server that answers says where the data that is asked for is not there: no such table,
# schema, database, column.
_GONE = frozenset({"42P01", "3F000", "3D000", "42703"})


class DatabaseError(DrillError):
    """A database could not be asked."""


class DataGone(DatabaseError):
    """The database answers, and what keeps the data is not there: table, schema, database."""


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


class Lag:
    """Seconds of lag from positions seen: how long ago the primary passed the replica's."""

    def __init__(self) -> None:
        self._passed: deque[tuple[int, int]] = deque()

    def seconds(self, now_ns: int, primary: int, replayed: int) -> float:
        """Note the primary's position now; return the age of the oldest one not replayed."""
        if not self._passed or primary > self._passed[-1][1]:
            self._passed.append((now_ns, primary))
        while self._passed and self._passed[0][1] <= replayed:
            self._passed.popleft()
        return (now_ns - self._passed[0][0]) / NS if self._passed else 0.0


class ReplicationWatch:
    """Samples the primary's view of its replicas, ten times a second, into ``<lane>.jsonl``.

    ``dsn`` tells where the primary is now; it is asked before each connection.
    A sample is good while all of them stream with at most ``max_lag`` seconds of lag; its detail
    is the lag of the slowest in seconds, "" where one is missing.
    """

    def __init__(
        self,
        dsn: Callable[[], str],
        max_lag: float,
        file: Path,
        clock: Clock,
        replicas: int = 1,
    ) -> None:
        self._dsn = dsn
        self._question = _VIEW.format(replicas=int(replicas))
        self._max_lag = max_lag
        self._clock = clock
        self._lag = Lag()
        self._connection: psycopg.Connection | None = None
        self._file = file.open("a", encoding="ascii", buffering=1)
        self._lane = file.stem
        self._seq = 0
        self._watcher = Watcher("replication", self._ask, interval=0.1)

    def start(self) -> None:
        """Begin to watch."""
        self._watcher.start()

    def stop(self) -> None:
        """End. Idempotent."""
        self._watcher.stop()
        if self._connection is not None:
            self._connection.close()
        self._file.close()

    def streaming(self) -> bool:
        """Whether a replica streams now. Raises DatabaseError when the primary cannot be asked."""
        return query(self._dsn(), self._question)[0][1] is not None

    def _ask(self) -> None:
        asked = self._clock.monotonic_ns()
        outcome, detail = Outcome.ERROR, ""
        try:
            outcome, detail = self._view(asked)
        except (psycopg.Error, DrillError):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
        answered = self._clock.monotonic_ns()
        row = Sample(self._lane, self._seq, asked, asked, answered, outcome, detail=detail).row()
        self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
        self._seq += 1

    def _view(self, now_ns: int) -> tuple[Outcome, str]:
        if self._connection is None:
            self._connection = psycopg.connect(self._dsn(), connect_timeout=2, autocommit=True)
        row = self._connection.execute(self._question.encode()).fetchone()
        primary, replayed = (int(row[0]), row[1]) if row else (0, None)
        if replayed is None:
            self._lag.seconds(now_ns, primary, 0)
            return Outcome.ERROR, ""
        lag = self._lag.seconds(now_ns, primary, int(replayed))
        return (Outcome.OK if lag <= self._max_lag else Outcome.SLOW), f"{lag:.3f}"
