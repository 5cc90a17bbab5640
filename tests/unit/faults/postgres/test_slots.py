"""A slot that nobody reads: only where what it keeps has a limit."""

from __future__ import annotations

import pytest

from drills.errors import PlanError
from drills.faults import SlotLeftBehind
from drills.faults.postgres.slots import named
from drills.journal.facts import FaultIntended
from tests.doubles.databases import Databases


def test_only_our_slot_is_dropped(databases: Databases) -> None:
    """Those of the replicas stay."""
    slots = databases.postgres.catalog.slots(databases.db)
    slots.add("postgres_replica")
    databases.inject(SlotLeftBehind())
    assert slots == {"postgres_replica", "drill_d_1"}
    assert databases.undo() == ""
    assert slots == {"postgres_replica"}


def test_a_host_does_not_run_full(databases: Databases) -> None:
    """Without a limit of what a slot keeps nothing is done."""
    databases.postgres.catalog.limit = -1
    with pytest.raises(PlanError, match=r"max_slot_wal_keep_size is -1.*Hint: ALTER SYSTEM"):
        databases.inject(SlotLeftBehind())
    assert databases.on_disk(FaultIntended) == []


def test_there_has_to_be_room_for_one_more(databases: Databases) -> None:
    """A replica that comes back needs its own."""
    databases.postgres.catalog.room = 0
    with pytest.raises(PlanError, match="expected room for one more slot, there is none"):
        databases.inject(SlotLeftBehind())
    assert databases.on_disk(FaultIntended) == []


@pytest.mark.parametrize(
    ("injection", "slot"), [("1a2b-3", "drill_1a2b_3"), ("A.b c", "drill_a_b_c")]
)
def test_a_slot_has_a_name_that_one_may_have(injection: str, slot: str) -> None:
    """Small letters, digits and underscores."""
    assert named(injection) == slot
