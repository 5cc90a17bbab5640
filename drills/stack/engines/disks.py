"""How fast a container may write to a disk, by the kernel's control group of that container.

No engine changes that of a container that runs. So a helper is given the folder of that one group,
and nothing else of them, and writes the limit into the kernel's file there: of the first version of
control groups ``blkio.throttle.write_iops_device``, of the second ``io.max``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drills.errors import EngineError, PlanError
from drills.stack.engines.asking import Ask
from drills.stack.engines.beside import Beside, Inspected, Where, drill_of
from drills.stack.engines.errand import (
    AT_FDCWD,
    FIRST,
    O_RDONLY,
    O_WRONLY,
    TEXT,
    Call,
    Gave,
    Room,
)
from drills.stack.engines.volumes import DockerVolumes
from drills.stack.runtime import DRILL_LABEL, Container

_GROUP = "/drill-group"
_MOUNTS = 64 * 1024  # bytes of the list of what a helper has mounted, and more than it has
_HERE = "/proc/self/mountinfo"


@dataclass(frozen=True, slots=True)
class Group:
    """The control group of one container: its folder on the engine's host, its file of limits."""

    folder: str
    file: str

    @property
    def first(self) -> bool:
        """Whether it is of the first version of control groups."""
        return self.file != "io.max"

    def line(self, disk: str, writes: int) -> bytes:
        """What is written to limit a disk, or, for 0, not to limit it any more."""
        if self.first:
            return f"{disk} {writes}".encode()
        return f"{disk} wiops={writes or 'max'}".encode()

    def limit(self, held: bytes, disk: str) -> int:
        """What the file says of a disk, 0 where it says nothing of it."""
        number = r" (\d+)" if self.first else r" .*?\bwiops=(\d+)"
        text = held.decode("ascii", "replace")
        said = re.search(rf"^{re.escape(disk)}{number}", text, re.MULTILINE)
        return int(said[1]) if said else 0


def group_of(container: str, info: Mapping[str, Any], parent: str = "") -> Group:
    """Where an engine that says this of itself keeps a container's group.

    ``parent`` is what the container names as the group above its own, "" for the engine's default.
    That the folder is there proves it: its name has the container's whole id.
    """
    version, driver = str(info.get("CgroupVersion") or "1"), info.get("CgroupDriver")
    if driver == "systemd":
        path = f"{_sliced(parent or 'system.slice')}/docker-{container}.scope"
    elif driver == "cgroupfs":
        path = f"{(parent or 'docker').strip('/')}/{container}"
    else:
        raise EngineError(f"expected control groups by cgroupfs or systemd, got {driver!r}")
    if ".." in path.split("/"):
        raise EngineError(f"expected a control group of the engine's, got {path}")
    if version == "1":
        return Group(f"/sys/fs/cgroup/blkio/{path}", "blkio.throttle.write_iops_device")
    return Group(f"/sys/fs/cgroup/{path}", "io.max")


def _sliced(name: str) -> str:
    """A slice of systemd's, and those that it lies in by its name: ``a.slice/a-b.slice``."""
    parts = name.removesuffix(".slice").split("-")
    return "/".join(f"{'-'.join(parts[:many])}.slice" for many in range(1, len(parts) + 1))


class DockerDisks:
    """See ``drills.stack.disks.Disks``."""

    def __init__(self, ask: Ask) -> None:
        self._beside = Beside(ask)
        self._inspected = Inspected(ask)
        self._volumes = DockerVolumes(ask)

    def under(self, volume: str) -> str:
        """By what a helper that mounts it has mounted there."""
        at = ""

        def look(path: str) -> Sequence[Call]:
            nonlocal at
            at = path
            return _reading(_HERE, _MOUNTS)

        gave = self._volumes.errand(volume, look, DRILL_LABEL)
        if gave is None:
            raise PlanError(f"expected a volume that is there, got {volume!r}")
        number, kind = mounted_disk(_content(gave), at)
        if not number:
            raise PlanError(
                f"expected a volume on a disk of the engine's host, {volume} is on {kind}: that "
                "has none"
            )
        where = f"/sys/dev/block/{number}"
        look_up = [*_reading(f"{where}/partition"), *_reading(f"{where}/../dev", second=True)]
        gave = self._volumes.errand(volume, lambda _path: look_up, DRILL_LABEL) or []
        if gave[0].value < 0:
            return number  # the whole of a disk, and no part of one
        whole = gave[3].rooms[0].rstrip(b"\0").decode().strip()
        if not re.fullmatch(r"\d+:\d+", whole):
            raise PlanError(f"expected the disk that {number} is a part of, got {whole!r}")
        return whole

    def writes(self, container: Container, disk: str) -> int:
        """By its control group's own file."""
        inspected = self._inspected.of(container)
        if not inspected["State"]["Running"]:
            return 0
        try:
            group = self._group(inspected)
            gave = self._there(inspected, group, _reading(f"{_GROUP}/{group.file}"))
            held = _content(gave)
        except EngineError:
            if self._inspected.ended(container):
                return 0
            raise
        return group.limit(held, disk)

    def limit_writes(self, container: Container, disk: str, writes: int) -> None:
        """By one line into that file, about that one disk."""
        inspected = self._inspected.of(container)
        if not inspected["State"]["Running"]:
            return
        try:
            group = self._group(inspected)
            line = group.line(disk, writes)
            calls = [
                Call("openat", (AT_FDCWD, f"{_GROUP}/{group.file}", O_WRONLY, 0)),
                Call("write", (FIRST, line, len(line))),
            ]
            for gave in self._there(inspected, group, calls):
                _succeeded(f"write {group.file} of {container.name}", gave)
        except EngineError:
            if not self._inspected.ended(container):
                raise

    def own(self, helper: Container) -> str:
        """The disk of what the engine itself gives a container: its file of hosts."""
        inspected = self._inspected.of(helper)
        where = Where(inspected["Image"])
        gave = self._beside.run(where, _reading(_HERE, _MOUNTS), drill_of(inspected), DRILL_LABEL)
        number, kind = mounted_disk(_content(gave), "/etc/hosts")
        if not number:
            raise EngineError(
                f"the engine keeps its files on {kind or 'nothing'}, which is no disk"
            )
        return number

    def _group(self, inspected: Mapping[str, Any]) -> Group:
        with self._beside.ask("ask how it keeps control groups") as client:
            info = client.info()
        parent = str(inspected["HostConfig"].get("CgroupParent") or "")
        return group_of(str(inspected["Id"]), info, parent)

    def _there(
        self, inspected: Mapping[str, Any], group: Group, calls: Sequence[Call]
    ) -> list[Gave]:
        where = Where(inspected["Image"], folders={group.folder: _GROUP})
        return self._run(where, inspected, calls)

    def _run(self, where: Where, inspected: Mapping[str, Any], calls: Sequence[Call]) -> list[Gave]:
        drill = drill_of(inspected)
        return self._beside.run(where, calls, drill, drill or DRILL_LABEL)


def _reading(path: str, size: int = TEXT, *, second: bool = False) -> list[Call]:
    handle = FIRST + 1 if second else FIRST
    return [
        Call("openat", (AT_FDCWD, path, O_RDONLY, 0)),
        Call("pread", (handle, Room(size), size, 0)),
    ]


def _content(gave: Sequence[Gave]) -> bytes:
    for one in gave:
        _succeeded("look at the engine's host", one)
    return gave[-1].rooms[0].rstrip(b"\0")


def mounted_disk(told: bytes, at: str) -> tuple[str, str]:
    """The number of the disk that is mounted there, "" where it is none, and the kind of it.

    Where several are, the last one hides the others.
    """
    number, kind = "", ""
    for line in told.decode("utf-8", "replace").splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and fields[4] == at:
            number, kind = fields[2], after.split(" ")[0]
    return ("" if number.startswith("0:") else number), kind


def _succeeded(what: str, gave: Gave) -> None:
    if gave.value < 0:
        raise EngineError(f"{what}: {os.strerror(-gave.value)}")
