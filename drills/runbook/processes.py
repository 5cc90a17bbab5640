"""Which process of a service grows: the first question of a memory incident.

Needs no more than sh, grep, tr and head inside the container.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drills.clock import Clock
from drills.errors import ResponseFailed
from drills.journal.timeline import Json
from drills.stack.runtime import Container, Runtime
from drills.units import MIB, NS

# One line a process: pid, resident KiB, command line with its arguments joined by spaces.
_SCRIPT = r"""
for p in /proc/[0-9]*; do
  rss=$(grep -s "^VmRSS:" "$p/status" | tr -dc 0-9)
  if [ -n "$rss" ]; then
    printf "%s %s " "${p#/proc/}" "$rss"
    tr "\000\n" "  " < "$p/cmdline" | head -c 200
    echo
  fi
done
"""
_LIST = ["sh", "-c", _SCRIPT]
BETWEEN = 0.5  # seconds between the two looks


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a container at one moment; ``resident`` is in bytes."""

    container: Container
    pid: int
    resident: int
    command: str


def processes(runtime: Runtime, container: Container) -> list[Process]:
    """The processes of a running container, as its own /proc shows them."""
    output = runtime.execute(container, _LIST).output.decode("utf-8", "replace")
    found = []
    for line in output.splitlines():
        pid, resident, command = [*line.split(" ", 2), "", ""][:3]
        if pid.isdigit() and resident.isdigit():
            found.append(Process(container, int(pid), int(resident) * 1024, command.strip()))
    return found


def largest_growth(runtime: Runtime, service: str, clock: Clock) -> Mapping[str, Json]:
    """Look twice at every instance of a service; name the process that grew most.

    Raises ResponseFailed where no process could be seen.
    """
    first, begun = _look(runtime, service), clock.monotonic_ns()
    clock.sleep(BETWEEN)
    second, ended = _look(runtime, service), clock.monotonic_ns()
    before = {(process.container.id, process.pid): process.resident for process in first}
    if not second:
        raise ResponseFailed(f"expected processes in the {service} containers, saw none")

    def growth(process: Process) -> int:
        return process.resident - before.get((process.container.id, process.pid), process.resident)

    grown = max(second, key=lambda process: (growth(process), process.resident))
    seconds = (ended - begun) / NS
    return {
        "container": grown.container.name,
        "pid": grown.pid,
        "command": grown.command,
        "resident_mib": round(grown.resident / MIB, 1),
        "growth_mib_per_s": round(growth(grown) / MIB / seconds, 1),
        "seconds": round(seconds, 3),
    }


def _look(runtime: Runtime, service: str) -> Sequence[Process]:
    return [
        process
        for container in runtime.containers(service)
        if runtime.state(container).running
        for process in processes(runtime, container)
    ]
