"""One database server: a pool of connections, each use of one under a deadline that holds.

A frozen server answers nothing and refuses nothing, not even the cancellation of a query. So a
deadline here does not ask: it shuts the connection's socket down, and whatever waits on it fails.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, LiteralString, TypeAlias

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

Connection: TypeAlias = psycopg.AsyncConnection[Any]

# libpq's own floor for one host; deadlines below it are kept by the caller of `connect`.
CONNECT_TIMEOUT_S = 2
# After this long without a server the pool gives up, and tries anew for the next caller.
RECONNECT_PATIENCE_S = 1.0


async def one_row(connection: Connection, query: LiteralString, *values: object) -> TupleRow:
    """The only row of a question that always has one."""
    row: TupleRow | None = await (await connection.execute(query, values or None)).fetchone()
    if row is None:
        raise psycopg.DataError("expected a row, got none")
    return row


def sever(connection: Connection) -> None:
    """Ends a connection from outside, whatever it is waiting for."""
    with suppress(psycopg.Error, OSError):
        peer = socket.socket(fileno=os.dup(connection.fileno()))
        try:
            peer.shutdown(socket.SHUT_RDWR)
        finally:
            peer.close()


@contextmanager
def severed_after(seconds: float, connection: Connection) -> Iterator[None]:
    """Severs `connection` if the block is still running after `seconds`."""
    timer = asyncio.get_running_loop().call_later(max(0.0, seconds), sever, connection)
    try:
        yield
    finally:
        timer.cancel()


def hung_up(connection: Connection) -> bool:
    """Whether the server has ended an idle connection; costs no round trip."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class Node:
    """A database and its pool. Opening it does not wait for the server to be there.

    A server that restarted leaves dead connections in the pool. They are thrown away unseen by the
    caller, who then waits at most `patience_s` for a new one: long where there is no alternative
    to this server, hardly at all where there is.
    """

    def __init__(self, name: str, url: str, *, pool_size: int, patience_s: float) -> None:
        self.name = name
        self._patience_s = patience_s
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_TIMEOUT_S,
                "application_name": "erp",
            },
            min_size=1,
            max_size=pool_size,
            open=False,
            name=name,
            reconnect_timeout=RECONNECT_PATIENCE_S,
            max_idle=60,
        )

    async def open(self) -> None:
        """Starts connecting in the background."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Closes the connections; those in use are given a second."""
        await self._pool.close(timeout=1.0)

    @asynccontextmanager
    async def connection(self, seconds: float) -> AsyncIterator[Connection]:
        """A connection, waited for at most `seconds`; how long it is used is the caller's affair.

        Raises psycopg.OperationalError (also: PoolTimeout) when there is none.
        """
        connection = await self._live(seconds)
        try:
            async with connection:
                yield connection
        finally:
            await self._pool.putconn(connection)

    @asynccontextmanager
    async def session(self, seconds: float) -> AsyncIterator[Connection]:
        """A connection for at most `seconds`, the wait for it included.

        Raises psycopg.OperationalError (also: PoolTimeout) when there is none or it fails.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        async with self.connection(seconds) as connection:
            with severed_after(deadline - loop.time(), connection):
                yield connection

    async def _live(self, seconds: float) -> Connection:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            connection = await self._pool.getconn(timeout=deadline - loop.time())
            if not hung_up(connection):
                return connection
            await connection.close()
            await self._pool.putconn(connection)
            deadline = min(deadline, loop.time() + self._patience_s)

    @property
    def usage(self) -> dict[str, int]:
        """How the pool is used: connections, idle ones, callers that wait."""
        stats = self._pool.get_stats()
        return {
            "size": stats.get("pool_size", 0),
            "available": stats.get("pool_available", 0),
            "waiting": stats.get("requests_waiting", 0),
        }
