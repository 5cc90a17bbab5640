"""Faults of a PostgreSQL database, made with its own functions and read back from it."""

from __future__ import annotations

from collections.abc import Mapping

from drills.faults.fault import Fault
from drills.faults.postgres import (
    access,
    lost,
    migrations,
    pages,
    replay,
    roles,
    sessions,
    settings,
    slots,
    tables,
)
from drills.faults.postgres.access import AccessRejected
from drills.faults.postgres.lost import ReplicaDataLost
from drills.faults.postgres.migrations import MigrationMissing
from drills.faults.postgres.pages import IndexPageCorrupted, TablePageCorrupted
from drills.faults.postgres.replay import ReplayPaused
from drills.faults.postgres.roles import (
    ConnectionLimit,
    LoginRefused,
    PasswordReplaced,
    PasswordRotated,
)
from drills.faults.postgres.sessions import ConnectionsLeaked, LongTransaction, TableLocked
from drills.faults.postgres.settings import CommitsHang, ReplicaCutOff
from drills.faults.postgres.slots import SlotLeftBehind
from drills.faults.postgres.tables import ColumnRenamed, FlagTurned
from drills.faults.undo import Operation, merged

_MODULES = (replay, settings, sessions, roles, access, slots, tables, migrations, pages, lost)
OPERATIONS: Mapping[str, Operation] = dict(merged(*(each.OPERATIONS for each in _MODULES)))
FAULTS: tuple[type[Fault], ...] = (
    *(ReplayPaused, ReplicaCutOff, ReplicaDataLost, CommitsHang),
    *(TableLocked, LongTransaction, ConnectionsLeaked),
    *(ConnectionLimit, LoginRefused, PasswordRotated, PasswordReplaced, AccessRejected),
    *(SlotLeftBehind, ColumnRenamed, MigrationMissing, FlagTurned),
    *(TablePageCorrupted, IndexPageCorrupted),
)
