"""The container's own memory and processor time, as the kernel counts them; cgroup v2 and v1."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
# v1 says "no limit" with a number near 2**63.
NO_LIMIT = 1 << 60


@dataclass(frozen=True)
class Memory:
    """In bytes. Working set: usage without the file cache that the kernel can drop at will."""

    working_set: int
    limit: int | None

    @property
    def ratio(self) -> float | None:
        """Working set over limit; None without a limit."""
        return round(self.working_set / self.limit, 4) if self.limit else None


@dataclass(frozen=True)
class _Layout:
    usage: str
    limit: str
    stat: str
    inactive_file: str


V2 = _Layout("memory.current", "memory.max", "memory.stat", "inactive_file")
V1 = _Layout(
    "memory/memory.usage_in_bytes",
    "memory/memory.limit_in_bytes",
    "memory/memory.stat",
    "total_inactive_file",
)


@dataclass(frozen=True)
class Cpu:
    """Periods of its quota since it was made, and those in which it had to wait for the next."""

    periods: int
    throttled: int


def cpu(root: Path = ROOT) -> Cpu | None:
    """None where the kernel shows no such group; all zero while nothing limits it."""
    for name in ("cpu.stat", "cpu/cpu.stat"):
        try:
            stat = dict(line.split() for line in (root / name).read_text().splitlines())
            return Cpu(int(stat["nr_periods"]), int(stat["nr_throttled"]))
        except (OSError, ValueError, KeyError):
            continue
    return None


def memory(root: Path = ROOT) -> Memory | None:
    """None where the kernel shows no memory group, as outside a container."""
    for layout in (V2, V1):
        try:
            usage = int((root / layout.usage).read_text())
            limit = (root / layout.limit).read_text().strip()
            stat = dict(line.split() for line in (root / layout.stat).read_text().splitlines())
        except (OSError, ValueError):
            continue
        cache = int(stat.get(layout.inactive_file, 0))
        bound = None if limit == "max" or int(limit) > NO_LIMIT else int(limit)
        return Memory(max(0, usage - cache), bound)
    return None
