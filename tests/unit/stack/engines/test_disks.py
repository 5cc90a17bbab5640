"""Which control group is a container's own, what its file of limits says, which disk is mounted."""

from __future__ import annotations

import pytest

from drills.errors import EngineError
from drills.stack.engines.disks import Group, group_of, mounted_disk

ID = "3f" * 32
BLKIO, IO = "blkio.throttle.write_iops_device", "io.max"


@pytest.mark.parametrize(
    ("driver", "version", "parent", "folder", "file"),
    [
        ("cgroupfs", "1", "", f"blkio/docker/{ID}", BLKIO),
        ("cgroupfs", "2", "", f"docker/{ID}", IO),
        ("cgroupfs", "2", "/team/drills", f"team/drills/{ID}", IO),
        ("systemd", "1", "", f"blkio/system.slice/docker-{ID}.scope", BLKIO),
        ("systemd", "2", "", f"system.slice/docker-{ID}.scope", IO),
        ("systemd", "2", "a-b.slice", f"a.slice/a-b.slice/docker-{ID}.scope", IO),
    ],
)
def test_the_group_is_the_containers_own(
    driver: str, version: str, parent: str, folder: str, file: str
) -> None:
    """Where the engine says that it keeps them, by the first version of groups or the second."""
    info = {"CgroupDriver": driver, "CgroupVersion": version}
    assert group_of(ID, info, parent) == Group(f"/sys/fs/cgroup/{folder}", file)


@pytest.mark.parametrize(
    ("info", "parent", "why"),
    [
        ({"CgroupDriver": "none", "CgroupVersion": "2"}, "", "by cgroupfs or systemd, got 'none'"),
        ({}, "", "by cgroupfs or systemd, got None"),
        ({"CgroupDriver": "cgroupfs"}, "a/../..", "a control group of the engine's, got a/../.."),
    ],
)
def test_what_is_not_known_is_not_guessed(info: dict[str, str], parent: str, why: str) -> None:
    """An engine that keeps no groups, or elsewhere, is told."""
    with pytest.raises(EngineError, match=why):
        group_of(ID, info, parent)


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
