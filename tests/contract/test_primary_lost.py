"""A primary that is lost with its machine: it comes back as it was, or follows who was promoted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drills.faults import PrimaryLost
from drills.stack.runtime import Container
from drills.wait import until
from tests.contract.faulted import Faulted
from tests.contract.postgres_pair import PRIMARY, STANDBY, asking

pytestmark = pytest.mark.engine

FOLDER = "/var/lib/postgresql"
ROWS = "SELECT string_agg(said, ' ' ORDER BY said) FROM told"
ROLE = "SELECT pg_is_in_recovery()"
STREAMS = "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"
NOBODY = "ALTER SYSTEM SET primary_conninfo = 'host=192.0.2.1'"


class Pair(Faulted):
    """The reference's databases, called as in its stack; the primary's data is on a volume."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, "postgres")
        network, binds = self.network(), [f"{self.volume('data', {})}:{FOLDER}"]
        self.primary = self.add("postgres", (), image=PRIMARY, network=network, binds=binds)
        self.replica = self.add("postgres-replica", (), image=STANDBY, network=network)
        self.awaited(self.replica, STREAMS, "1")
        self.say(self.primary, "CREATE TABLE told (said text)", "INSERT INTO told VALUES ('a')")
        self.awaited(self.replica, ROWS, "a")

    def say(self, container: Container, *statements: str) -> str:
        return self.run(container, *asking("postgres", statements))

    def awaited(self, container: Container, statement: str, answer: str) -> None:
        until(
            lambda: self.say(container, statement) == answer,
            awaited=f"{container.name} says {answer} to {statement}",
            within=30,
            last_seen=lambda: self.say(container, statement),
        )


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """All of it is removed afterwards."""
    pair = Pair(tmp_path / "journal")
    try:
        yield pair
    finally:
        pair.close()


def lose(pair: Pair) -> None:
    """Seen from outside: it does not run, and a start ends at once."""
    pair.inject(PrimaryLost(), "postgres")
    pair.effect()
    pair.runtime.start(pair.primary)
    until(
        lambda: pair.runtime.state(pair.primary).status == "exited",
        awaited="the primary does not come up",
        within=20,
    )
    assert pair.runtime.state(pair.primary).exit_code == 1


def test_it_is_lost_until_its_machine_is_back_and_never_one_of_two(pair: Pair) -> None:
    """Unreplaced it is the primary again; replaced it follows, without what it alone had."""
    before = pair.run(pair.primary, "ls", "-A", FOLDER)
    lose(pair)
    pair.undo(budget=30)
    assert pair.say(pair.primary, ROLE) == "f"
    assert pair.say(pair.primary, ROWS) == "a"
    pair.awaited(pair.replica, STREAMS, "1")
    assert pair.run(pair.primary, "ls", "-A", FOLDER) == before

    pair.say(pair.replica, NOBODY, "SELECT pg_reload_conf()")
    pair.awaited(pair.replica, STREAMS, "0")
    pair.say(pair.primary, "INSERT INTO told VALUES ('lost')")
    lose(pair)
    pair.say(pair.replica, "ALTER SYSTEM RESET primary_conninfo")  # whoever follows copies that
    assert pair.say(pair.replica, "SELECT pg_promote()") == "t"
    pair.say(pair.replica, "INSERT INTO told VALUES ('new')")
    pair.undo(budget=30)
    assert pair.say(pair.primary, ROLE) == "t"
    pair.awaited(pair.primary, STREAMS, "1")
    pair.awaited(pair.primary, ROWS, "a new")
    assert pair.say(pair.replica, ROWS) == "a new"
    assert pair.run(pair.primary, "ls", "-A", FOLDER) == before
    assert pair.helpers() == []
