"""Processors taken away: by a program in the container that computes for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.resource.lent import Lent
from drills.journal.timeline import Json
from drills.stack.engines.burning import hog

MOST = 64  # processors that a hog may keep busy

# By the kernel's clock, in hundredths of a second. $1: the mark, which only has to be seen.
BY_SHELL = """
left=$2 ttl=$3
look() { read -r up rest </proc/uptime; now=$((${up%.*} * 100 + 1${up#*.} - 100)); }
burn() {
  while look; [ $((now - begin)) -lt $((ttl * 100)) ]; do
    i=0
    while [ "$i" -lt 20000 ]; do i=$((i + 1)); done
  done
}
look; begin=$now
while [ "$left" -gt 1 ]; do burn & left=$((left - 1)); done
burn
wait
"""


@dataclass(frozen=True, slots=True)
class CpuHog(Lent):
    """A program in the service's container keeps ``processors`` processors busy.

    The service shares them with it, and so do its neighbours on the same machine unless its
    container is limited. ``time_to_live`` seconds after its start it ends by itself, whatever
    became of the drill.
    """

    processors: int = 2
    time_to_live: float = 600.0
    kind: ClassVar[str] = "CPU hog"
    phrase: ClassVar[str] = "a CPU hog on {processors:number} processors"
    label: ClassVar[str] = "CPU taken"
    tools: ClassVar[tuple[str, ...]] = ()
    script: ClassVar[str] = BY_SHELL

    @property
    def by_hand(self) -> str:
        """As a person would have something compute in it."""
        burn = f"for i in $(seq {self.processors}); do while :; do :; done & done; wait"
        return f"docker exec -d {{container}} timeout {self.time_to_live:g} sh -c '{burn}'"

    def parameters(self) -> Mapping[str, Json]:
        """Processors, time to live in seconds."""
        return {"processors": self.processors, "time_to_live_s": self.time_to_live}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """So many may be kept busy, whatever the machine has. Raises PlanError where it is not."""
        if not 1 <= self.processors <= MOST:
            raise PlanError(
                f"{self.kind} of {service}: expected 1 to {MOST} processors, got {self.processors}"
            )

    def program(self) -> HogProgram:
        """The hog."""
        return HogProgram(self.processors, self.time_to_live)

    def numbers(self) -> tuple[int]:
        """How many."""
        return (self.processors,)


@dataclass(frozen=True, slots=True)
class HogProgram:
    """The hog as a static program."""

    processors: int
    time_to_live: float
    name: str = "cpu-hog"

    def make(self, machine: str, keeper_pid: int) -> bytes:
        """The program for the engine's machine, which ends when its keeper does."""
        return hog(machine, keeper_pid, self.processors, self.time_to_live)
