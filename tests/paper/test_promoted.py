"""A replica that was promoted while a drill was under way is its primary from then on."""

from __future__ import annotations

from typing import Any

from psycopg import conninfo

from drills.faults import Stop
from drills.journal.facts import FinalReadDone, ReplicaPromoted
from drills.wait import until
from tests.doubles.drilled import REPLICA, events, steady
from tests.doubles.world import World


def test_it_is_asked_for_redundancy_and_what_it_holds_is_what_counts(
    world: World, drills: Any
) -> None:
    """The one that was the primary is asked how far it has come, as a replica is."""
    elsewhere = "localhost", world.service.address[1]
    world.runtime.ports["replica", 5432] = elsewhere
    drill = steady(drills())
    told = ReplicaPromoted("replica takes writes", node="replica", service="replica")
    with drill.inject(Stop(), REPLICA):
        drill.journal.write(told)
        world.runtime.start(world.replica)
        database, asked = world.database, len(world.database.asked)
        database.unreachable = lambda dsn: "127.0.0.1" in dsn  # it was lost, and answers no more
        until(
            lambda: (elsewhere[0], "pg_stat_replication") in said(world, asked),
            awaited="the promoted one is asked for its replicas",
            within=20,
        )
        database.unreachable = lambda _dsn: False
        drill.conclude(None)
    assert events(drill, FinalReadDone)
    questions = said(world, asked)
    assert (elsewhere[0], "pg_current_wal_lsn") in questions
    assert ("127.0.0.1", "pg_last_wal_replay_lsn") in questions
    assert (elsewhere[0], "pg_last_wal_replay_lsn") not in questions


def said(world: World, since: int) -> set[tuple[str, str]]:
    """Who was asked what since then."""
    words = ("pg_stat_replication", "pg_last_wal_replay_lsn", "SELECT pg_current_wal_lsn")
    return {
        (str(conninfo.conninfo_to_dict(dsn)["host"]), word.removeprefix("SELECT "))
        for dsn, statement in world.database.asked[since:]
        for word in words
        if word in statement
    }
