"""Faults of what a service has of its machine: memory, processor time, processes, files."""

from __future__ import annotations

from collections.abc import Mapping

from drills.faults.fault import Fault
from drills.faults.resource import lent, limits
from drills.faults.resource.hog import CpuHog
from drills.faults.resource.leak import MemoryLeak
from drills.faults.resource.limits import CpuQuota, FilesExhausted, ProcessesExhausted
from drills.faults.undo import Operation, merged

OPERATIONS: Mapping[str, Operation] = dict(merged(lent.OPERATIONS, limits.OPERATIONS))
FAULTS: tuple[type[Fault], ...] = (MemoryLeak, CpuQuota, CpuHog, FilesExhausted, ProcessesExhausted)

__all__ = [
    "FAULTS",
    "OPERATIONS",
    "CpuHog",
    "CpuQuota",
    "FilesExhausted",
    "MemoryLeak",
    "ProcessesExhausted",
]
