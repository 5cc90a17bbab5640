"""The same small containers, on paper and on a real engine, for one suite over both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import uuid4

from docker import APIClient

from drills.clock import Clock, SystemClock
from drills.stack.engines.docker import DockerRuntime
from drills.stack.engines.engine import Engine
from drills.stack.runtime import (
    DRILL_LABEL,
    Container,
    EngineEvent,
    EngineEvents,
    Executed,
    Runtime,
)
from drills.testing import FakeRuntime, ManualClock
from drills.wait import until

IMAGE = "debian:trixie-slim"
# Ends when asked to. `wait` gives way to a trap at once, a sleep in the foreground would not.
POLITE = "trap 'exit 0' TERM INT; echo one; echo ready; sleep 600 & wait"
DEAF = "trap '' TERM INT; echo one; echo ready; while :; do sleep 1; done"


class Bench(Protocol):
    """A runtime, and the means to put containers into it."""

    @property
    def runtime(self) -> Runtime:
        """What is under test."""

    @property
    def clock(self) -> Clock:
        """The clock that the runtime's events are on."""

    def add(
        self,
        service: str,
        instance: int = 1,
        *,
        deaf: bool = False,
        grace: int | None = None,
        restarts: bool = False,
        init: bool = False,
    ) -> Container:
        """A container that runs and has written the lines "one" and "ready".

        ``deaf`` to requests to end; ``grace`` seconds of its own; ``restarts`` as policy; an init.
        """

    def remove(self, container: Container) -> None:
        """Take it away by force, behind the runtime's back."""

    def finish(self, spawned_id: str, exit_code: int) -> None:
        """Let a spawned command end with the code, if it does not do so by itself."""

    def close(self) -> None:
        """Remove everything."""


class FakeBench:
    """Containers on paper."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.runtime = FakeRuntime(self.clock, {})
        self.runtime.answer(
            "sh", "-c", "echo out; echo err >&2; exit 3", with_=Executed(3, b"out\nerr\n")
        )
        self.runtime.answer("no-such-command", with_=Executed(126, b"not found"))

    def add(
        self,
        service: str,
        instance: int = 1,
        *,
        deaf: bool = False,
        grace: int | None = None,
        restarts: bool = False,
        init: bool = False,
    ) -> Container:
        container = self.runtime.add(service, instance)
        if grace is not None:
            self.runtime.declare_grace(container, grace)
        if restarts:
            self.runtime.restarts(container)
        for line in (b"one", b"ready"):
            self.runtime.write(container, line)
        if deaf:
            self.runtime.deaf(container)
        return container

    def remove(self, container: Container) -> None:
        self.runtime.vanish(container)

    def finish(self, spawned_id: str, exit_code: int) -> None:
        self.runtime.finish(spawned_id, exit_code)

    def close(self) -> None:
        """Nothing is there."""


class DockerBench:
    """Real containers without a network, labelled as compose would."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.project = f"contract-{uuid4().hex[:12]}"
        engine = Engine()
        self.runtime = DockerRuntime(self.project, self.clock, engine=engine)
        self._client: APIClient = engine.client()

    def add(
        self,
        service: str,
        instance: int = 1,
        *,
        deaf: bool = False,
        grace: int | None = None,
        restarts: bool = False,
        init: bool = False,
    ) -> Container:
        identity = self._client.create_container(
            IMAGE,
            ["sh", "-c", DEAF if deaf else POLITE],
            name=f"{self.project}-{service}-{instance}",
            labels={
                "com.docker.compose.project": self.project,
                "com.docker.compose.service": service,
                "com.docker.compose.container-number": str(instance),
                DRILL_LABEL: self.project,
            },
            stop_timeout=grace,
            host_config=self._client.create_host_config(
                network_mode="none",
                init=init,
                restart_policy={"Name": "always"} if restarts else None,
            ),
        )["Id"]
        self._client.start(identity)
        until(
            lambda: b"ready" in self._client.logs(identity),
            awaited="the container's process is ready",
            within=20,
        )
        (container,) = (one for one in self.runtime.containers() if one.id == identity)
        return container

    def remove(self, container: Container) -> None:
        self._client.remove_container(container.id, force=True, v=True)

    def finish(self, spawned_id: str, exit_code: int) -> None:
        """Real commands end by themselves."""

    def pid(self, container: Container) -> int:
        """The number of its first process on the engine's host."""
        return int(self._client.inspect_container(container.id)["State"]["Pid"])

    def everything(self) -> set[str]:
        """The ids of all containers with its label: its own, and any helper that is still there."""
        only = {"label": f"{DRILL_LABEL}={self.project}"}
        return {row["Id"] for row in self._client.containers(all=True, filters=only)}

    def close(self) -> None:
        for container in self.runtime.containers():
            self.remove(container)
        self._client.close()


class Listening:
    """Events of one subscription, waited for."""

    def __init__(self, bench: Bench) -> None:
        self._clock = bench.clock
        self.events: EngineEvents = bench.runtime.events()

    def all(self) -> Sequence[EngineEvent]:
        """Everything so far."""
        return self.events.since(0)[0]

    def actions(self) -> list[str]:
        """The words of everything so far."""
        return [event.action for event in self.all()]

    def until(
        self, action: str, matches: Callable[[EngineEvent], bool] = lambda _: True
    ) -> EngineEvent:
        """The first event of that name that ``matches``; engines tell it a moment later."""
        return until(
            lambda: next(
                (event for event in self.all() if event.action == action and matches(event)), None
            ),
            awaited=f"the event {action}",
            within=20,
            last_seen=lambda: str(self.actions()),
            clock=self._clock,
        )
