"""A memory leak: a process in the container that grows as the runbook's does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.faults.resource.lent import Lent
from drills.journal.timeline import Json
from drills.stack.engines.program import leak
from drills.units import MIB

# `tail` keeps the end of what it reads, which is all of it up to the bound. It is fed by the
# kernel's clock, in hundredths of a second. $1: the mark, which only has to be seen.
BY_SHELL = """
rate=$2 bound=$3 ttl=$4 size=0
look() { read -r up rest </proc/uptime; now=$((${up%.*} * 100 + 1${up#*.} - 100)); }
look; begin=$now
while look; [ $((now - begin)) -lt $((ttl * 100)) ]; do
  due=$(((now - begin) * rate / 100))
  if [ "$due" -gt "$bound" ]; then due=$bound; fi
  if [ "$due" -gt "$size" ]; then head -c $((due - size)) /dev/zero || break; size=$due; fi
  sleep 0.05 2>/dev/null || sleep 1
done | tail -c "$bound" >/dev/null
"""
LARGEST = 2**31 - MIB  # bytes that every `tail` can keep


@dataclass(frozen=True, slots=True)
class MemoryLeak(Lent):
    """A process leaks ``rate`` bytes a second until it was noticed, is killed, or holds ``bound``.

    ``time_to_live`` seconds after its start it ends by itself, whatever became of the drill.
    """

    rate: int = 8 * MIB
    bound: int = 2048 * MIB
    time_to_live: float = 600.0
    kind: ClassVar[str] = "memory leak"
    phrase: ClassVar[str] = "a memory leak of {rate:size} a second"
    label: ClassVar[str] = "leaks memory"
    tools: ClassVar[tuple[str, ...]] = ("head", "tail", "sleep")
    script: ClassVar[str] = BY_SHELL

    @property
    def by_hand(self) -> str:
        """As a person would have something grow in it, all at once."""
        return f"docker exec -d {{container}} sh -c 'head -c {self.bound} /dev/zero | tail'"

    def parameters(self) -> Mapping[str, Json]:
        """Rate in MiB/s, bound in MiB, time to live in seconds."""
        return {
            "rate_mib_per_s": self.rate / MIB,
            "bound_mib": self.bound / MIB,
            "time_to_live_s": self.time_to_live,
        }

    def program(self) -> LeakProgram:
        """The leak."""
        return LeakProgram(self.rate, self.bound, self.time_to_live)

    def numbers(self) -> tuple[int, int]:
        """Bytes a second, and bytes."""
        return self.rate, min(self.bound, LARGEST)


@dataclass(frozen=True, slots=True)
class LeakProgram:
    """The leak as a static program."""

    rate: int
    bound: int
    time_to_live: float
    name: str = "memory-leak"

    def make(self, machine: str, keeper_pid: int) -> bytes:
        """The program for the engine's machine, which ends when its keeper does."""
        return leak(machine, keeper_pid, self.rate, self.bound, self.time_to_live)
