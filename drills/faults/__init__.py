"""The faults that drills inject, one family a module."""

from drills.faults.disk import VolumeFilled
from drills.faults.network import Partition
from drills.faults.postgres import ReplayPaused
from drills.faults.process import Freeze, Hang, Kill, Restart, Stop, SuddenDeath
from drills.faults.resource import MemoryLeak

__all__ = [
    "Freeze",
    "Hang",
    "Kill",
    "MemoryLeak",
    "Partition",
    "ReplayPaused",
    "Restart",
    "Stop",
    "SuddenDeath",
    "VolumeFilled",
]
