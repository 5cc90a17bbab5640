"""Faults of a real PostgreSQL and its standby: what customers meet, and that it is as before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from drills.errors import PlanError, WaitTimeout
from drills.faults import CommitsHang, ReplicaCutOff
from drills.faults.postgres.database import OfDatabase
from drills.wait import until
from tests.contract.postgres_pair import PostgresPair

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresPair]:
    """Both, for all tests of this module."""
    with closing(PostgresPair(tmp_path_factory.mktemp("pair") / "journal")) as pair:
        yield pair


@pytest.fixture
def pair(running: PostgresPair) -> Iterator[PostgresPair]:
    """Nothing of what faults may change differs afterwards, and the standby streams."""
    before = running.picture()
    yield running
    assert running.picture() == before
    until(running.streams, awaited="the standby streams again", within=10)


ONE_MORE = "UPDATE items SET quantity = quantity + 1 WHERE id = 1"
HOW_MANY = "SELECT quantity FROM items WHERE id = 1"


def test_a_replica_that_is_cut_off_answers_with_old_data(pair: PostgresPair) -> None:
    """Until it is undone; then it has what was written meanwhile."""
    before = pair.say(HOW_MANY)
    pair.inject(ReplicaCutOff(), "standby")
    pair.effect()
    assert not pair.streams()
    pair.say(ONE_MORE)
    assert pair.say(HOW_MANY) == str(int(before) + 1)
    assert pair.say(HOW_MANY, of=pair.standby) == before
    pair.undo()
    until(
        lambda: pair.say(HOW_MANY, of=pair.standby) == str(int(before) + 1),
        awaited="what was written meanwhile",
        within=10,
    )


def test_commits_hang_and_are_made_when_it_is_undone(pair: PostgresPair) -> None:
    """A client's own time-out does not help; reads go on. A setting that was set is set again."""
    pair.say("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
    altered, before = pair.picture(), pair.say(HOW_MANY)
    pair.inject(CommitsHang(), "postgres")
    pair.effect()
    pair.begin("SET statement_timeout = 200", ONE_MORE)
    until(lambda: pair.customers("IPC"), awaited="the commit waits", within=10)
    with pytest.raises(WaitTimeout):
        until(lambda: not pair.customers("IPC"), awaited="it ends", within=0.5)
    assert pair.say(HOW_MANY) == before
    pair.undo()
    until(lambda: pair.say(HOW_MANY) == str(int(before) + 1), awaited="it is made", within=10)
    assert pair.picture() == altered
    pair.say("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


def test_a_setting_is_put_back_in_a_server_that_was_started_anew(pair: PostgresPair) -> None:
    """It is in its files, so it outlives that."""
    pair.inject(CommitsHang(), "postgres")
    pair.runtime.stop(pair.primary, 5)
    pair.undo()


@pytest.mark.parametrize(
    ("fault", "service", "why"),
    [
        (ReplicaCutOff(), "postgres", "expected a standby, it is a primary"),
        (CommitsHang(role="observer"), "postgres", "expected observer to be a superuser"),
    ],
)
def test_what_cannot_be_done_is_refused(
    pair: PostgresPair, fault: OfDatabase, service: str, why: str
) -> None:
    """Before anything is done or armed."""
    armed = len(pair.intended())
    with pytest.raises(PlanError, match=why):
        pair.inject(fault, service)
    assert len(pair.intended()) == armed
