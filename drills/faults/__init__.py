"""The faults that drills inject, one family a module."""

from drills.faults.disk import VolumeFilled
from drills.faults.network import (
    Bandwidth,
    ConnectionsRefused,
    OneWayPartition,
    PacketLoss,
    Partition,
)
from drills.faults.postgres.replay import ReplayPaused
from drills.faults.postgres.settings import CommitsHang, ReplicaCutOff
from drills.faults.process import Freeze, Hang, Kill, Restart, Stop, SuddenDeath
from drills.faults.resource import MemoryLeak

__all__ = [
    "Bandwidth",
    "CommitsHang",
    "ConnectionsRefused",
    "Freeze",
    "Hang",
    "Kill",
    "MemoryLeak",
    "OneWayPartition",
    "PacketLoss",
    "Partition",
    "ReplayPaused",
    "ReplicaCutOff",
    "Restart",
    "Stop",
    "SuddenDeath",
    "VolumeFilled",
]
