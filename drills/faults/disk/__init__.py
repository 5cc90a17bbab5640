"""Faults of what services keep their files on: how much it takes, and how fast."""

from __future__ import annotations

from collections.abc import Mapping

from drills.faults.disk import slow, volume
from drills.faults.disk.slow import DiskSlow
from drills.faults.disk.volume import LARGEST, MOST_INODES, InodesUsedUp, VolumeFilled
from drills.faults.fault import Fault
from drills.faults.undo import Operation, merged

OPERATIONS: Mapping[str, Operation] = dict(merged(volume.OPERATIONS, slow.OPERATIONS))
FAULTS: tuple[type[Fault], ...] = (VolumeFilled, InodesUsedUp, DiskSlow)

__all__ = [
    "FAULTS",
    "LARGEST",
    "MOST_INODES",
    "OPERATIONS",
    "DiskSlow",
    "InodesUsedUp",
    "VolumeFilled",
]
