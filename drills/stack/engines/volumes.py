"""The volumes of containers on an engine that speaks Docker's API.

A helper that mounts the volume, and nothing else, fills it with one file, or with so many empty
ones that it takes no more, and removes them again.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from drills.errors import EngineError, PlanError, UnknownTarget
from drills.stack.engines.asking import Ask
from drills.stack.engines.beside import Beside, Where
from drills.stack.engines.errand import (
    AT_FDCWD,
    FIRST,
    O_CREAT,
    O_EXCL,
    O_RDONLY,
    O_WRONLY,
    Call,
    Gave,
    Room,
)
from drills.stack.runtime import DRILL_LABEL, Container
from drills.stack.volumes import Filling, Mounted

KEY_LABEL = "com.docker.compose.volume"  # a volume's name in its compose file
_AT = "/drill-volume"
_STATFS = struct.Struct("<7q")  # type, size of a block, blocks, free, available ...
_TMPFS = 0x01021994
_FREE = frozenset({"DAC_OVERRIDE"})  # the folder is a service's own
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_PAGE = 4096
_REMOVE_FOLDER = 0x200  # AT_REMOVEDIR
_REGULAR = 0o100666
_MORE = 64  # inodes that others may give back meanwhile


class DockerVolumes:
    """See ``drills.stack.runtime.Volumes``."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._beside = Beside(ask)

    def mounted(self, container: Container, volume: str) -> Mounted:
        """By the name that the compose file has for it, or the engine."""
        with self._ask(f"look for the volume {volume} of {container.name}") as client:
            mounts = client.inspect_container(container.id)["Mounts"]
            rows = [client.inspect_volume(one["Name"]) for one in mounts if one.get("Name")]
        known = {(row["Labels"] or {}).get(KEY_LABEL, row["Name"]): row for row in rows}
        row = known.get(volume) or next((one for one in rows if one["Name"] == volume), None)
        if row is None:
            others = [one["Source"] for one in mounts if not one.get("Name")]
            raise PlanError(
                f"expected a volume of {container.name} ({', '.join(known) or 'it has none'}), "
                f"got {volume!r}" + (f"; a folder is none: {', '.join(others)}" * bool(others))
            )
        drill = _drill_of(row)
        strangers = [
            each["Names"][0].removeprefix("/")
            for each in self._users(row["Name"])
            if (each["Labels"] or {}).get(DRILL_LABEL, "") != drill
        ]
        return Mounted(row["Name"], drill, _limit(row), tuple(strangers), _inodes(row))

    def fill(self, volume: str, mark: str, rest: int) -> None:
        """Take all but ``rest`` bytes by one file, which must not be there yet."""
        row = self._found(volume)
        if row is None or not (limit := _limit(row)):
            raise EngineError(f"the volume {volume} is not there, or nothing limits it")
        here = _told(self._run(row, _look(mark), mark)[0])
        kind, block, blocks, _, available, *_ = here
        if kind != _TMPFS or blocks * block > limit + _PAGE:
            raise EngineError(f"the volume {volume} is not of the size that its options say")
        gave = self._run(row, _filling(mark, available * block - rest, rest), mark)
        _succeeded(f"fill the volume {volume}", gave[: 3 if rest else 2])

    def use_up_inodes(self, volume: str, mark: str) -> None:
        """By empty files in a folder, which must not be there yet."""
        row = self._found(volume)
        if row is None or not (limit := _inodes(row)):
            raise EngineError(f"the volume {volume} is not there, or takes any number of files")
        kind, *_, inodes, inodes_free = _told(self._run(row, _look(mark), mark)[0])
        if kind != _TMPFS or inodes > limit:
            raise EngineError(f"the volume {volume} does not hold as few as its options say")
        calls = [
            Call("umask", (0,)),  # who cleans up need not be root
            Call("mkdirat", (AT_FDCWD, _folder(mark), 0o777)),
            *(
                Call("mknodat", (AT_FDCWD, file, _REGULAR, 0))
                for file in _empties(mark, inodes_free + _MORE)
            ),
        ]
        _succeeded(f"use up the inodes of the volume {volume}", self._run(row, calls, mark)[:2])

    def filling(self, volume: str, mark: str) -> Filling:
        """Read back from the volume; nothing is there where there is no volume any more."""
        row = self._found(volume)
        if row is None:
            return Filling(there=False)
        look = self._run(row, _look(mark), mark)
        _, block, _, _, available, _, inodes_free = _told(look[0])
        return Filling(_ours(look, mark) or _foldered(look), available * block, inodes_free)

    def clear(self, volume: str, mark: str) -> None:
        """Remove the file, if it is ours, and the folder with those in it that are."""
        row = self._found(volume)
        if row is None:
            return
        look = self._run(row, _look(mark), mark)
        calls: list[Call] = []
        if _ours(look, mark):
            calls.append(Call("unlinkat", (AT_FDCWD, _file(mark), 0)))
        if _foldered(look):
            *_, inodes, _ = _told(look[0])
            files = _empties(mark, inodes + _MORE)
            empty = [Call("unlinkat", (AT_FDCWD, file, 0)) for file in files]
            self._run(row, empty, mark)  # what somebody removed meanwhile is no trouble
            calls.append(Call("unlinkat", (AT_FDCWD, _folder(mark), _REMOVE_FOLDER)))
        if calls:
            _succeeded(f"clear the volume {volume}", self._run(row, calls, mark))

    def errand(
        self, volume: str, calls: Callable[[str], Sequence[Call]], mark: str
    ) -> list[Gave] | None:
        """What the calls gave, made from where the volume is; None where there is none any more."""
        row = self._found(volume)
        return None if row is None else self._run(row, calls(_AT), mark)

    def _found(self, volume: str) -> Mapping[str, Any] | None:
        try:
            with self._ask(f"look for the volume {volume}") as client:
                row: Mapping[str, Any] = client.inspect_volume(volume)
                return row
        except UnknownTarget:
            return None

    def _users(self, volume: str) -> list[Mapping[str, Any]]:
        with self._ask(f"look for who mounts the volume {volume}") as client:
            rows = client.containers(all=True, filters={"volume": volume})
        return [row for row in rows if any(one.get("Name") == volume for one in row["Mounts"])]

    def _run(self, row: Mapping[str, Any], calls: Sequence[Call], mark: str) -> list[Gave]:
        """By a helper of an image that is there; it needs nothing of it."""
        volume = str(row["Name"])
        images = [each["ImageID"] for each in self._users(volume)]
        if not images:
            with self._ask("look for an image") as client:
                images = [each["Id"] for each in client.images()]
        if not images:
            raise EngineError("there is no image for a helper container")
        where = Where(images[0], tuple(_FREE), mounts={volume: _AT})
        return self._beside.run(where, calls, _drill_of(row), mark)


def limit_of(driver: str, options: Mapping[str, str]) -> int:
    """How many bytes a volume holds by its options, those of a tmpfs that says its size; or 0."""
    if driver != "local" or options.get("type") != "tmpfs":
        return 0
    said = re.search(r"(?:^|,)size=(\d+)([kmg]?)(?:,|$)", options.get("o", "").lower())
    return int(said[1]) * _UNITS[said[2]] if said else 0


def inodes_of(driver: str, options: Mapping[str, str]) -> int:
    """How many files a volume holds by its options, those of a tmpfs that says how many; or 0."""
    if driver != "local" or options.get("type") != "tmpfs":
        return 0
    said = re.search(r"(?:^|,)nr_inodes=(\d+)([kmg]?)(?:,|$)", options.get("o", "").lower())
    return int(said[1]) * _UNITS[said[2]] if said else 0


def _inodes(row: Mapping[str, Any]) -> int:
    return inodes_of(str(row.get("Driver")), row.get("Options") or {})


def _limit(row: Mapping[str, Any]) -> int:
    return limit_of(str(row.get("Driver")), row.get("Options") or {})


def _drill_of(row: Mapping[str, Any]) -> str:
    return str((row["Labels"] or {}).get(DRILL_LABEL, ""))


def _file(mark: str) -> str:
    return f"{_AT}/.drill-{mark}"


def _folder(mark: str) -> str:
    return f"{_file(mark)}-inodes"


def _empties(mark: str, count: int) -> Iterator[str]:
    return (f"{_folder(mark)}/{number}" for number in range(count))


def _ours(look: Sequence[Gave], mark: str) -> bool:
    """Whether the file is there, and says that it is of the mark."""
    return look[2].rooms[0].startswith(_content(mark))


def _foldered(look: Sequence[Gave]) -> bool:
    """Whether the folder is there."""
    return look[3].value >= 0


def _content(mark: str) -> bytes:
    """What the file begins with, so that another one of its name is not taken for it."""
    return f"incident-drills {mark}\n".encode()


def _look(mark: str) -> list[Call]:
    size = len(_content(mark))
    return [
        Call("statfs", (_AT, Room(120))),
        Call("openat", (AT_FDCWD, _file(mark), 0, 0)),
        Call("pread", (FIRST, Room(size), size, 0)),
        Call("openat", (AT_FDCWD, _folder(mark), O_RDONLY, 0)),
    ]


def _filling(mark: str, size: int, rest: int) -> list[Call]:
    """Make the file, say whose it is, take the space at once; with no rest, each last page too.

    Others may write meanwhile. What does not fit a tmpfs takes nothing of it, so smaller and
    smaller pieces are tried then, each twice.
    """
    content, at = _content(mark), size + _PAGE
    piece = 1 << max(size, _PAGE).bit_length() - 1
    calls = [
        Call("openat", (AT_FDCWD, _file(mark), O_WRONLY | O_CREAT | O_EXCL, 0o600)),
        Call("pwrite", (FIRST, content, len(content), 0)),
        Call("fallocate", (FIRST, 0, 0, max(size, _PAGE))),
    ]
    while rest == 0 and piece >= _PAGE:
        for _ in range(2):
            calls.append(Call("fallocate", (FIRST, 0, at, piece)))
            at += piece
        piece //= 2
    return calls


def _told(gave: Gave) -> tuple[int, ...]:
    _succeeded("look at a volume", [gave])
    told: tuple[int, ...] = _STATFS.unpack_from(gave.rooms[0])
    return told


def _succeeded(what: str, gave: Sequence[Gave]) -> None:
    for one in gave:
        if one.value < 0:
            raise EngineError(f"{what}: {os.strerror(-one.value)}")
