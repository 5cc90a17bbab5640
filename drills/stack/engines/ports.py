"""The published ports of containers on an engine that speaks Docker's API.

A helper that does nothing publishes a port of its own at the same place of the host, so that the
engine starts nobody else there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from drills.errors import EngineError, UnknownTarget
from drills.stack.engines.asking import Ask
from drills.stack.engines.beside import Inspected, drill_of
from drills.stack.engines.handshake import expired
from drills.stack.engines.lend import packed
from drills.stack.engines.marked import HELPER_LABEL, Marked
from drills.stack.engines.program import keeper
from drills.stack.ports import Published
from drills.stack.runtime import DRILL_LABEL, Container

TAKE_SECONDS = 20.0
_PROGRAM = "drill-keeper"
_OWN = 9  # the helper's own port, where nobody listens


class DockerPorts:
    """See ``drills.stack.ports.HostPorts``."""

    def __init__(
        self, ask: Ask, reached: Callable[[Sequence[Mapping[str, str]]], tuple[str, int]]
    ) -> None:
        """``reached`` says where what the engine published so is reached from here."""
        self._ask = ask
        self._reached = reached
        self._inspected = Inspected(ask)
        self._marked = Marked(ask)

    def published(self, container: Container, port: int) -> Sequence[Published]:
        """What its configuration asks for; what it was given may be another in its next run."""
        asked = self._inspected.of(container)["HostConfig"]["PortBindings"] or {}
        return [
            Published(one.get("HostIp", ""), int(one.get("HostPort") or 0))
            for one in asked.get(f"{port}/tcp") or ()
        ]

    def expired(self, container: Container, port: int) -> bool:
        """By a handshake at the place where it is published now."""
        inspected = self._inspected.of(container)
        if not inspected["State"]["Running"]:
            return False
        bound = (inspected["NetworkSettings"]["Ports"] or {}).get(f"{port}/tcp")
        if not bound:
            raise EngineError(f"port {port} of {container.name} is not published")
        return expired(*self._reached(bound))

    def take(
        self, container: Container, places: Collection[Published], time_to_live: float, mark: str
    ) -> None:
        """By a helper of the container's image, which needs nothing of it."""
        inspected = self._inspected.of(container)
        try:
            with self._ask("start a helper container", TAKE_SECONDS) as client:
                made = client.create_container(**_created(client, inspected, places, mark))
                helper = str(made["Id"])
                program = keeper(str(client.version()["Arch"]), time_to_live)
                client.put_archive(helper, "/", packed(_PROGRAM, program))
                client.start(helper)
        except UnknownTarget as error:  # of the image or the helper, never of the container
            raise EngineError(str(error)) from error

    def taken(self, mark: str) -> bool:
        """Whether the helper runs."""
        return bool(self._marked.of(mark, running=True))

    def give_back(self, mark: str) -> None:
        """Remove the helper."""
        self._marked.remove(mark)


def _created(
    client: Any, inspected: dict[str, Any], places: Collection[Published], mark: str
) -> dict[str, Any]:
    drill = drill_of(inspected)
    bindings = [(one.address, one.port) for one in places]
    return {
        "image": inspected["Image"],
        "entrypoint": [f"/{_PROGRAM}"],
        "command": [],
        "user": "0",
        "ports": [_OWN],
        "labels": {HELPER_LABEL: mark, **({DRILL_LABEL: drill} if drill else {})},
        "healthcheck": {"test": ["NONE"]},
        "host_config": client.create_host_config(
            port_bindings={_OWN: bindings},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            log_config={"type": "none", "config": {}},
        ),
    }
