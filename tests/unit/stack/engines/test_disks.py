"""Which control group is a container's own, what its file of limits says, which disk is mounted."""

from __future__ import annotations

import pytest

from drills.errors import EngineError
from drills.stack.engines.disks import Group, group_of, mounted_disk

ID = "3f" * 32
FIRST = f"12:devices:/docker/{ID}\n5:blkio:/docker/{ID}\n0::/docker/{ID}\n".encode()
SYSTEMD = f"0::/system.slice/docker-{ID}.scope\n".encode()


@pytest.mark.parametrize(
    ("told", "folder", "file"),
    [
        (FIRST, f"blkio/docker/{ID}", "blkio.throttle.write_iops_device"),
        (FIRST.replace(b"blkio", b"net_cls,blkio"), f"blkio/docker/{ID}", "blkio.throttle"),
        (SYSTEMD, f"system.slice/docker-{ID}.scope", "io.max"),
    ],
)
def test_the_group_is_the_containers_own(told: bytes, folder: str, file: str) -> None:
    """As the kernel names it, by the first version of control groups or by the second."""
    group = group_of(ID, told)
    assert group.folder == f"/sys/fs/cgroup/{folder}"
    assert group.file.startswith(file)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"0::/\n",
        b"5:blkio:/\n0::/docker/" + ID.encode(),
        f"0::/../{ID}\n".encode(),
        b"0::/docker/" + b"4e" * 32,
    ],
)
def test_what_is_not_surely_its_own_is_never_touched(told: bytes) -> None:
    """The root of all groups, one that somebody is above of, and somebody else's."""
    with pytest.raises(EngineError, match="expected the control group of the container 3f3f"):
        group_of(ID, told)


@pytest.mark.parametrize(
    ("file", "limited", "freed"),
    [
        ("blkio.throttle.write_iops_device", b"254:0 8", b"254:0 0"),
        ("io.max", b"254:0 wiops=8", b"254:0 wiops=max"),
    ],
)
def test_a_line_is_about_one_disk_and_one_limit(file: str, limited: bytes, freed: bytes) -> None:
    """So that what somebody else limited stays."""
    group = Group("/", file)
    assert (group.line("254:0", 8), group.line("254:0", 0)) == (limited, freed)


@pytest.mark.parametrize(
    ("file", "held", "writes"),
    [
        ("blkio.throttle.write_iops_device", b"", 0),
        ("blkio.throttle.write_iops_device", b"8:0 5\n254:0 8\n", 8),
        ("blkio.throttle.write_iops_device", b"254:01 8\n1254:0 8\n", 0),
        ("io.max", b"", 0),
        ("io.max", b"8:0 rbps=1 wbps=max riops=max wiops=5\n254:0 rbps=9 wiops=8\n", 8),
        ("io.max", b"254:0 rbps=max wbps=max riops=max wiops=8\n", 8),
        ("io.max", b"254:0 rbps=9 wbps=max riops=max wiops=max\n", 0),
        ("io.max", b"254:0 rbps=9 wbps=max riops=max wiops=max\n8:0 wiops=8\n", 0),
    ],
)
def test_a_limit_is_read_back(file: str, held: bytes, writes: int) -> None:
    """Of that disk and of no other one; nothing said is no limit."""
    assert Group("/", file).limit(held, "254:0") == writes


MOUNTS = b"""\
651 590 0:80 / / rw,relatime - overlay overlay rw,lowerdir=/a:/b
660 651 254:0 /var/lib/docker/volumes/x/_data /data rw,relatime - ext4 /dev/vda rw
661 651 0:90 / /memory rw - tmpfs tmpfs rw,size=8192k
662 651 0:45 /@/x /tree rw shared:1 - btrfs /dev/vda rw
663 651 254:0 / /hidden rw - ext4 /dev/vda rw
664 663 0:90 / /hidden rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("/data", ("254:0", "ext4")),
        ("/memory", ("", "tmpfs")),
        ("/tree", ("", "btrfs")),
        ("/hidden", ("", "tmpfs")),
        ("/nowhere", ("", "")),
    ],
)
def test_the_disk_of_a_mount_is_told_by_the_kernel(at: str, found: tuple[str, str]) -> None:
    """What has none of its own (memory, several joined) is on no disk, and its kind is told."""
    assert mounted_disk(MOUNTS, at) == found
