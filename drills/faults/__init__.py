"""The faults that drills inject, one family a module."""

from drills.faults.lifecycle import Freeze, Kill, Restart, Stop, SuddenDeath
from drills.faults.memory import MemoryLeak

__all__ = ["Freeze", "Kill", "MemoryLeak", "Restart", "Stop", "SuddenDeath"]
