"""How far PostgreSQL's log goes, on a primary and on the standbys that replay it, by SQL.

Replication is watched from the primary, because a cut-off replica says that it has no lag. The
primary's own reading of the lag stands still when a replica hangs, so positions are asked for.
"""

from __future__ import annotations

from typing import Protocol

from drills.stack.database import Look, Session
from drills.stack.position import Position, up_to

WRITTEN = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"
REPLAYED = "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn"
_VIEW = """
SELECT pg_current_wal_lsn() - '0/0'::pg_lsn,
       (SELECT CASE WHEN count(replay_lsn) >= {replicas} THEN min(replay_lsn - '0/0'::pg_lsn) END
        FROM pg_stat_replication WHERE state = 'streaming')
"""  # the slowest replica's position, once all of them stream


class Asked(Protocol):
    """A database, as far as it is asked here."""

    def query(self, dsn: str, statement: str) -> list[tuple[object, ...]]:
        """The rows of one statement."""

    def session(self, dsn: str) -> Session:
        """A connection that stays open."""


def written(database: Asked, dsn: str) -> Position:
    """All that a primary has written by now."""
    return up_to(_number(database.query(dsn, WRITTEN)[0][0]))


def replayed(database: Asked, dsn: str) -> Position | None:
    """All that a standby has replayed by now; None on what is none."""
    position = database.query(dsn, REPLAYED)[0][0]
    return None if position is None else up_to(_number(position))


class View:
    """The primary's view of its standbys, over a connection that stays open. See ``Following``."""

    def __init__(self, database: Asked, primary: str, replicas: int) -> None:
        self._session = database.session(primary)
        self._question = _VIEW.format(replicas=int(replicas))

    def look(self) -> Look:
        """Where the log is now, and the slowest standby in it."""
        row = self._session.ask(self._question) or (0, None)
        slowest = None if row[1] is None else up_to(_number(row[1]))
        return Look(up_to(_number(row[0])), [slowest])

    def close(self) -> None:
        """End it. Idempotent."""
        self._session.close()


def _number(position: object) -> int:
    return int(str(position))
