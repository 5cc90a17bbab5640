"""Where to read: from the replica while it answers, else once more from the primary.

A read that fails on the replica marks it; from then on reads go to the primary straight away, and
the watch, not a customer, finds out once a second whether the replica answers again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import psycopg

from app.core.config import Settings
from app.core.logs import FIELDS
from app.db.node import Connection, Node
from app.db.watch import Sight, Watch
from app.telemetry import DATABASE_UP, READS

PRIMARY, REPLICA, FALLBACK = "primary", "replica", "fallback"
WATCH_INTERVAL_S = 1.0
# A new connection to a live server takes some milliseconds; then the primary is the better choice.
RETRY_PATIENCE_S = 0.05

log = logging.getLogger("erp.databases")
T = TypeVar("T")


class ReadUnavailable(Exception):
    """No database could answer a read."""


class Databases:
    """The primary, the replica if one is configured, and which of them serves reads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        size = settings.pool_size
        self.primary = Node(
            PRIMARY, settings.database_url, pool_size=size, patience_s=settings.write_timeout
        )
        self.replica: Node | None = None
        self.watches = {PRIMARY: Watch(settings.database_url)}
        if settings.reads_from_replica:
            self.replica = Node(
                REPLICA, settings.read_replica_url, pool_size=size, patience_s=RETRY_PATIENCE_S
            )
            self.watches[REPLICA] = Watch(settings.read_replica_url)
        self.replica_trusted = self.replica is not None

    @property
    def configured(self) -> str:
        """Where READ_REPLICA_URL points."""
        return REPLICA if self.replica else PRIMARY

    @property
    def serving(self) -> str:
        """Which database reads are sent to now."""
        return REPLICA if self.replica_trusted else PRIMARY

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Opens the pools and watches until the block ends. Does not wait for a database."""
        nodes = [node for node in (self.primary, self.replica) if node]
        for node in nodes:
            await node.open()
        watching = asyncio.create_task(self._watch_forever())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await asyncio.gather(*(node.close() for node in nodes))

    async def read(self, ask: Callable[[Connection], Awaitable[T]]) -> tuple[T, str]:
        """The answer and the route it took. Raises ReadUnavailable."""
        if self.replica and (self.replica_trusted or not self.settings.read_fallback):
            try:
                return await self._read_from(self.replica, ask), REPLICA
            except psycopg.OperationalError as error:
                self.distrust(error)
                if not self.settings.read_fallback:
                    raise ReadUnavailable("the read replica does not answer") from error
        try:
            answer = await self._read_from(self.primary, ask)
        except psycopg.OperationalError as error:
            raise ReadUnavailable("no database answers") from error
        return answer, FALLBACK if self.replica else PRIMARY

    def read_nodes(self) -> list[tuple[Node, str]]:
        """The databases that a long read may be sent to, in order, each with its route."""
        if self.replica is None:
            return [(self.primary, PRIMARY)]
        if not self.settings.read_fallback:
            return [(self.replica, REPLICA)]
        fallback = (self.primary, FALLBACK)
        return [(self.replica, REPLICA), fallback] if self.replica_trusted else [fallback]

    async def look(self, name: str) -> Sight:
        """A fresh look at the primary or the replica; what it shows takes effect at once."""
        sight = await self.watches[name].look()
        DATABASE_UP.labels(name).set(sight.up)
        if name == REPLICA and sight.up != self.replica_trusted:
            self._trust(sight.up, sight.error)
        return sight

    def distrust(self, error: Exception) -> None:
        """A customer met a replica that does not answer."""
        if self.replica_trusted:
            self._trust(False, type(error).__name__)

    async def _read_from(self, node: Node, ask: Callable[[Connection], Awaitable[T]]) -> T:
        async with node.session(self.settings.read_timeout) as connection:
            answer = await ask(connection)
        READS.labels(node.name).inc()
        return answer

    async def _watch_forever(self) -> None:
        while True:
            await asyncio.gather(*(self.look(name) for name in self.watches))
            await asyncio.sleep(WATCH_INTERVAL_S)

    def _trust(self, up: bool, reason: str | None) -> None:
        self.replica_trusted = up
        message = "replica serves reads" if up else "replica given up, reads go to the primary"
        log.warning(message, extra={FIELDS: {"reason": reason}})
