"""Is a database there, and how far behind? Asked on a connection of its own, once a second.

A pool whose connections are all in use says nothing about the server, so health has its own.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from app.db.node import Connection, one_row, severed_after

# Zero when everything received is replayed: an idle primary must not look like a growing lag.
QUESTION = """
    SELECT pg_is_in_recovery(),
           CASE WHEN NOT pg_is_in_recovery() THEN NULL
                WHEN pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn() THEN 0
                ELSE greatest(0, extract(epoch FROM now() - pg_last_xact_replay_timestamp()))
           END::float8,
           EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')
"""
CHECK_LIMIT_S = 0.8
LAG_LIMIT_S = 1.0


@dataclass(frozen=True)
class Sight:
    """One look at a database. `lag_s` and `streaming` speak of a standby only."""

    up: bool
    latency_ms: float | None = None
    in_recovery: bool | None = None
    lag_s: float | None = None
    streaming: bool = False
    error: str | None = None

    @property
    def status(self) -> str:
        """up, down or lagging; a standby whose stream is cut is lagging, whatever its lag says."""
        if not self.up:
            return "down"
        if self.in_recovery and (not self.streaming or (self.lag_s or 0.0) > LAG_LIMIT_S):
            return "lagging"
        return "up"


class Watch:
    """Looks at one database; callers at the same moment share one look."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._looking: asyncio.Task[Sight] | None = None

    async def look(self) -> Sight:
        """A fresh look, at most CHECK_LIMIT_S long. Never raises."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def close(self) -> None:
        """Hangs up."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                await self._connection.close()

    async def _look(self) -> Sight:
        try:
            return await self._ask_twice()
        except TimeoutError:
            error = f"no answer within {CHECK_LIMIT_S:g} s"
        except (psycopg.Error, OSError) as failure:
            error = type(failure).__name__
        await self.close()
        self._connection = None
        return Sight(up=False, error=error)

    async def _ask_twice(self) -> Sight:
        """A connection that died while idle proves nothing: one more try on a new one."""
        deadline = time.monotonic() + CHECK_LIMIT_S
        if self._connection is not None:
            with suppress(psycopg.OperationalError):
                return await self._ask(self._connection, deadline)
            await self.close()
            self._connection = None
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            self._connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, application_name="erp-health"
            )
        return await self._ask(self._connection, deadline)

    async def _ask(self, connection: Connection, deadline: float) -> Sight:
        asked = time.monotonic()
        with severed_after(deadline - asked, connection):
            in_recovery, lag, streaming = await one_row(connection, QUESTION)
        return Sight(
            up=True,
            latency_ms=round((time.monotonic() - asked) * 1000, 2),
            in_recovery=in_recovery,
            lag_s=None if lag is None else round(lag, 3),
            streaming=streaming,
        )
