"""How far MySQL and MariaDB say that they are: each in its own words, old and new."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from drills.stack.binlog import NotUnderstood
from drills.stack.database import DatabaseError
from drills.stack.position import of_file, of_mariadb, of_mysql
from drills.testing import FakeDatabase

MARIADB, MYSQL = "mariadb://u:p@h/shop", "mysql://u:p@h/shop"
UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
RUNS = {"Replica_IO_Running": "Yes", "Replica_SQL_Running": "Yes"}
PLACE = {"Relay_Source_Log_File": "binlog.000003", "Exec_Source_Log_Pos": 154}


@pytest.fixture
def database() -> FakeDatabase:
    """A primary with a binary log, and with it a replica that replays it."""
    database = FakeDatabase()
    database.on("log_bin", [{"log_bin": 1}])
    database.on("gtid_slave_pos", [{"written": "0-1-8", "replayed": "0-2-5"}])
    database.on("gtid_executed", [{"mode": "ON", "executed": f"{UUID}:1-5"}])
    database.on("REPLICA", [{**RUNS, **PLACE}])
    return database


def old(row: Mapping[str, object]) -> dict[str, object]:
    """A row in the words of before."""
    return {
        name.replace("Replica_", "Slave_").replace("Source_", "Master_"): said
        for name, said in row.items()
    }


def test_mariadb_tells_by_its_own_numbers(database: FakeDatabase) -> None:
    """What it wrote itself, or what it replayed before it became the primary."""
    assert database.written(MARIADB) == of_mariadb("0-1-8")
    assert database.replayed(MARIADB) == of_mariadb("0-2-5")


def test_mysql_tells_by_sets(database: FakeDatabase) -> None:
    """Where it keeps them."""
    assert database.written(MYSQL) == database.replayed(MYSQL) == of_mysql(f"{UUID}:1-5")


@pytest.mark.parametrize("words", ["SHOW BINARY LOG STATUS", "SHOW MASTER STATUS"])
def test_mysql_without_sets_tells_by_its_files(database: FakeDatabase, words: str) -> None:
    """As it is by default; in the words of today and of before."""
    database.on("gtid_executed", [{"mode": "OFF", "executed": ""}])
    database.on(words, [{"File": "binlog.000003", "Position": 157}])
    database.on("LOG STATUS", NotUnderstood("ProgrammingError: near 'BINARY LOG STATUS'"))
    assert database.written(MYSQL) == of_file("binlog.000003", 157)
    database.on("REPLICA", [old({**RUNS, **PLACE})])
    assert database.replayed(MYSQL) == of_file("binlog.000003", 154)


@pytest.mark.parametrize("dsn", [MARIADB, MYSQL])
def test_a_primary_without_a_log_is_not_known_to_be_followed(
    database: FakeDatabase, dsn: str
) -> None:
    """Nobody knows how far it has written, so nobody is called up to date."""
    database.on("log_bin", [{"log_bin": 0}])
    with pytest.raises(DatabaseError, match="expected a primary with a binary log"):
        database.written(dsn)


@pytest.mark.parametrize("dsn", [MARIADB, MYSQL])
def test_who_follows_nobody_is_no_replica(database: FakeDatabase, dsn: str) -> None:
    """It has replayed nothing, however much it holds."""
    database.on("REPLICA", [])
    assert database.replayed(dsn) is None
    assert database.following(dsn, [dsn]).look().replayed == [None]


@pytest.mark.parametrize("thread", ["Replica_IO_Running", "Replica_SQL_Running"])
@pytest.mark.parametrize("said", ["No", "Connecting"])
@pytest.mark.parametrize("dsn", [MARIADB, MYSQL])
def test_a_thread_that_does_not_run_is_not_following(
    database: FakeDatabase, dsn: str, thread: str, said: str
) -> None:
    """Of any of its sources, in the words of today and of before."""
    whole = {**RUNS, **PLACE}
    database.on("REPLICA", [whole])
    assert database.following(dsn, [dsn]).look().replayed == [database.replayed(dsn)]
    for row in ({**whole, thread: said}, old({**whole, thread: said})):
        database.on("REPLICA", [whole, row])
        assert database.following(dsn, [dsn]).look().replayed == [None]


def test_words_that_mean_nothing_prove_nothing(database: FakeDatabase) -> None:
    """A status without its columns, and a position that is none."""
    database.on("REPLICA", [{"Seconds_Behind_Source": 0}])
    with pytest.raises(DatabaseError, match="expected Replica_IO_Running in the status"):
        database.replayed(MYSQL)
    database.on("gtid_slave_pos", [{"written": "all of it", "replayed": ""}])
    with pytest.raises(DatabaseError, match="expected a position in a binary log"):
        database.written(MARIADB)
