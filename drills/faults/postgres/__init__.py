"""Faults of a PostgreSQL database, made with its own functions and read back from it."""

from __future__ import annotations

from collections.abc import Mapping

from drills.faults.fault import Fault
from drills.faults.postgres import replay, settings
from drills.faults.postgres.replay import ReplayPaused
from drills.faults.postgres.settings import CommitsHang, ReplicaCutOff
from drills.faults.undo import Operation, merged

OPERATIONS: Mapping[str, Operation] = dict(merged(replay.OPERATIONS, settings.OPERATIONS))
FAULTS: tuple[type[Fault], ...] = (ReplayPaused, ReplicaCutOff, CommitsHang)
