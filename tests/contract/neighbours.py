"""Things of others on the engine, made by hand, and whether a drill left them as they were."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Self

from docker import APIClient

IMAGE = "debian:trixie-slim"
MARK = "incident-drills.neighbour"

LASTING = ["sleep", "14400"]  # longer than anything that is tried beside it


class Neighbours:
    """Volumes, networks and containers that no drill made. Everything goes at the end.

    ``token`` is in all names, so that two tests do not meet.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = APIClient()
        self._labels = {MARK: token}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        only: dict[str, Any] = {"label": f"{MARK}={self.token}"}
        for row in self.client.containers(all=True, filters=only):
            self.client.remove_container(row["Id"], force=True, v=True)
        for row in self.client.networks(filters=only):
            self.client.remove_network(row["Id"])
        for row in self.client.volumes(filters=only)["Volumes"] or ():
            self.client.remove_volume(row["Name"])
        self.client.close()

    def volume(self, name: str, project: str = "") -> str:
        """A volume with a file in it, as if a compose project had made it."""
        self.client.create_volume(name, labels={**self._labels, **_of(project)})
        holder = self._container(
            f"{name}-filler",
            ["sh", "-c", "echo of the team > /store/kept.txt"],
            host_config=self.client.create_host_config(binds=[f"{name}:/store"]),
        )
        self.client.start(holder)
        self.client.wait(holder)
        self.client.remove_container(holder)
        return name

    def network(self, name: str, project: str = "") -> str:
        """A network, as if a compose project had made it."""
        self.client.create_network(name, labels={**self._labels, **_of(project)})
        return name

    def container(self, name: str, *, network: str = "", anonymous: bool = False) -> str:
        """A container that runs; on a network, or with an anonymous volume."""
        host = self.client.create_host_config(network_mode=network or "none", init=True)
        made = self._container(
            name, LASTING, host_config=host, volumes=["/anonymous"] if anonymous else None
        )
        self.client.start(made)
        return name

    def _container(self, name: str, command: list[str], **options: Any) -> str:
        made = self.client.create_container(
            IMAGE, command, name=name, labels=self._labels, **options
        )
        return str(made["Id"])

    def picture(self) -> str:
        """Everything that must not change, as text that can be compared.

        Sorted: an engine lists networks and volumes in another order now and then.
        """
        only: dict[str, Any] = {"label": f"{MARK}={self.token}"}
        found: list[Any] = []
        for row in self.client.containers(all=True, filters=only):
            one = self.client.inspect_container(row["Id"])
            found.append([row["Id"], one["State"], one["Mounts"], one["NetworkSettings"]])
        networks = self.client.networks(filters=only)
        found += [[row["Id"], row["Name"], row["Labels"]] for row in networks]
        volumes = self.client.volumes(filters=only)["Volumes"] or []
        found += [[row, self._content(row["Name"])] for row in volumes]
        return "\n".join(sorted(json.dumps(row, indent=1, sort_keys=True) for row in found))

    def _content(self, volume: str) -> str:
        reader = self._container(
            f"{volume}-reader",
            ["sh", "-c", "ls -lR --time-style=full-iso /store; cat /store/*"],
            host_config=self.client.create_host_config(binds=[f"{volume}:/store:ro"]),
        )
        try:
            self.client.start(reader)
            self.client.wait(reader)
            return bytes(self.client.logs(reader)).decode()
        finally:
            self.client.remove_container(reader)


def _of(project: str) -> dict[str, str]:
    return {"com.docker.compose.project": project} if project else {}
