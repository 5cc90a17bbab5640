"""What is on the engine beside a drill: what its stack would collide with, before and after.

A drill creates everything it uses, so whatever has one of its names already is somebody else's and
is never adopted: it would be written to, and taken for the drill's own when that is removed.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from drills.errors import UnknownTarget
from drills.stack.engines.composed import BIND, Composed, Network, Volume
from drills.stack.engines.docker import PROJECT_LABEL
from drills.stack.engines.engine import Engine
from drills.stack.engines.sweep import NO_DRILL
from drills.stack.runtime import DRILL_LABEL

_Row = Mapping[str, Any]  # as the engine lists it
OWN_NAMES = "Hint: `own_names = true` under [stack] of the manifest gives a drill names of its own."


class Neighbours:
    """The containers, networks, volumes and images of an engine at one moment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with engine.asked("look at what is there already") as client:
            self._containers: list[_Row] = client.containers(all=True)
            self._networks: list[_Row] = client.networks()
            self._volumes: list[_Row] = client.volumes()["Volumes"] or []

    def problems(self, composed: Composed, built: Collection[str]) -> Iterator[str]:
        """Everything that keeps this stack from being created beside them, a line each.

        ``built`` are the services whose images the team builds; it pulls the others.
        """
        yield from self._missing_images(composed, built)
        yield from self._of_volumes(composed)
        yield from self._of_networks(composed)
        yield from self._of_container_names(composed)
        yield from self._of_shared_folders(composed)

    def _missing_images(self, composed: Composed, built: Collection[str]) -> Iterator[str]:
        wanted: dict[str, list[str]] = {}
        for name, service in composed.services.items():
            wanted.setdefault(service.image, []).append(name)
        for image, services in wanted.items():
            if not self._has_image(image):
                builders = [name for name in services if name in built]
                words = ["build", builders[0]] if builders else ["pull", services[0]]
                files = [w for f in (composed.file, *composed.overrides) for w in ("-f", str(f))]
                line = shlex.join(["docker", "compose", *files, *words])
                yield (
                    f"{', '.join(services)}: there is no image {image} here, and a drill neither "
                    f"builds nor pulls. Hint: {line}"
                )

    def _has_image(self, name: str) -> bool:
        try:
            with self._engine.asked(f"look for the image {name}") as client:
                client.inspect_image(name)  # type: ignore[no-untyped-call]
        except UnknownTarget:
            return False
        return True

    def _of_volumes(self, composed: Composed) -> Iterator[str]:
        there = {row["Name"]: row for row in self._volumes}
        yield from _of_names("volume", composed.volumes, there)

    def _of_networks(self, composed: Composed) -> Iterator[str]:
        there = {row["Name"]: row for row in self._networks}
        yield from _of_names("network", composed.networks, there)
        for network in composed.networks.values():
            if network.external:
                yield from self._of_aliases(composed, network)
            else:
                yield from self._of_addresses(network)

    def _of_addresses(self, network: Network) -> Iterator[str]:
        wanted = [ip_network(one.subnet, strict=False) for one in network.ipam.config if one.subnet]
        for row in self._networks:
            taken = [each.get("Subnet", "") for each in (row.get("IPAM") or {}).get("Config") or ()]
            for one in (ip_network(text, strict=False) for text in taken if text):
                if any(one.version == each.version and one.overlaps(each) for each in wanted):
                    yield (
                        f"network {network.name} asks for addresses of {one}, which the network "
                        f"{row['Name']} has ({_whose(row)}). Hint: leave its subnet to the engine."
                    )

    def _of_aliases(self, composed: Composed, network: Network) -> Iterator[str]:
        """Who is called there as one of ours is: their callers would be answered by the drill."""
        ours: set[str] = set()
        for name, service in composed.services.items():
            for key, attachment in service.networks.items():
                if composed.networks.get(key) == network:
                    ours |= {name, service.container_name, *attachment.aliases} - {""}
        for row in self._containers:
            attached = row["NetworkSettings"]["Networks"] or {}
            if network.name in attached and row["State"] == "running":
                for alias in sorted(ours & self._called(row["Id"], network.name)):
                    yield (
                        f"{_name(row)} ({_whose(row)}) is called {alias} in the external network "
                        f"{network.name}, and so would a container of the drill be: requests of "
                        "others would reach it. Hint: let the file name another network for drills."
                    )

    def _called(self, container: str, network: str) -> set[str]:
        try:
            with self._engine.asked("look at a neighbour's names") as client:
                inspected = client.inspect_container(container)
        except UnknownTarget:  # gone by now
            return set()
        there = (inspected["NetworkSettings"]["Networks"] or {}).get(network) or {}
        return {*(there.get("Aliases") or ()), *(there.get("DNSNames") or ())}

    def _of_container_names(self, composed: Composed) -> Iterator[str]:
        there = {name: row for row in self._containers for name in _names(row)}
        for service in composed.services.values():
            if row := there.get(service.container_name):
                yield (
                    f"the container name {service.container_name} is taken "
                    f"({_whose(row)}, {row['State']}). {OWN_NAMES}"
                )

    def _of_shared_folders(self, composed: Composed) -> Iterator[str]:
        """Two that write into one folder spoil each other's data."""
        for service, mount in composed.mounts():
            for row in self._containers:
                for theirs in row.get("Mounts") or ():
                    if (
                        mount.type == theirs.get("Type") == BIND
                        and not mount.read_only
                        and theirs.get("RW")
                        and theirs.get("Source") == mount.source
                        and row["State"] in ("running", "paused", "restarting")
                    ):
                        yield (
                            f"{service} would write into {mount.source} while {_name(row)} "
                            f"({_whose(row)}) does. Hint: stop that one first."
                        )

    def not_made_by(self, drill_id: str, composed: Composed) -> list[str]:
        """Networks and volumes that this stack uses as its own and that the drill did not make."""
        made = [("network", each.name) for each in composed.networks.values() if not each.external]
        made += [("volume", each.name) for each in composed.volumes.values() if not each.external]
        rows = {("network", row["Name"]): row for row in self._networks}
        rows |= {("volume", row["Name"]): row for row in self._volumes}
        return [
            f"{kind} {name} ({_whose(rows[kind, name])})"
            for kind, name in made
            if (kind, name) in rows and _labels(rows[kind, name]).get(DRILL_LABEL) != drill_id
        ]


def _of_names(
    kind: str, wanted: Mapping[str, Network] | Mapping[str, Volume], there: Mapping[str, _Row]
) -> Iterator[str]:
    for one in wanted.values():
        if one.external and one.name not in there:
            yield (
                f"{kind} {one.name} is declared external and is not there. "
                f"Hint: docker {kind} create {shlex.quote(one.name)}"
            )
        if not one.external and one.name in there:
            yield (
                f"{kind} {one.name} is there already ({_whose(there[one.name])}), and a drill "
                f"uses and removes only what it made. {OWN_NAMES}"
            )


def _whose(row: _Row) -> str:
    labels = _labels(row)
    drill = labels.get(DRILL_LABEL, "")
    if drill not in ("", NO_DRILL):
        return f"of the drill {drill}; if that is dead, `drills heal` removes it"
    if project := labels.get(PROJECT_LABEL):
        return f"of the compose project {project}"
    return "of no compose project"


def _labels(row: _Row) -> Mapping[str, str]:
    return row.get("Labels") or {}


def _names(row: _Row) -> list[str]:
    return [name.removeprefix("/") for name in row["Names"] or ()]


def _name(row: _Row) -> str:
    return (_names(row) or [row["Id"]])[0]
