"""What a drill needs of a resolved compose file, and what it may not have. Pure but for stat(2).

Everything here is known before anything is created, without an engine, and the same tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from drills.stack.engines.composed import (
    BIND,
    VOLUME,
    Composed,
    Mount,
    Network,
    Service,
    Volume,
)

_OF_OTHERS = "container:"


@dataclass(frozen=True, slots=True)
class Need:
    """A service that is named at ``where`` in the manifest; ``port`` is one it must publish."""

    where: str
    service: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """A place outside of the drill that a service may write into: a path, or a volume's name."""

    service: str
    place: str
    target: str  # inside the container
    is_path: bool = True


def unmet(
    composed: Composed, needs: Iterable[Need], inactive: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """What the manifest names and the file does not have, a line each.

    ``inactive`` are services that would be there with a profile, and these profiles.
    """
    for service, named in _by_service(needs).items():
        found = composed.services.get(service)
        if found is None:
            where = ", ".join(dict.fromkeys(need.where for need in named))
            yield f"{where}: {_missing(composed, service, inactive)}"
            continue
        if found.instances < 1:
            yield f"{named[0].where}: {service} runs no instance in {composed.file.name}"
        published = {port.target for port in found.ports if port.protocol == "tcp"}
        asked = [need for need in named if need.port]
        if asked and (why := _unreachable(composed, found)):
            where = ", ".join(dict.fromkeys(need.where for need in asked))
            ports = ", ".join(dict.fromkeys(str(need.port) for need in asked))
            yield f"{where}: expected {service} to publish its port {ports}, but {why}"
            continue
        for need in asked:
            if need.port not in published:
                ports = ", ".join(map(str, sorted(published))) or "none"
                yield (
                    f"{need.where}: expected {service} to publish its port {need.port}, "
                    f"it publishes {ports}. Hint: ports: "
                    f'["127.0.0.1::{need.port}"] under {service} in {composed.file.name}'
                )


def _unreachable(composed: Composed, service: Service) -> str:
    """Why the engine publishes no port of a service, whatever its ``ports`` say; "" where it may.

    A drill asks the service's own containers where they are published.
    """
    mode = service.network_mode
    kind, _, other = mode.partition(":")
    if kind in ("host", "none", "service", "container"):
        whose = f" Name {other} there, and publish the port under it" if kind == "service" else ""
        hint = whose or " Leave network_mode out, so that it has a network of its own"
        return f"with network_mode: {mode} the engine publishes none of its ports. Hint:{hint}"
    attached = [composed.networks[key] for key in service.networks if key in composed.networks]
    if attached and all(network.internal for network in attached):
        names = ", ".join(key for key in service.networks)
        return (
            f"it is only in networks that are internal ({names}), out of which the engine "
            "publishes nothing. Hint: give it one more network"
        )
    return ""


def misplaced(composed: Composed) -> Iterator[str]:
    """Mounts at a place that the engine will not take: one that is no absolute path."""
    places = [(name, mount.target) for name, mount in composed.mounts()]
    for name, service in composed.services.items():
        places += [(name, each.partition(":")[0]) for each in service.tmpfs]
    for service_name, target in places:
        if PurePosixPath(target).is_absolute() or not target:
            continue
        drive = re.match(r"[A-Za-z]:", target)
        hint = (
            f" Hint: {drive[0]} is read as a drive of Windows, so give the volume a longer name"
            if drive
            else ""
        )
        yield (
            f"{service_name} mounts something at {target!r}, expected an absolute path in the "
            f"container, such as /data.{hint}"
        )


def _by_service(needs: Iterable[Need]) -> Mapping[str, list[Need]]:
    found: dict[str, list[Need]] = {}
    for need in needs:
        found.setdefault(need.service, []).append(need)
    return found


def _missing(composed: Composed, service: str, inactive: Mapping[str, Sequence[str]]) -> str:
    known = sorted(composed.services)
    said = f"expected a service of {composed.file.name} ({', '.join(known)}), got {service!r}."
    if profiles := inactive.get(service):
        return (
            f"{said} It is in the profile {' or '.join(profiles)}, which is not active. "
            f'Hint: profiles = ["{profiles[0]}"] under [stack]'
        )
    near = get_close_matches(service, known, n=1)
    return f"{said} Did you mean {near[0]!r}?" if near else said


def missing_sources(composed: Composed, own: Path, allowed: Sequence[str]) -> Iterator[str]:
    """What is mounted and is not there: the engine would create it, and leave it behind.

    ``own`` is a folder of the drill's own, which is filled later; ``allowed`` as in ``refused``.
    """
    for service, mount in composed.mounts():
        if mount.type != BIND or _there(mount.source) or below(mount.source, own):
            continue
        if mount.read_only or not _permitted(mount.source, allowed, composed):
            yield (
                f"{service} mounts {shown(mount.source, composed)}, which is not there: "
                "the engine would create it and leave it behind"
            )
    for kind, some in (("secret", composed.secrets), ("config", composed.configs)):
        for name, one in some.items():
            if one.file and not _there(one.file):
                yield f"the {kind} {name} is in {shown(one.file, composed)}, which is not there"


def joined(composed: Composed) -> Iterator[str]:
    """Who would live in a container that is none of the drill's: faults would reach that."""
    for name, service in composed.services.items():
        for key in ("network_mode", "pid", "ipc"):
            value = getattr(service, key)
            if value.startswith(_OF_OTHERS):
                yield f"{name} shares {value.removeprefix(_OF_OTHERS)}'s {key}: not the drill's"
        for each in service.volumes_from:
            if each.startswith(_OF_OTHERS) and not each.endswith(":ro"):
                other = each.removeprefix(_OF_OTHERS).partition(":")[0]
                yield f"{name} writes into the volumes of {other}, which is not the drill's"


def writes(composed: Composed, own: Path) -> list[Write]:
    """Where services may write outside of what the drill makes; ``own`` is a folder of its own."""
    return [
        write
        for service, mount in composed.mounts()
        if not mount.read_only
        for write in _of_mount(composed, service, mount)
        if not (write.is_path and below(write.place, own))
    ]


def _of_mount(composed: Composed, service: str, mount: Mount) -> Iterator[Write]:
    volume = composed.volumes.get(mount.source) if mount.type == VOLUME else None
    if mount.type == BIND:
        yield Write(service, mount.source, mount.target)
    elif volume is not None and volume.external:
        yield Write(service, volume.name, mount.target, is_path=False)
    elif volume is not None and volume.device:
        yield Write(service, volume.device, mount.target)


def refused(found: Iterable[Write], allowed: Sequence[str], composed: Composed) -> Iterator[str]:
    """The writes that nobody permitted: ``allowed`` are paths, from the file's folder, and names.

    A folder stands for everything in it.
    """
    for write in found:
        if not _may(write, allowed, composed):
            place = _named(write, composed)
            yield (
                f"{write.service} writes into {place} at {write.target}, and what a drill does "
                f"there stays. Hint: mount it read-only, or permit it: "
                f'writes_to = ["{shown(write.place, composed)}"] under [stack]'
            )


def permitted(found: Iterable[Write], allowed: Sequence[str], composed: Composed) -> Iterator[str]:
    """The writes that were permitted, in words, for who reads the plan."""
    for write in found:
        if _may(write, allowed, composed):
            yield f"writes go into {_named(write, composed)} (service {write.service})"


def fixed_names(composed: Composed) -> list[str]:
    """Names that do not begin with the project's, and so can be taken: ``volume shop-db``."""
    prefix = f"{composed.name}_"
    both: list[tuple[str, Network | Volume]] = [
        *(("network", one) for one in composed.networks.values()),
        *(("volume", one) for one in composed.volumes.values()),
    ]
    found = [
        f"{kind} {one.name}"
        for kind, one in both
        if not one.external and not one.name.startswith(prefix)
    ]
    return found + [
        f"container {each.container_name}"
        for each in composed.services.values()
        if each.container_name
    ]


def shown(place: str, composed: Composed) -> str:
    """A path as the compose file would write it: from its own folder where it lies there."""
    folder = composed.file.parent
    if Path(place).is_absolute() and Path(place).is_relative_to(folder):
        return f"./{Path(place).relative_to(folder)}"
    return place


def _named(write: Write, composed: Composed) -> str:
    if not write.is_path:
        return f"the external volume {write.place}"
    place = shown(write.place, composed)
    return f"{place} of your project" if place.startswith("./") else place


def _may(write: Write, allowed: Sequence[str], composed: Composed) -> bool:
    if not write.is_path:
        return write.place in allowed
    return _permitted(write.place, allowed, composed)


def _permitted(place: str, allowed: Sequence[str], composed: Composed) -> bool:
    folder = composed.file.parent
    return place in allowed or any(
        below(place, folder / Path(each).expanduser()) for each in allowed
    )


def below(place: str, folder: Path) -> bool:
    """Whether a path is that folder or in it."""
    return Path(place).resolve().is_relative_to(folder.resolve())


def _there(place: str) -> bool:
    try:
        return Path(place).exists()
    except PermissionError:
        return True  # the engine may look where we may not
