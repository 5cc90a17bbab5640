"""The door to psycopg: the final read, the primary's view of its replica, statistics.

Replication is watched from the primary, because a cut-off replica says that it has no lag. Lag is
the age of the oldest position that the replica has not replayed; the primary's own reading of it
stands still when a replica hangs.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import psycopg

from drills.clock import Clock
from drills.errors import DrillError, WaitTimeout
from drills.probe import Outcome, Sample
from drills.units import NS
from drills.wait import until
from drills.watcher import Watcher

FINAL_READ_WITHIN = 30  # seconds
_VIEW = """
SELECT pg_current_wal_lsn() - '0/0'::pg_lsn,
       (SELECT max(replay_lsn - '0/0'::pg_lsn) FROM pg_stat_replication WHERE state = 'streaming')
"""


class DatabaseError(DrillError):
    """A database could not be asked."""


def query(dsn: str, statement: str, *, timeout: int = 5) -> list[tuple[object, ...]]:
    """The rows of one read-only statement. Raises DatabaseError without the DSN in its text."""
    try:
        with psycopg.connect(dsn, connect_timeout=timeout, autocommit=True) as connection:
            connection.execute(f"SET statement_timeout = '{int(timeout)}s'")
            return list(connection.execute(statement.encode()).fetchall())
    except psycopg.Error as error:
        raise DatabaseError(f"{type(error).__name__}: {error}".strip()) from error


def final_read(dsn: str, statement: str) -> Mapping[str, int]:
    """How often each id is there. ``statement`` selects one id a row."""
    found: dict[str, int] = {}
    for row in query(dsn, statement, timeout=FINAL_READ_WITHIN):
        found[str(row[0])] = found.get(str(row[0]), 0) + 1
    return found


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
    """Samples the primary's view of its replica, ten times a second, into ``<lane>.jsonl``.

    A sample is good while the replica streams with at most ``max_lag`` seconds of lag; its detail
    is the lag in seconds, "" where there is no replica.
    """

    def __init__(self, dsn: str, max_lag: float, file: Path, clock: Clock) -> None:
        self._dsn = dsn
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
        return query(self._dsn, _VIEW)[0][1] is not None

    def _ask(self) -> None:
        asked = self._clock.monotonic_ns()
        outcome, detail = Outcome.ERROR, ""
        try:
            outcome, detail = self._view(asked)
        except psycopg.Error:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
        answered = self._clock.monotonic_ns()
        row = Sample(self._lane, self._seq, asked, asked, answered, outcome, detail=detail).row()
        self._file.write(json.dumps(row, separators=(",", ":")) + "\n")
        self._seq += 1

    def _view(self, now_ns: int) -> tuple[Outcome, str]:
        if self._connection is None:
            self._connection = psycopg.connect(self._dsn, connect_timeout=2, autocommit=True)
        row = self._connection.execute(_VIEW).fetchone()
        primary, replayed = (int(row[0]), row[1]) if row else (0, None)
        if replayed is None:
            self._lag.seconds(now_ns, primary, 0)
            return Outcome.ERROR, ""
        lag = self._lag.seconds(now_ns, primary, int(replayed))
        return (Outcome.OK if lag <= self._max_lag else Outcome.SLOW), f"{lag:.3f}"
