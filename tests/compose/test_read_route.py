"""Where reads go: the replica while it answers, else the primary once, else nowhere."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import psycopg
import pytest

from app.core.config import Settings
from app.db.databases import Databases, ReadUnavailable
from app.db.node import Connection, hung_up, severed_after
from app.db.watch import Sight

PRIMARY = "postgresql://erp:made-up@postgres:5432/sme_erp"
REPLICA = "postgresql://erp:made-up@postgres-replica:5432/sme_erp"


class FakeNode:
    """A database that answers with its own name, or fails."""

    def __init__(self, name: str) -> None:
        self.name, self.down, self.asked = name, False, 0

    @asynccontextmanager
    async def session(self, seconds: float) -> AsyncIterator[str]:
        self.asked += 1
        if self.down:
            raise psycopg.OperationalError("refused")
        yield self.name


class FakeWatch:
    def __init__(self) -> None:
        self.sight = Sight(up=True)

    async def look(self) -> Sight:
        return self.sight


class Site:
    """The two databases of an ERP, with switches to break them."""

    def __init__(self, *, fallback: bool = True, replica_url: str = REPLICA) -> None:
        settings = Settings(PRIMARY, replica_url, "x" * 32, read_fallback=fallback)
        self.databases = Databases(settings)
        self.primary, self.replica = FakeNode("primary"), FakeNode("replica")
        self.watch = FakeWatch()
        self.databases.primary = cast(Any, self.primary)
        if self.databases.replica:
            self.databases.replica = cast(Any, self.replica)
        self.databases.watches["replica"] = cast(Any, self.watch)

    def read(self) -> tuple[object, str]:
        async def ask(connection: Connection) -> object:
            return connection

        return asyncio.run(self.databases.read(ask))

    def look(self, *, up: bool) -> None:
        self.watch.sight = Sight(up=up)
        asyncio.run(self.databases.look("replica"))


def test_reads_are_served_by_the_replica() -> None:
    """The primary is spared."""
    site = Site()
    assert site.read() == ("replica", "replica")
    assert site.primary.asked == 0


def test_a_read_that_fails_on_the_replica_is_answered_by_the_primary() -> None:
    """The customer sees an answer, and its route says how it was had."""
    site = Site()
    site.replica.down = True
    assert site.read() == ("primary", "fallback")
    assert site.databases.serving == "primary"


def test_a_replica_given_up_is_not_asked_by_customers() -> None:
    """One customer pays for finding out, not everyone."""
    site = Site()
    site.replica.down = True
    for _ in range(5):
        assert site.read() == ("primary", "fallback")
    assert site.replica.asked == 1


def test_the_watch_brings_a_replica_back() -> None:
    """Reads return to it when it is seen to answer."""
    site = Site()
    site.replica.down = True
    site.read()
    site.replica.down = False
    site.look(up=True)
    assert site.read() == ("replica", "replica")


def test_the_watch_gives_a_replica_up_before_a_customer_meets_it() -> None:
    """A replica seen down is not asked."""
    site = Site()
    site.look(up=False)
    assert site.read() == ("primary", "fallback")
    assert site.replica.asked == 0


def test_without_the_fallback_a_failed_read_fails() -> None:
    """READ_FALLBACK=off proves that a drill notices."""
    site = Site(fallback=False)
    site.replica.down = True
    for _ in range(2):
        with pytest.raises(ReadUnavailable):
            site.read()
    assert site.primary.asked == 0


def test_without_the_fallback_a_replica_that_is_back_serves_at_once() -> None:
    """Nothing else could answer, so it is asked each time."""
    site = Site(fallback=False)
    site.replica.down = True
    with pytest.raises(ReadUnavailable):
        site.read()
    site.replica.down = False
    assert site.read() == ("replica", "replica")


def test_after_the_runbooks_fail_over_the_primary_is_the_read_side() -> None:
    """READ_REPLICA_URL names the primary: a plain route, no fallback."""
    site = Site(replica_url=PRIMARY)
    assert site.read() == ("primary", "primary")
    assert (site.databases.configured, site.databases.serving) == ("primary", "primary")


def test_when_no_database_answers_the_read_says_so() -> None:
    """One try each, then an error."""
    site = Site()
    site.replica.down = site.primary.down = True
    with pytest.raises(ReadUnavailable):
        site.read()
    assert (site.replica.asked, site.primary.asked) == (1, 1)


@pytest.mark.parametrize(
    ("sight", "status"),
    [
        (Sight(up=False), "down"),
        (Sight(up=True, in_recovery=False), "up"),
        (Sight(up=True, in_recovery=True, streaming=True, lag_s=0.2), "up"),
        (Sight(up=True, in_recovery=True, streaming=True, lag_s=3.0), "lagging"),
        # PostgreSQL reports no lag at all once the link is cut.
        (Sight(up=True, in_recovery=True, streaming=False, lag_s=0.0), "lagging"),
    ],
)
def test_a_replica_is_up_only_while_it_follows(sight: Sight, status: str) -> None:
    """A standby that answers but does not stream is lagging, whatever its lag says."""
    assert sight.status == status


class SocketConnection:
    """What the deadline and the dead-connection check need of a connection."""

    def __init__(self) -> None:
        self.ours, self.server = socket.socketpair()
        self.ours.setblocking(False)

    def fileno(self) -> int:
        return self.ours.fileno()

    def close(self) -> None:
        self.ours.close()
        self.server.close()


@pytest.fixture
def peer() -> Any:
    connection = SocketConnection()
    yield connection
    connection.close()


def test_a_deadline_ends_the_wait_for_a_server_that_never_answers(peer: Any) -> None:
    """A frozen server is silent for ever; the wait on its socket ends all the same."""

    async def wait() -> bytes:
        with severed_after(0.01, peer):
            return await asyncio.get_running_loop().sock_recv(peer.ours, 1)

    assert asyncio.run(asyncio.wait_for(wait(), 10)) == b""


def test_a_deadline_that_is_met_leaves_the_connection_alone(peer: Any) -> None:
    """The timer goes with the block."""

    async def wait() -> bytes:
        loop = asyncio.get_running_loop()
        later = asyncio.Event()
        with severed_after(0.02, peer):
            # Timers fire in the order of their times, however busy the machine is.
            loop.call_later(0.04, later.set)
        await later.wait()
        peer.server.sendall(b"x")
        return await loop.sock_recv(peer.ours, 1)

    assert asyncio.run(wait()) == b"x"


def test_an_idle_connection_whose_server_left_is_seen_without_asking(peer: Any) -> None:
    """A restart leaves dead connections in the pool; none is handed to a customer."""
    assert not hung_up(peer)
    peer.server.close()
    assert hung_up(peer)
