"""The containers of one project, on an engine that speaks Docker's API."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from docker import APIClient

from drills.clock import Clock
from drills.errors import EngineError, UnknownTarget
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.engines.abilities import lacking
from drills.stack.engines.attachment import Attachment
from drills.stack.engines.beside import drill_of
from drills.stack.engines.commands import DockerCommands
from drills.stack.engines.configuration import DockerConfiguration
from drills.stack.engines.crash import Crash
from drills.stack.engines.disks import DockerDisks
from drills.stack.engines.engine import ACT_SECONDS, READ_SECONDS, Engine, post, posted
from drills.stack.engines.event_feed import EventFeed
from drills.stack.engines.events import EngineClock
from drills.stack.engines.exit import Exit
from drills.stack.engines.folders import DockerFolders
from drills.stack.engines.frames import unframed
from drills.stack.engines.lend import Lender
from drills.stack.engines.limits import DockerLimits
from drills.stack.engines.links import DockerLinks
from drills.stack.engines.logs import fresh
from drills.stack.engines.ports import DockerPorts
from drills.stack.engines.processes import DockerProcesses
from drills.stack.engines.stats import reduce_stats
from drills.stack.engines.subscription import Subscription
from drills.stack.engines.volumes import DockerVolumes
from drills.stack.program import Program
from drills.stack.runtime import Container, ContainerState, EngineEvents, Executed, Log
from drills.units import NS

PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
INSTANCE_LABEL = "com.docker.compose.container-number"
ONE_OFF_LABEL = "com.docker.compose.oneoff"

_ENGINE_GRACE = 10  # seconds an engine waits for a container that declares no grace of its own


class DockerRuntime:
    """The containers of one compose project on one engine. See ``drills.stack.runtime.Runtime``.

    With an ``attachment`` the project is not the drill's: what may not be touched raises
    BlastRadiusExceeded.
    """

    def __init__(
        self,
        project: str,
        clock: Clock,
        *,
        allow_remote: bool = False,
        engine: Engine | None = None,
        until_ns: float = math.inf,
        attachment: Attachment | None = None,
    ) -> None:
        self.project = project
        self._clock = clock
        self._engine = engine or Engine(allow_remote=allow_remote)
        self._until_ns = until_ns  # when calls have to be over, on the clock
        self._attachment = attachment
        self._log_clock: EngineClock | None = None

    def within(self, seconds: float) -> DockerRuntime:
        """The same containers; its calls end within so many seconds from now, all together."""
        until_ns = min(self._until_ns, self._clock.monotonic_ns() + seconds * NS)
        return DockerRuntime(
            *(self.project, self._clock),
            engine=self._engine,
            until_ns=until_ns,
            attachment=self._attachment,
        )

    @property
    def links(self) -> DockerLinks:
        """The links between them."""
        return DockerLinks(self._asked)

    @property
    def host_ports(self) -> DockerPorts:
        """Where theirs are published."""
        return DockerPorts(self._asked, self._engine.published)

    @property
    def volumes(self) -> DockerVolumes:
        """What they mount."""
        return DockerVolumes(self._asked)

    @property
    def folders(self) -> DockerFolders:
        """What they keep in folders of those."""
        return DockerFolders(self._asked)

    @property
    def disks(self) -> DockerDisks:
        """What those lie on."""
        return DockerDisks(self._asked)

    @property
    def processes(self) -> DockerProcesses:
        """What runs inside them."""
        return DockerProcesses(self._asked, self._images)

    @property
    def commands(self) -> DockerCommands:
        """What a command inside them prints."""
        return DockerCommands(self._asked, post, self.processes)

    @property
    def configuration(self) -> DockerConfiguration:
        """What they read of the drill's own copy of it."""
        return DockerConfiguration(self._asked, self.project)

    @property
    def limits(self) -> DockerLimits:
        """What they may have."""
        return DockerLimits(self._asked, self._update)

    def lacks(self, ability: Ability, container: Container) -> str:
        """Why the engine's machine is not able to, see ``abilities``."""
        inspected = self._inspect(container)
        return lacking(self._asked, ability, inspected["Image"], drill_of(inspected))

    def containers(self, service: str = "") -> Sequence[Container]:
        """All containers of the stack, stopped ones too, or those of one service; by instance."""
        with self._asked("list the containers") as client:
            rows = client.containers(all=True, filters={"label": self._labels(service)})
        found = [_container(row) for row in rows if row["Labels"].get(ONE_OFF_LABEL) != "True"]
        return sorted(found, key=lambda one: (one.service, one.instance))

    def state(self, container: Container) -> ContainerState:
        """What the engine says of it now."""
        inspected = self._inspect(container)
        state = inspected["State"]
        return ContainerState(
            status=state["Status"],
            running=state["Running"],
            paused=state["Paused"],
            exit_code=state["ExitCode"],
            oom_killed=state["OOMKilled"],
            started_at=state["StartedAt"],
            health=state.get("Health", {}).get("Status", ""),
            restarts=inspected.get("RestartCount", 0),
        )

    def start(self, container: Container) -> None:
        """Start it. Starting a running one is no error; a frozen one has to be thawed first."""
        with self._acting("start", container) as client:
            client.start(container.id)

    def stop(self, container: Container, grace: float | None = None) -> None:
        """Ask it to stop, and kill it after the grace. The engine thaws a frozen one."""
        seconds = self._grace(container, grace)
        with self._acting("stop", container, seconds) as client:
            client.stop(container.id, timeout=seconds)

    def kill(self, container: Container, signal: str = "SIGKILL") -> None:
        """Send a signal to its first process. Raises EngineError where there is none."""
        with self._acting(f"send {signal} to", container) as client:
            client.kill(container.id, signal)

    def crash(self, container: Container) -> tuple[str, int]:
        """Let its main process die, so that a restart policy acts. See ``crash``."""
        return Crash(self._asked, self.execute, self._images, self._clock).of(container)

    def exit(self, container: Container, code: int) -> tuple[str, int]:
        """Let its main process end with this exit code. See ``exit``."""
        return Exit(self._asked, self.processes, self._clock).of(container, code)

    def pause(self, container: Container) -> None:
        """Freeze all its processes. Freezing a frozen one is no error, a stopped one is."""
        self._unless(
            lambda: self.state(container).paused, lambda client: client.pause, "freeze", container
        )

    def unpause(self, container: Container) -> None:
        """Thaw them. Thawing one that is not frozen is no error."""
        self._unless(
            lambda: not self.state(container).paused,
            lambda client: client.unpause,
            "thaw",
            container,
        )

    def restart(self, container: Container, grace: float | None = None) -> None:
        """Stop and start it."""
        seconds = self._grace(container, grace)
        with self._acting("restart", container, seconds) as client:
            client.restart(container.id, timeout=seconds)

    def execute(self, container: Container, argv: Sequence[str], user: str = "") -> Executed:
        """Run a command inside it and wait for the end, at most a minute between two outputs.

        A command that is not there ends with 126 or 127, as in a shell.
        """
        with self._running(f"run {argv[0]} in", container) as client:
            run = client.exec_create(container.id, list(argv), user=user)["Id"]
            output = unframed(_run(client, run))
            code = client.exec_inspect(run)["ExitCode"]
        return Executed(exit_code=int(code), output=output)

    def spawn(
        self, container: Container, argv: Sequence[str], environment: Mapping[str, str]
    ) -> str:
        """Start a command inside it, return at once with the ``execID`` that its events carry."""
        with self._acting(f"spawn {argv[0]} in", container) as client:
            run = client.exec_create(container.id, list(argv), environment=dict(environment))["Id"]
            client.exec_start(run, detach=True)
        return str(run)

    def lend(
        self, container: Container, program: Program, mark: str, environment: Mapping[str, str]
    ) -> str:
        """Start a program of ours inside it. See ``drills.stack.engines.lend``."""
        if self._attachment:
            self._attachment.check(f"lend {program.name} to", container)
        return Lender(self._asked, self._clock).lend(container, program, mark, environment)

    def take_back(self, mark: str) -> None:
        """End what was lent under this mark."""
        Lender(self._asked, self._clock).take_back(mark)

    def left(self, container: Container, mark: str) -> Sequence[str]:
        """What the engine knows to be left of a mark."""
        return Lender(self._asked, self._clock).left(container, mark)

    def logs(self, container: Container, tail: int) -> bytes:
        """The last ``tail`` lines it wrote, each with the engine's own time stamp."""
        with self._asked(f"read the logs of {container.name}") as client:
            return bytes(client.logs(container.id, timestamps=True, tail=tail))

    def log_after(self, container: Container, stamp_ns: int) -> Log:
        """What it wrote after a stamp, see ``logs.fresh``; the engine's clock is measured once."""
        if self._log_clock is None:
            with self._asked("read the engine's clock") as client:
                self._log_clock = EngineClock.measure(self._clock, client.info)
        return fresh(lambda tail: self.logs(container, tail), stamp_ns, self._log_clock)

    def stats(self, container: Container) -> Mapping[str, Json]:
        """One reading, see ``readings.reduce_stats``; {} for a stopped one. Takes no cycle."""
        with self._asked(f"read the use of {container.name}") as client:
            return reduce_stats(client.stats(container.id, stream=False, one_shot=True))

    def port(self, service: str, port: int) -> tuple[str, int]:
        """The address at which the service's port is reached from here now.

        Raises UnknownTarget for an unknown service, EngineError where none of its containers
        publishes the port now.
        """
        candidates = self.containers(service)
        if not candidates:
            known = sorted({one.service for one in self.containers()})
            raise UnknownTarget(f"no service {service!r} in {self.project}; known: {known}")
        seen = []
        for candidate in candidates:
            inspected = self._inspect(candidate)
            published = inspected["NetworkSettings"]["Ports"] or {}
            if bound := published.get(f"{port}/tcp"):
                return self._engine.published(bound)
            seen.append(
                f"{candidate.name} ({inspected['State']['Status']}) publishes "
                f"{', '.join(key for key in published if published[key]) or 'nothing'}"
            )
        raise EngineError(f"port {port} of {service} is not published: {'; '.join(seen)}")

    def events(self) -> EngineEvents:
        """Subscribe to the engine's events for this stack; they flow when this returns."""
        subscription = Subscription(self._engine, self._labels(""), self._clock)
        return EventFeed(
            *(subscription.begin, subscription.ping, self._clock, subscription.measure)
        )

    @contextmanager
    def _asked(self, question: str, seconds: float = READ_SECONDS) -> Iterator[APIClient]:
        left = (self._until_ns - self._clock.monotonic_ns()) / NS
        if left <= 0:
            raise EngineError(f"{question}: not asked, for no time was left")
        with self._engine.asked(question, seconds=min(seconds, left)) as client:
            yield self._attachment.client(client) if self._attachment else client

    def _update(self, container: Container, changes: Mapping[str, Any]) -> None:
        with self._acting("change the limits of", container) as client:
            posted(client, f"containers/{container.id}/update", changes)

    def _images(self) -> list[str]:
        with self._asked("list the images of the stack") as client:
            rows = client.containers(all=True, filters={"label": self._labels("")})
        return [row["ImageID"] for row in rows]

    def _labels(self, service: str) -> list[str]:
        labels = [f"{PROJECT_LABEL}={self.project}"]
        return [*labels, f"{SERVICE_LABEL}={service}"] if service else labels

    def _inspect(self, container: Container) -> dict[str, Any]:
        with self._asked(f"inspect {container.name}") as client:
            inspected: dict[str, Any] = client.inspect_container(container.id)
            return inspected

    @contextmanager
    def _acting(self, verb: str, container: Container, grace: int = 0) -> Iterator[APIClient]:
        if self._attachment:
            self._attachment.check(verb, container)
        with self._running(verb, container, grace) as client:
            yield client

    @contextmanager
    def _running(self, verb: str, container: Container, grace: int = 0) -> Iterator[APIClient]:
        seconds = ACT_SECONDS + max(grace, 0)  # an engine answers a stop when it is done
        with self._asked(f"{verb} {container.name}", seconds) as client:
            yield client

    def _grace(self, container: Container, asked: float | None) -> int:
        """In whole seconds, the engine's unit, rounded up: never shorter than what was asked for.

        Not asked for, it is the container's own, which compose's ``stop_grace_period`` becomes.
        """
        if asked is not None:
            return _whole_seconds(asked)
        own = self._inspect(container)["Config"].get("StopTimeout")
        return _ENGINE_GRACE if own is None else int(own)

    def _unless(
        self,
        already: Callable[[], bool],
        action: Callable[[APIClient], Callable[[str], None]],
        verb: str,
        container: Container,
    ) -> None:
        """Act, and take a refusal for success where the container is ``already`` so.

        Asking first would leave a gap in which the answer may change.
        """
        try:
            with self._acting(verb, container) as client:
                action(client)(container.id)
        except EngineError:
            with suppress(EngineError):
                if already():
                    return
            raise


def _container(row: Mapping[str, Any]) -> Container:
    labels = row["Labels"]
    return Container(
        id=row["Id"],
        name=row["Names"][0].removeprefix("/"),
        service=labels.get(SERVICE_LABEL, ""),
        instance=int(labels.get(INSTANCE_LABEL, "1")),
        labels=labels,
    )


def _run(client: APIClient, command: str) -> bytes:
    """Start a command that was created, wait for its end; what it wrote, in the engine's frames.

    The SDK's own reading of them waits for ever (it polls without a time-out), and loses what came
    together with the answer's head.
    """
    return posted(client, f"exec/{command}/start", {"Detach": False, "Tty": False})


def _whole_seconds(grace: float) -> int:
    return -int(-grace // 1)
