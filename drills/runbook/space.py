"""Space on a disk that is full: the largest of the files that a procedure names, never data.

What may be removed is declared, file by file or by patterns, and is looked for on those disks alone
that are short. What lies in the folder of a PostgreSQL, MySQL, MariaDB or redis server, or in a log
that one of them needs, is refused, whatever is declared. Needs no more than sh, stat and rm inside
the container.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from drills.errors import ResponseFailed
from drills.journal.timeline import Json
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.runbook.commands import running, said
from drills.stack.runtime import Container
from drills.units import MIB

SHOWN = 10  # of the files that were removed, those that are told by name
_AT_ONCE = 500  # files that one command removes
_REGULAR, _KIND = 0o100000, 0o170000

# With no separator words are not split, and patterns are still replaced by what they match. A line
# for the disk of each folder that files may be in, for each file, and for a folder that is data.
_LOOK = r"""
IFS=
for pattern in "$@"; do
  for folder in ${pattern%/*}; do
    up=$(cd -P -- "$folder" && pwd) || continue
    stat -f -c "disk %b %a %c %d $(stat -c %d -- "$folder") %S %n" -- "$folder"
    while [ -n "$up" ] && [ "$up" != / ]; do
      if [ "${up##*/}" = pg_wal ]; then echo "data PostgreSQL $up"; fi
      for mark in "PostgreSQL PG_VERSION" "MySQL ibdata1" "MySQL ib_logfile0" \
        "MySQL aria_log_control" "MySQL #innodb_redo" "MySQL auto.cnf" \
        "redis dump.rdb" "redis appendonlydir"; do
        if [ -e "$up/${mark#* }" ]; then echo "data ${mark%% *} $up"; fi
      done
      for index in "$up"/*bin*.index; do [ ! -e "$index" ] || echo "data MySQL $up"; done
      up=${up%/*}
    done
  done
  stat -c "file %d %f %s %n" -- $pattern
done 2>/dev/null
true
"""


@dataclass(frozen=True, slots=True)
class _Disk:
    """The disk that a folder is on, and the sizes of the files there; in bytes."""

    folder: str
    size: int
    free: int
    inodes: int
    inodes_free: int
    files: dict[str, int] = field(default_factory=dict)

    def short(self, share: float) -> bool:
        """Whether less than that share of its bytes, or of its inodes, is free."""
        return self.free < share * self.size or self.inodes_free < share * self.inodes

    def largest(self, share: float) -> Iterator[str]:
        """The files to be removed until it is not short any more, as far as there are any."""
        then = self
        for name, size in sorted(self.files.items(), key=lambda one: (-one[1], one[0])):
            if not then.short(share):
                return
            then = replace(then, free=then.free + size, inodes_free=then.inodes_free + 1)
            yield name

    def told(self) -> Mapping[str, Json]:
        """How full it is."""
        return {
            "folder": self.folder,
            "size_mib": round(self.size / MIB, 1),
            "free_mib": round(self.free / MIB, 1),
            "inodes": self.inodes,
            "inodes_free": self.inodes_free,
        }


def free_space(bench: Bench, action: Action) -> Mapping[str, Json]:
    """Remove the largest files on each disk that is short, until it is not.

    Raises ResponseFailed where it still is, and, with nothing removed, where data would be.
    """
    container = running(bench, action)
    before = _look(bench, action, container)
    sizes = {name: size for disk in before for name, size in disk.files.items()}
    gone = [name for disk in before for name in disk.largest(action.free)]
    for begin in range(0, len(gone), _AT_ONCE):
        said(bench, action, container, ["rm", "-f", "--", *gone[begin : begin + _AT_ONCE]])
    after = _look(bench, action, container)
    found: dict[str, Json] = {
        "container": container.name,
        "removed": len(gone),
        "removed_mib": round(sum(sizes[name] for name in gone) / MIB, 1),
        "largest": [f"{name} ({sizes[name]} bytes)" for name in gone[:SHOWN]],
        "before": [disk.told() for disk in before],
        "after": [disk.told() for disk in after],
    }
    if short := [disk for disk in after if disk.short(action.free)]:
        raise ResponseFailed(
            f"expected {action.free:.0%} free on each disk after {len(gone)} files were removed, "
            + "; ".join(
                f"{disk.folder} has {disk.free} of {disk.size} bytes and {disk.inodes_free} of "
                f"{disk.inodes} inodes"
                for disk in short
            )
        )
    return found


def _look(bench: Bench, action: Action, container: Container) -> Sequence[_Disk]:
    """The disks of the folders that files may be removed from, each with those files."""
    disks: dict[str, _Disk] = {}
    told = said(bench, action, container, ["sh", "-c", _LOOK, "sh", *action.files])
    for line in told.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "data":
            whose, _, folder = rest.partition(" ")
            raise ResponseFailed(f"{folder} is {whose}'s, and no file there is to be removed")
        if kind == "disk":
            *numbers, device, size, folder = rest.split(" ", 6)
            blocks, available, inodes, inodes_free = map(int, numbers)
            disk = _Disk(folder, blocks * int(size), available * int(size), inodes, inodes_free)
            disks.setdefault(device, disk)
        elif kind == "file":
            device, mode, length, name = rest.split(" ", 3)
            regular = int(mode, 16) & _KIND == _REGULAR
            if regular and device in disks and any(_meant(name, one) for one in action.files):
                disks[device].files[name] = int(length)
    if not disks:
        raise ResponseFailed(f"none of the folders of {', '.join(action.files)} is there")
    return list(disks.values())


def _meant(name: str, pattern: str) -> bool:
    """As the shell takes it: what stands for anything stands for no slash."""
    parts, patterns = name.split("/"), pattern.split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))
