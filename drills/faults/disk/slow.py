"""A disk that takes few writes a second, as far as one container is concerned."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import PlanError, UnknownTarget
from drills.faults.disk.volume import OfVolume
from drills.faults.fault import Applied, Effect, ReadBack
from drills.faults.process import start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.runtime import Runtime

# The control group of a container, and its file of limits, by the kernel's two versions of them.
_TYPED = (
    "P=/proc/$(docker inspect -f '{{{{.State.Pid}}}}' {container})/cgroup; G=/sys/fs/cgroup; "
    "echo '{disk} %s' > $G/blkio$(sed -n 's/.*:blkio://p' $P)/blkio.throttle.write_iops_device "
    "|| echo '{disk} wiops=%s' > $G$(sed -n 's/^0:://p' $P)/io.max"
)


def _allowed(runtime: Runtime, undo: Undo) -> int:
    return runtime.disks.writes(undo.container, undo.arguments["disk"])


def _slow(runtime: Runtime, undo: Undo) -> bool:
    return _allowed(runtime, undo) == int(undo.arguments["to"])


def _speed_up(runtime: Runtime, undo: Undo) -> None:
    """Allow what was allowed before, then have it run: one that was started anew has no limit."""
    arguments = undo.arguments
    runtime.disks.limit_writes(undo.container, arguments["disk"], int(arguments["writes"]))
    if undo.before.get("status") == "running":
        with suppress(UnknownTarget):
            start(runtime, undo)


def _as_fast(runtime: Runtime, undo: Undo) -> bool:
    """As before; one that does not run writes nothing, and is not limited when it does."""
    if not runtime.state(undo.container).running:
        return True
    return _allowed(runtime, undo) == int(undo.arguments["writes"])


OPERATIONS: Mapping[str, Operation] = {
    "disk-speed": Operation(
        _speed_up,
        _as_fast,
        "allowed as many writes a second as before",
        "docker restart {container}",
    ),
}


@dataclass(frozen=True, slots=True)
class DiskSlow(OfVolume):
    """The disk under a volume takes ``writes`` writes a second of the service, and no more.

    It goes on: whatever waits until something is safely on the disk (a commit, the log of a
    database) waits longer, and reads are as fast as before. All that the service's container
    writes to that disk is slow, and nothing that others write. ``volume`` is its name in the
    compose file. A restart of the service ends it.
    """

    volume: str
    writes: int = 8
    kind: ClassVar[str] = "slow disk"
    phrase: ClassVar[str] = (
        "a slow disk of {writes:number} writes a second under its {volume:quoted} volume"
    )
    label: ClassVar[str] = "disk slow"
    effect: ClassVar[Effect] = ReadBack("its writes to the disk are limited", _slow)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.DISKS,)
    needs: ClassVar[tuple[str, ...]] = (
        "a volume that the drill made, on a disk of the engine's host: none in memory (tmpfs)",
        "a helper container that may write into the control group of the target, and no other",
    )

    @property
    def by_hand(self) -> str:
        """As a person would limit it, as root on the engine's host."""
        return _TYPED % (self.writes, self.writes)

    def parameters(self) -> Mapping[str, Json]:
        """The volume, and the writes a second."""
        return {"volume": self.volume, "writes_per_second": self.writes}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """It is the drill's own, and on a disk: one of a size lies in memory."""
        OfVolume.foresee(self, service, volumes)
        if self.writes < 1:
            raise PlanError(
                f"{self.kind} of {service}: expected at least 1 write a second, got {self.writes}"
            )
        if volumes[self.volume]:
            raise PlanError(
                f"{self.kind} of {service}: expected a volume on a disk, {self.volume} lies in "
                "memory. Hint: a volume without driver_opts"
            )

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """The disk, and what is allowed now. Raises PlanError where that is no more anyway."""
        found = self._own(runtime, place)
        disk = runtime.disks.under(found.name)
        before = runtime.disks.writes(place.container, disk)
        if 0 < before <= self.writes:
            raise PlanError(
                f"{self.kind} of {place.container.name}: expected that it is allowed more than "
                f"{self.writes} writes a second, it is allowed {before}"
            )
        return replace(place, volume=found.name, found={"disk": disk, "writes": str(before)})

    def undo(self, place: Place, injection: str) -> Undo:
        """Allow it what it was allowed before."""
        words = {"writes": "0", **place.found, "to": str(self.writes)}
        there = replace(place, volume=place.volume or self.volume)
        return Undo("disk-speed", there, words)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Limit it. Raises EngineError where that is refused."""
        runtime.disks.limit_writes(place.container, place.found["disk"], self.writes)
        return Applied(
            way=f"the control group of the container, for the disk {place.found['disk']}"
        )
