"""What a drill under way knows of writes: of any database of a node, and of the ledger by now."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.errors import PlanError
from drills.observers.written import Written
from drills.stack.data import Data, Node
from drills.testing import FakeDatabase, FakeRuntime, ManualClock

DSN = "postgresql://observer:secret@{host}:{port}/erp?connect_timeout=2"
DATA = Data(
    writes="orders",
    final_read="SELECT id FROM orders",
    nodes={"primary": Node(service="db", dsn=DSN, role="primary")},
)


@pytest.fixture
def runtime() -> FakeRuntime:
    runtime = FakeRuntime(ManualClock(), {"db": 1, "app": 1})
    runtime.ports["db", 5432] = ("127.0.0.1", 4711)
    return runtime


def test_any_database_of_a_node_is_read_as_in_the_end(runtime: FakeRuntime, tmp_path: Path) -> None:
    """Where it is published now, by the observer's own DSN; only the name is another."""
    database = FakeDatabase()
    database.on("FROM orders", [("W1",), ("w2",)])
    written = Written(DATA, database, runtime, tmp_path)
    assert written.held("db", "a copy") == {"w1": 1, "w2": 1}
    ((dsn, _),) = database.asked
    assert dsn == "postgresql://observer:secret@127.0.0.1:4711/a%20copy?connect_timeout=2"


def test_a_service_without_a_node_cannot_be_asked(runtime: FakeRuntime, tmp_path: Path) -> None:
    """Its name is told."""
    written = Written(DATA, FakeDatabase(), runtime, tmp_path)
    with pytest.raises(PlanError, match="to be of app, found none"):
        written.held("app", "erp")


def test_the_ledger_is_what_was_noted_by_now(runtime: FakeRuntime, tmp_path: Path) -> None:
    """Nobody has written yet."""
    assert list(Written(DATA, FakeDatabase(), runtime, tmp_path).told()) == []
