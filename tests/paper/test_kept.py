"""Whole drills of stacks whose writes are kept in MariaDB, or that only a command tells of."""

from __future__ import annotations

from typing import Any

import pytest

from drills.errors import SteadyStateNotReached
from drills.faults import Stop
from drills.journal.facts import FinalReadDone
from drills.judgement.result import DrillResult
from drills.stack.database import DatabaseError
from drills.stack.runtime import Container, Executed
from tests.doubles.drilled import NOTHING_LOST, REPLICA, STREAMS, events, steady, wound_up
from tests.doubles.world import World

LISTED = {"writes": "orders", "nodes": {"queue": {"service": "primary", "command": ["list"]}}}
DSN = "mariadb://observer:observer-password@{host}:{port}/erp"
FOLLOWED = {
    "writes": "orders",
    "final_read": "SELECT id FROM orders",
    "nodes": {
        "primary": {"service": "primary", "dsn": DSN},
        "replica": {"service": "replica", "dsn": DSN, "role": "replica"},
    },
}


class List:
    """A list of the world's orders, that a command prints; at the end it may lack some, or fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lacks = 0
        self.twice = 0
        self.fails = False
        world.data = LISTED
        world.runtime.answer("list", with_=self.printed)

    def printed(self, _container: Container, _line: tuple[str, ...]) -> Executed:
        if self.fails:
            return Executed(1, b"Connection refused")
        orders = self.world.orders[self.lacks :] + self.world.orders[: self.twice]
        return Executed(0, "".join(f"{order}\n" for order in orders).encode())


@pytest.fixture
def listed(world: World) -> List:
    return List(world)


def drilled(drills: Any, listed: List, **at_the_end: Any) -> DrillResult:
    """A drill in which the replica stops; what the list is like from then on."""
    drill = steady(drills())
    drill.start_workload({"orders": 20.0})
    with drill.inject(Stop(), REPLICA):
        drill.expect(NOTHING_LOST)
    for name, value in at_the_end.items():
        setattr(listed, name, value)
    result: DrillResult = drill.conclude(None)
    wound_up(listed.world, drill, result)
    assert events(drill, FinalReadDone)
    return result


@pytest.mark.parametrize(
    ("at_the_end", "verdict"),
    [({}, "met"), ({"lacks": 1}, "missed"), ({"fails": True}, "inconclusive")],
    ids=["all is there", "one is lost", "it cannot be read"],
)
def test_what_a_command_prints_is_held_against_the_ledger(
    drills: Any, listed: List, at_the_end: dict[str, Any], verdict: str
) -> None:
    """What could not be read is neither lost nor there."""
    assert drilled(drills, listed, **at_the_end).verdict == verdict


def test_one_that_is_there_twice_is_counted(drills: Any, listed: List) -> None:
    """It is no loss."""
    result = drilled(drills, listed, twice=1)
    assert (result.verdict, result.data.duplicated) == ("met", 1)


def test_a_replica_of_mariadb_is_watched_by_its_own_words(world: World, drills: Any) -> None:
    """It does not follow while it is stopped, and follows again when it is back."""
    world.data, database = FOLLOWED, world.database
    for name in ("primary", "replica"):
        world.runtime.ports[name, 3306] = world.runtime.ports[name, 5432]
    database.on("log_bin", [{"log_bin": 1}])
    database.on("gtid_slave_pos", [{"written": "0-1-5", "replayed": "0-1-5"}])
    database.on("REPLICAS STATUS", lambda _: [_status("Yes" if world.replicates else "No")])
    drill = steady(drills())
    drill.start_workload({"orders": 20.0})
    with drill.inject(Stop(), REPLICA):
        drill.expect(NOTHING_LOST)
    drill.expect(STREAMS)
    result = drill.conclude(None)
    assert result.verdict == "met"
    lags = [
        sample.outcome.value for sample in drill.observers.observations().samples["replication"]
    ]
    assert {"ok", "error"} <= set(lags)


def test_who_may_not_ask_a_replica_is_told_so_before_any_fault(world: World, drills: Any) -> None:
    """What cannot be known is no steady state, and its reason is the server's own."""
    world.data, database = FOLLOWED, world.database
    for name in ("primary", "replica"):
        world.runtime.ports[name, 3306] = world.runtime.ports[name, 5432]
    database.on("log_bin", [{"log_bin": 1}])
    database.on("gtid_slave_pos", [{"written": "0-1-5", "replayed": "0-1-5"}])
    database.on("STATUS", DatabaseError("Access denied; you need REPLICA MONITOR"))
    with pytest.raises(SteadyStateNotReached, match="replication error Access denied; you need"):
        drills(steady_within=1.0).reach_steady_state()


def _status(runs: str) -> dict[str, object]:
    return {"Slave_IO_Running": runs, "Slave_SQL_Running": "Yes"}
