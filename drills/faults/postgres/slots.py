"""A replication slot that nobody reads, for which the server keeps all that is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.postgres.client import YES
from drills.faults.postgres.database import OfDatabase, changed_back, holds, typed
from drills.faults.postgres.statement import Statement
from drills.faults.undo import Operation, Place, Undo
from drills.stack.runtime import Container, Runtime

# The most that a slot may keep, in MB (-1: no limit), and whether there is room for one more slot.
ROOM = Statement(
    "SELECT setting, (SELECT count(*) FROM pg_replication_slots) < "
    "current_setting('max_replication_slots')::int "
    "FROM pg_settings WHERE name = 'max_slot_wal_keep_size'"
)
CREATE = Statement("SELECT pg_create_physical_replication_slot({slot:text}, true)")
DROP = Statement(
    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
    "WHERE slot_name = {slot:text}"
)
CHECKPOINT = Statement("CHECKPOINT")  # what nobody needs any more is removed by one
KEEPS = Statement(
    "SELECT EXISTS (SELECT FROM pg_replication_slots "
    "WHERE slot_name = {slot:text} AND restart_lsn IS NOT NULL)"
)
DROPPED = Statement(
    "SELECT NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = {slot:text})"
)

OPERATIONS: Mapping[str, Operation] = {
    "drop-slot": changed_back(
        lambda undo: [DROP(**undo.arguments), CHECKPOINT()],
        lambda undo: DROPPED(**undo.arguments),
        "without the injection's slot, says the database",
        typed("SELECT pg_drop_replication_slot($${slot}$$)"),
    ),
}


def named(injection: str) -> str:
    """A name that a slot may have."""
    return re.sub(r"[^a-z0-9_]", "_", f"drill_{injection.lower()}")


@dataclass(frozen=True, slots=True)
class SlotLeftBehind(OfDatabase):
    """A replication slot that nobody reads keeps all that is written, and the disk fills.

    Customers notice nothing until it is full. The server gives the slot up at its
    max_slot_wal_keep_size; where that has no limit the fault is refused.
    """

    kind: ClassVar[str] = "slot left behind"
    phrase: ClassVar[str] = "a replication slot that nobody reads"
    label: ClassVar[str] = "slot keeps WAL"
    effect: ClassVar[Effect] = ReadBack(
        "a slot keeps what is written", holds(lambda undo: KEEPS(**undo.arguments))
    )
    by_hand: ClassVar[str] = typed("SELECT pg_create_physical_replication_slot($${slot}$$, true)")

    def find(self, runtime: Runtime, container: Container) -> Mapping[str, str]:
        """There is room for one, and what it keeps has a limit. Raises PlanError."""
        limit, _, room = self._told(runtime, container, ROOM()).partition("|")
        if limit == "-1":
            raise self._refused(
                container,
                "a limit of what a slot keeps",
                "max_slot_wal_keep_size is -1, and its host would run full",
                "ALTER SYSTEM SET max_slot_wal_keep_size = '1GB'",
            )
        if room != YES:
            raise self._refused(container, "room for one more slot", "there is none")
        return {}

    def undo(self, place: Place, injection: str) -> Undo:
        """Drop it, and have removed what it kept."""
        return self._undo("drop-slot", place, slot=named(injection))

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Create it, from now on."""
        return self._say(runtime, place, CREATE(slot=named(injection)))
