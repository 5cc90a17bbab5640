"""A MariaDB and its replica: how far it follows, what cannot be known, and backups by its tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from drills.clock import SystemClock
from drills.runbook.action import Action
from drills.runbook.dumps import dumps_of
from drills.stack.database import DatabaseError, await_replay
from drills.stack.dsn import Product
from drills.stack.mysql import MySQL
from drills.wait import until
from tests.contract.mariadb_pair import OBSERVER, MariaDBPair

pytestmark = pytest.mark.engine
WRITE = "INSERT INTO shop.orders VALUES (UUID(), 1)"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDBPair]:
    """Both, for all tests of this module."""
    with closing(MariaDBPair(tmp_path_factory.mktemp("pair") / "journal")) as pair:
        yield pair


@pytest.fixture
def pair(running: MariaDBPair) -> MariaDBPair:
    """The replica follows."""
    running.say("START SLAVE", of=running.spare)
    return running


def replays(pair: MariaDBPair, within: float) -> bool:
    """Whether the replica has all that the primary wrote by now, in so many seconds."""
    dsns = pair.dsn("db"), pair.dsn("spare")
    return await_replay(pair.database, *dsns, within=within, clock=SystemClock())


def test_a_replica_replays_what_its_primary_wrote(pair: MariaDBPair) -> None:
    """It is waited for, and what it does not apply is not called replayed."""
    pair.say(WRITE)
    assert replays(pair, 10)
    pair.say("STOP SLAVE SQL_THREAD", of=pair.spare)
    pair.say(WRITE)
    assert not replays(pair, 0.5)
    pair.say("START SLAVE", of=pair.spare)
    assert replays(pair, 10)


@pytest.mark.parametrize("thread", ["SQL_THREAD", "IO_THREAD"])
def test_a_replica_that_does_not_follow_is_seen(pair: MariaDBPair, thread: str) -> None:
    """Whichever of its threads does not run, and from where it stands it is known how far."""
    with closing(pair.database.following(pair.dsn("db"), [pair.dsn("spare")])) as following:

        def caught_up() -> bool:
            look = following.look()
            (replayed,) = look.replayed
            return replayed is not None and replayed.reaches(look.written)

        pair.say(WRITE)
        until(caught_up, awaited="it has caught up", within=10)
        pair.say(f"STOP SLAVE {thread}", of=pair.spare)
        assert following.look().replayed == [None]
        pair.say("START SLAVE", of=pair.spare)
        until(caught_up, awaited="it follows again", within=10)


def test_a_primary_is_no_replica(pair: MariaDBPair) -> None:
    """Nor is anything known of whoever follows nobody."""
    assert pair.database.replayed(pair.dsn("db")) is None
    with closing(pair.database.following(pair.dsn("spare"), [pair.dsn("db")])) as following:
        assert following.look().replayed == [None]


def test_who_may_not_look_is_told_so(pair: MariaDBPair) -> None:
    """It is not taken for a replica that follows, nor for one that does not."""
    pair.say("CREATE USER guest@'%' IDENTIFIED BY 'drill-only'", "GRANT SELECT ON *.* TO guest@'%'")
    guest = OBSERVER.replace("observer", "guest")
    assert replays(pair, 10)
    with pytest.raises(DatabaseError, match=r"Access denied; you need .* (REPLICA|SLAVE) MON"):
        pair.database.replayed(pair.dsn("spare", guest))


def test_nothing_is_written_and_all_is_bounded_in_time(pair: MariaDBPair) -> None:
    """By whoever may do all; what is slow is ended by the server."""
    pair.say("GRANT ALL ON shop.* TO 'observer'@'%'")
    mysql, dsn = MySQL(), pair.dsn("db")
    for statement in (WRITE, "DROP TABLE orders", "DELETE FROM orders", "TRUNCATE orders"):
        with pytest.raises(DatabaseError, match="READ ONLY transaction"):
            mysql.query(dsn, statement)
    with pytest.raises(DatabaseError, match="max_statement_time"):
        mysql.query(dsn, "SELECT SLEEP(5)", timeout=1)
    assert mysql.query(dsn, "SELECT 1") == [(1,)]


def test_the_words_of_older_servers_are_known(pair: MariaDBPair) -> None:
    """What a server does not understand closes no connection."""
    with closing(MySQL().session(pair.dsn("spare"))) as server:
        with pytest.raises(DatabaseError):
            server.named("SHOW NOBODY STATUS")
        (row,) = server.named("SHOW ALL SLAVES STATUS")
        assert row["Slave_SQL_Running"] == "Yes"


FILE = "/var/lib/mysql/a.sql"
DUMPED = Action(
    action="back up", says="Dump", service="db", database="shop", file=FILE, role="mysql"
)
COPY = replace(DUMPED, database="copy")


def test_a_dump_is_filled_into_a_database_of_its_own(pair: MariaDBPair) -> None:
    """By its own tools; and one that is torn fails, and is not taken for a whole one."""
    tools = dumps_of(Product.MARIADB)
    held = pair.say(WRITE, "SELECT id FROM shop.orders ORDER BY id")
    for command in (tools.dump(DUMPED), tools.create(COPY), tools.fill(COPY)):
        assert pair.runtime.execute(pair.db, command).exit_code == 0
    assert pair.say("SELECT id FROM copy.orders ORDER BY id") == held
    assert pair.runtime.execute(pair.db, tools.create(COPY)).exit_code != 0
    pair.run(pair.db, "sh", "-c", f"sed -i 's/^INSERT INTO `orders`/INSERT INTO `x`/' {FILE}")
    assert pair.runtime.execute(pair.db, tools.fill(COPY)).exit_code != 0
    assert pair.runtime.execute(pair.db, tools.drop(COPY)).exit_code == 0
    assert pair.runtime.execute(pair.db, tools.fill(COPY)).exit_code != 0
    assert pair.runtime.execute(pair.db, tools.dump(COPY)).exit_code != 0
