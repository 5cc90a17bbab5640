"""What of a resolved compose file lets a service reach the host that it runs on. Pure.

A drill undoes and removes what is its own. What a service does to the host by one of these it
neither sees nor undoes, so whoever reads the plan is told of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from drills.stack.engines.composed import BIND, VOLUME, Composed, Mount, Service

_SHARED = ("network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup")
_HOST = "host"
_GATEWAY = "host-gateway"
# Where engines have their sockets; connecting to one takes no right to write to the file.
_SOCKETS = tuple(
    PurePosixPath(folder, name)
    for folder in ("/run", "/var/run")
    for name in ("docker.sock", "containerd/containerd.sock", "podman/podman.sock")
)
_SYSTEM = tuple(map(PurePosixPath, ("/proc", "/sys", "/dev")))  # and what is in them
_FOLDERS = frozenset(
    map(
        PurePosixPath,
        ("/", "/boot", "/etc", "/home", "/lib", "/root", "/usr", "/var", "/var/lib", "/var/log"),
    )
)
_ENGINES = tuple(map(PurePosixPath, ("/var/lib/docker", "/var/lib/containerd", "/etc/docker")))


def reaching(composed: Composed) -> Iterator[str]:
    """A line for each service that reaches the host, with all by which it does."""
    for name, service in composed.services.items():
        ways = [*_ways(service), *_mounted(composed, service)]
        if ways:
            yield (
                f"{name} reaches this host ({'; '.join(dict.fromkeys(ways))}): what it does there "
                "no drill sees or undoes"
            )


def _ways(service: Service) -> Iterator[str]:
    if service.privileged:
        yield "privileged: true"
    for key in _SHARED:
        if getattr(service, key) == _HOST:
            yield f"{key}: host"
    if service.use_api_socket:
        yield "use_api_socket: true, the engine's socket"
    for key in ("cap_add", "devices", "device_cgroup_rules"):
        if given := getattr(service, key):
            yield f"{key}: {', '.join(map(_short, given))}"
    if loosened := [each for each in service.security_opt if _loosens(each)]:
        yield f"security_opt: {', '.join(loosened)}"
    if _GATEWAY in str(service.extra_hosts):
        yield f"extra_hosts: {_GATEWAY}, this host's address"


def _short(device: object) -> str:
    """A device by its place on the host, and anything else as it is."""
    return str(device.get("source", device)) if isinstance(device, dict) else str(device)


def _loosens(option: str) -> bool:
    return option.endswith(("unconfined", "disable"))


def _mounted(composed: Composed, service: Service) -> Iterator[str]:
    for mount in service.volumes:
        place = _place(composed, mount)
        if place and (what := _of_the_host(PurePosixPath(normpath(place)))) is not None:
            yield f"mounts {place}{what}{', read-only' if mount.read_only else ''}"


def _place(composed: Composed, mount: Mount) -> str:
    """The path of the host that is mounted, be it by a volume; "" for none."""
    if mount.type == BIND:
        return mount.source
    volume = composed.volumes.get(mount.source) if mount.type == VOLUME else None
    return volume.device if volume is not None else ""


def _of_the_host(place: PurePosixPath) -> str | None:
    """What is to know of a path beside it; None for one that is nothing of the host's own."""
    if place in _SOCKETS or place.suffix == ".sock":
        return ", a socket"
    if any(place in socket.parents for socket in _SOCKETS):
        return ", where the engine's socket is"
    if place in _FOLDERS or any(place.is_relative_to(each) for each in (*_SYSTEM, *_ENGINES)):
        return " of the host"
    return None
