"""The container that is an inbox: in the stack's network, with no port of the host, unprivileged.

Its image is that of our other helpers. What it takes is told through the engine, so that it is
heard wherever the stack's networks are; it takes nothing any more when nobody hears it.
"""

from __future__ import annotations

import base64
import queue
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from drills.errors import DrillError, EngineError, UnknownTarget
from drills.stack.engines.attendants import missing_tools, tools
from drills.stack.engines.engine import Engine
from drills.stack.engines.wire import Wire
from drills.stack.inbox import Arrival, Reception
from drills.stack.runtime import DRILL_LABEL

START_SECONDS = 20.0
ANSWER_SECONDS = 5.0
WHOSE = "the drill's webhook receiver"
_MEMORY = 128 << 20  # bytes


class DockerInbox:
    """One in a container. See ``drills.stack.inbox.Inbox``; ``receive`` makes it."""

    def __init__(self, engine: Engine, container: str, wire: Wire) -> None:
        """Raises EngineError where the program in the container does not begin."""
        self._engine = engine
        self._container = container
        self._wire = wire
        self._arrived: list[Arrival] = []
        self._told: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._asking = threading.Lock()
        self._gone = threading.Event()
        threading.Thread(target=self._listen, name="inbox", daemon=True).start()
        self._next("ready", START_SECONDS)

    def clock_ns(self) -> int:
        """Its monotonic clock."""
        with self._asking:
            self._wire.say(clock=True)
            return int(self._next("clock", ANSWER_SECONDS))

    def since(self, position: int) -> tuple[Sequence[Arrival], int]:
        """What arrived after ``position``."""
        fresh = tuple(self._arrived[position:])
        if not fresh and self._gone.is_set():
            raise EngineError(f"{WHOSE} is gone: {self._wire.complaint or 'it said nothing'}")
        return fresh, position + len(fresh)

    def close(self) -> None:
        """Hang up, and remove the container: ``down`` does so where this fails."""
        self._wire.close()
        with suppress(DrillError), self._engine.asked(f"remove {WHOSE}") as client:
            client.remove_container(self._container, force=True, v=True)

    def _listen(self) -> None:
        with suppress(ValueError, OSError):  # half a line of one that is gone
            for told in self._wire.heard():
                if "body" in told:
                    body = base64.b64decode(told["body"])
                    self._arrived.append(Arrival(int(told["at"]), str(told["path"]), body))
                else:
                    self._told.put(told)
        self._gone.set()
        self._told.put(None)

    def _next(self, key: str, seconds: float) -> Any:
        while True:
            try:
                told = self._told.get(timeout=seconds)
            except queue.Empty:
                raise EngineError(f"{WHOSE} did not answer in {seconds:g} s") from None
            if told is None:
                raise EngineError(f"{WHOSE} is gone: {self._wire.complaint or 'it said nothing'}")
            if key in told:
                return told[key]  # an answer that came too late is another question's


def receive(
    engine: Engine,
    reception: Reception,
    networks: Sequence[str],
    drill: str,
    project: str,
    time_to_live: float,
) -> DockerInbox:
    """One in these networks, by the engine's names for them. Raises EngineError."""
    container = ""
    try:
        try:
            with engine.asked(f"start {WHOSE}", seconds=START_SECONDS) as client:
                words = _created(client, reception, networks[0], drill, project, time_to_live)
                container = str(client.create_container(**words)["Id"])
                for network in networks[1:]:
                    aliases = list(reception.names)
                    client.connect_container_to_network(container, network, aliases=aliases)
                client.start(container)
        except UnknownTarget as error:
            raise EngineError(missing_tools() if "image" in str(error) else str(error)) from error
        with engine.door(f"talk to {WHOSE}"):
            arguments = [str(reception.port), reception.path, f"{time_to_live:g}"]
            wire = Wire(engine.client(START_SECONDS), container, WHOSE, "inbox", arguments)
        try:
            return DockerInbox(engine, container, wire)
        except BaseException:
            wire.close()
            raise
    except BaseException:
        if container:
            with suppress(DrillError), engine.asked(f"remove {WHOSE}") as client:
                client.remove_container(container, force=True, v=True)
        raise


def _created(
    client: Any,
    reception: Reception,
    network: str,
    drill: str,
    project: str,
    time_to_live: float,
) -> Mapping[str, Any]:
    place = client.create_endpoint_config(aliases=list(reception.names))
    return {
        "image": tools(),
        "name": f"{project}-inbox",
        "entrypoint": ["sleep", f"{time_to_live:g}"],
        "command": [],
        "user": "65534",
        "labels": {DRILL_LABEL: drill},
        "healthcheck": {"test": ["NONE"]},
        "networking_config": client.create_networking_config({network: place}),
        "host_config": client.create_host_config(
            network_mode=network,
            read_only=True,
            init=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            mem_limit=_MEMORY,
            memswap_limit=_MEMORY,
            pids_limit=64,
            auto_remove=True,
            log_config={"type": "none", "config": {}},
        ),
    }
