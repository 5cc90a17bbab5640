"""What lets a service reach the host is told of each one, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drills.stack.engines.reach import reaching
from tests.unit.stack.engines.composed import bind, composed

FILE = Path("/team/compose.yaml")


def told(service: dict[str, Any], **sections: Any) -> list[str]:
    return list(reaching(composed(FILE, {"web": {"image": "x", **service}}, **sections)))


@pytest.mark.parametrize(
    ("service", "way"),
    [
        ({"privileged": True}, "privileged: true"),
        ({"pid": "host"}, "pid: host"),
        ({"ipc": "host"}, "ipc: host"),
        ({"uts": "host"}, "uts: host"),
        ({"cgroup": "host"}, "cgroup: host"),
        ({"userns_mode": "host"}, "userns_mode: host"),
        ({"network_mode": "host"}, "network_mode: host"),
        ({"use_api_socket": True}, "use_api_socket: true, the engine's socket"),
        ({"cap_add": ["SYS_ADMIN", "NET_ADMIN"]}, "cap_add: SYS_ADMIN, NET_ADMIN"),
        ({"devices": [{"source": "/dev/fuse", "target": "/f"}]}, "devices: /dev/fuse"),
        ({"devices": ["/dev/kvm:/dev/kvm"]}, "devices: /dev/kvm:/dev/kvm"),
        ({"device_cgroup_rules": ["c 1:3 mr"]}, "device_cgroup_rules: c 1:3 mr"),
        ({"security_opt": ["seccomp:unconfined", "no-new-privileges:true"]}, "seccomp:unconfined"),
        ({"security_opt": ["label=disable"]}, "label=disable"),
        ({"extra_hosts": ["me=host-gateway"]}, "extra_hosts: host-gateway, this host's address"),
        ({"extra_hosts": {"me": "host-gateway"}}, "extra_hosts: host-gateway"),
        ({"volumes": [bind("/var/run/docker.sock")]}, "mounts /var/run/docker.sock, a socket"),
        ({"volumes": [bind("/opt/agent.sock")]}, "mounts /opt/agent.sock, a socket"),
        (
            {"volumes": [bind("/var/run", read_only=True)]},
            "mounts /var/run, where the engine's socket is, read-only",
        ),
        ({"volumes": [bind("/run/")]}, "mounts /run/, where the engine's socket is"),
        ({"volumes": [bind("/", read_only=True)]}, "mounts /, where the engine's socket is"),
        ({"volumes": [bind("/etc", read_only=True)]}, "mounts /etc of the host, read-only"),
        ({"volumes": [bind("/srv/../etc")]}, "mounts /srv/../etc of the host"),
        ({"volumes": [bind("/proc/sys")]}, "mounts /proc/sys of the host"),
        ({"volumes": [bind("/var/lib/docker/volumes")]}, "of the host"),
    ],
)
def test_a_way_to_the_host_is_named(service: dict[str, Any], way: str) -> None:
    """With its service, as the file has it; a read-only mount of a socket's folder is one too."""
    (line,) = told(service)
    assert line.startswith("web reaches this host (")
    assert way in line


def test_a_volume_that_stands_for_a_folder_of_the_host_is_one() -> None:
    """It is a mount by another name."""
    options = {"type": "none", "o": "bind", "device": "/etc"}
    volumes = {"data": {"name": "drill-d1_data", "driver_opts": options}}
    mounted = {"type": "volume", "source": "data", "target": "/d"}
    (line,) = told({"volumes": [mounted]}, volumes=volumes)
    assert "mounts /etc of the host" in line


def test_all_ways_of_a_service_stand_in_one_line() -> None:
    """Nobody has to put them together."""
    (line,) = told({"privileged": True, "pid": "host", "volumes": [bind("/dev")]})
    assert "(privileged: true; pid: host; mounts /dev of the host)" in line


@pytest.mark.parametrize(
    "service",
    [
        {},
        {
            "privileged": False,
            "pid": "service:db",
            "network_mode": "service:db",
            "ipc": "shareable",
        },
        {"security_opt": ["no-new-privileges:true"], "extra_hosts": ["db=10.0.0.7"]},
        {"volumes": [bind("/team/config"), bind("/etc/localtime", read_only=True)]},
        {"volumes": [{"type": "volume", "source": "", "target": "/data"}]},
        {"volumes": [{"type": "tmpfs", "target": "/run"}], "cap_drop": ["ALL"]},
    ],
)
def test_an_ordinary_service_is_not_told_of(service: dict[str, Any]) -> None:
    """Or nobody would read the others."""
    assert told(service) == []
