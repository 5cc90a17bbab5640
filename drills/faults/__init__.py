"""The faults that drills inject, one family a module."""

from drills.faults.disk import VolumeFilled
from drills.faults.network import Partition
from drills.faults.postgres.replay import ReplayPaused
from drills.faults.postgres.settings import CommitsHang, ReplicaCutOff
from drills.faults.process import Freeze, Hang, Kill, Restart, Stop, SuddenDeath
from drills.faults.resource import (
    CpuHog,
    CpuQuota,
    FilesExhausted,
    MemoryLeak,
    ProcessesExhausted,
)

__all__ = [
    "CommitsHang",
    "CpuHog",
    "CpuQuota",
    "FilesExhausted",
    "Freeze",
    "Hang",
    "Kill",
    "MemoryLeak",
    "Partition",
    "ProcessesExhausted",
    "ReplayPaused",
    "ReplicaCutOff",
    "Restart",
    "Stop",
    "SuddenDeath",
    "VolumeFilled",
]
