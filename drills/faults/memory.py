"""A memory leak: a process in the container that grows as the runbook's does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.fault import Applied
from drills.rollback import MARK, Undo
from drills.runtime import Container, Runtime
from drills.timeline import Json
from drills.units import MIB

# The runbook's leak appends 'memory_leak_simulation' * 1000 to a list; this one does so at a rate.
# It holds what it has at its bound and ends at its time to live, whoever watches it.
LEAK = """
import sys, time
rate, bound, ttl = (float(argument) for argument in sys.argv[1:4])
data, size, begin = [], 0, time.monotonic()
while time.monotonic() - begin < ttl:
    due = min(bound, rate * (time.monotonic() - begin))
    while size < due:
        data.append(('memory_leak_simulation%d' % len(data)) * 1000)
        size += sys.getsizeof(data[-1])
    time.sleep(0.05)
"""


@dataclass(frozen=True, slots=True)
class MemoryLeak:
    """A process leaks ``rate`` bytes a second until it was noticed, is killed, or holds ``bound``.

    ``time_to_live`` seconds after its start it ends by itself, whatever became of the drill.
    The container must have a Python interpreter.
    """

    rate: int = 8 * MIB
    bound: int = 2048 * MIB
    time_to_live: float = 600.0
    kind: ClassVar[str] = "memory leak"
    effect: ClassVar[frozenset[str]] = frozenset({"exec_start"})
    begun: ClassVar[frozenset[str]] = frozenset()

    def parameters(self) -> Mapping[str, Json]:
        """Rate in MiB/s, bound in MiB, time to live in seconds."""
        return {
            "rate_mib_per_s": self.rate / MIB,
            "bound_mib": self.bound / MIB,
            "time_to_live_s": self.time_to_live,
        }

    def undo(self, container: Container, injection: str) -> Undo:
        """End the process that carries the injection's mark."""
        return Undo("end-processes", container, {"mark": injection})

    def apply(self, runtime: Runtime, container: Container, injection: str) -> Applied:
        """Start the leaking process inside the container."""
        numbers = [str(number) for number in (self.rate, self.bound, self.time_to_live)]
        leak = ["python3", "-c", LEAK, *numbers]
        return Applied(command=runtime.spawn(container, leak, {MARK: injection}))
