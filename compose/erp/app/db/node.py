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
from typing import Any, TypeAlias

import psycopg
from psycopg_pool import AsyncConnectionPool

Connection: TypeAlias = psycopg.AsyncConnection[Any]

# libpq's own floor for one host; deadlines below it are kept by the caller of `connect`.
CONNECT_TIMEOUT_S = 2
# After this long without a server the pool gives up, and tries anew for the next caller.
RECONNECT_PATIENCE_S = 1.0


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


async def refuse_stale(connection: Connection) -> None:
    """Raises OperationalError if the server has hung up on an idle connection; costs no round trip."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        raise psycopg.OperationalError("the server has closed this idle connection")


class Node:
    """A database and its pool. Opening it does not wait for the server to be there."""

    def __init__(self, name: str, url: str, *, pool_size: int) -> None:
        self.name = name
        self.url = url
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
            check=refuse_stale,
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
        async with self._pool.connection(timeout=seconds) as connection:
            yield connection

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

    @property
    def usage(self) -> dict[str, int]:
        """How the pool is used: connections, idle ones, callers that wait."""
        stats = self._pool.get_stats()
        return {
            "size": stats.get("pool_size", 0),
            "available": stats.get("pool_available", 0),
            "waiting": stats.get("requests_waiting", 0),
        }
