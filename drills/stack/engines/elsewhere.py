"""What of a resolved compose file cannot be so on an engine that is on another machine. Pure.

Its containers see the folders of that machine, never those of this one: whatever is mounted from
here would be an empty folder there, or somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from drills.stack.engines.address import Address
from drills.stack.engines.bindings import of_others, unreached
from drills.stack.engines.composed import BIND, Composed
from drills.stack.engines.needs import Need, below, shown

_BUILD_IN = "build it into the image, keep it in a volume, or write it under configs: as content:"


def elsewhere(
    composed: Composed, needs: Iterable[Need], engine: Address, own: Path
) -> Iterator[str]:
    """Each such thing with what helps, a line each; ``own`` is the drill's own folder."""
    there = f"on the engine's machine ({engine.host}) is no folder of this one"
    for service, mount in composed.mounts():
        if mount.type == BIND:
            what = f"{shown(mount.source, composed)} at {mount.target}"
            if below(mount.source, own):
                what = f"the drill's copy of the configuration at {mount.target}"
            yield f"{service} mounts {what}, and {there}. Hint: {_BUILD_IN}"
    for volume in composed.volumes.values():
        if _bound(volume.driver_opts) and not volume.external:
            yield f"the volume {volume.name} is {volume.device}, and {there}. Hint: {_BUILD_IN}"
    for kind, key, some in (
        ("secret", "environment", composed.secrets),
        ("config", "content", composed.configs),
    ):
        for name, one in some.items():
            if one.file:
                place = shown(one.file, composed)
                yield f"the {kind} {name} is in {place}, and {there}. Hint: {key}: in its stead"
    yield from _unreached(composed, needs, engine)


def places(composed: Composed) -> set[str]:
    """The folders of this machine that the file has mounted."""
    volumes = composed.volumes.values()
    return {
        *(mount.source for _, mount in composed.mounts() if mount.type == BIND),
        *(each.device for each in volumes if _bound(each.driver_opts)),
    }


def _bound(options: dict[str, str]) -> bool:
    """Whether a volume is a folder of the engine's machine."""
    given = [*options.get("o", "").split(","), options.get("type", "")]
    return bool(options.get("device")) and not {"bind", "rbind"}.isdisjoint(given)


def _unreached(composed: Composed, needs: Iterable[Need], engine: Address) -> Iterator[str]:
    for need in needs:
        service = composed.services.get(need.service)
        ports = [port for port in service.ports if port.target == need.port] if service else []
        if ports and all(of_others(port.host_ip, engine) for port in ports):
            bound = ", ".join(dict.fromkeys(port.host_ip for port in ports))
            said = f"{need.service} publishes its port {need.port} at {bound}"
            yield f"{need.where}: {said}: {unreached(bound, engine)}"
