"""A runtime for tests, that does what it is told and fails where it is told."""

from __future__ import annotations

import copy
import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from drills.errors import DrillError, EngineError, UnknownTarget
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.command import NotStarted, OutOfTime
from drills.stack.program import Program
from drills.stack.runtime import (
    HEALTH,
    KILLED,
    Container,
    ContainerState,
    EngineEvent,
    EngineEvents,
    Executed,
)
from drills.testing.fake_calls import Call, Spawned
from drills.testing.fake_configuration import FakeConfiguration
from drills.testing.fake_container import STATS, FakeContainer
from drills.testing.fake_events import FakeEngineEvents
from drills.testing.fake_folders import FakeFolders
from drills.testing.fake_limits import FakeLimits
from drills.testing.fake_links import FakeLinks
from drills.testing.fake_ports import FakePorts
from drills.testing.fake_processes import FakeProcesses
from drills.testing.fake_volumes import FakeVolumes
from drills.testing.manual_clock import ManualClock
from drills.units import NS

PATIENCE = 60.0  # seconds for which a call waits for an engine that hangs, unless in a hurry
Answer = Executed | Callable[[Container, tuple[str, ...]], Executed]


class FakeRuntime:
    """Containers of a stack that exists on paper. ``services`` says how many of each.

    Each call that changes something takes ``latency`` seconds of the clock; what comes of it comes
    in the middle of them. ``calls`` holds these calls in order, the failed ones too. ``ports``
    maps (service, port) to the address on this host; every container carries ``labels``.
    ``lacking`` says of an ability why the machine has not got it.
    """

    def __init__(
        self, clock: ManualClock, services: Mapping[str, int], *, latency: float = 0.01
    ) -> None:
        self.clock = clock
        self.latency = latency
        self.event_error_ns = 1_000
        self.calls: list[Call] = []
        self.spawned: list[Spawned] = []
        self._lent: list[tuple[str, str]] = []  # mark and command of what was lent
        self.labels: dict[str, str] = {}
        self.ports: dict[tuple[str, int], tuple[str, int]] = {}
        self._moving: dict[tuple[str, int], tuple[str, int]] = {}
        self._existing: dict[str, FakeContainer] = {}
        self._answers: list[tuple[tuple[str, ...], Answer]] = []
        self._failures: defaultdict[str, deque[DrillError]] = defaultdict(deque)
        self._ignored: defaultdict[str, int] = defaultdict(int)
        self._hung: defaultdict[str, int] = defaultdict(int)
        self._until_ns = math.inf
        self._subscribed: list[FakeEngineEvents] = []
        self.links = FakeLinks(self)
        self.host_ports = FakePorts()
        self.volumes = FakeVolumes()
        self.folders = FakeFolders()
        self.processes = FakeProcesses(self._one)
        self.limits = FakeLimits(self._one)
        self.configuration = FakeConfiguration(clock)
        self.lacking: dict[Ability, str] = {}
        for service, instances in services.items():
            for instance in range(1, instances + 1):
                self.add(service, instance)

    # What a test scripts

    def add(self, service: str, instance: int = 1, identity: str = "") -> Container:
        """One more container, running; the engine's id of it may be given."""
        name = f"fake-{service}-{instance}"
        container = Container(identity or f"id-of-{name}", name, service, instance, self.labels)
        self._existing[container.id] = FakeContainer(
            container, self.clock, self._emit, later=self.clock.after
        )
        return container

    def find(self, service: str, instance: int = 1) -> Container:
        """The container of that name. Raises UnknownTarget."""
        for one in self._existing.values():
            if (one.container.service, one.container.instance) == (service, instance):
                return one.container
        raise UnknownTarget(f"no instance {instance} of {service}")

    def fail_next(self, method: str, error: DrillError) -> None:
        """The next call of ``method`` raises ``error`` and does nothing. Several queue up."""
        self._failures[self._known(method)].append(error)

    def ignore_next(self, method: str, times: int = 1) -> None:
        """The next ``times`` calls of ``method`` are accepted and have no effect."""
        self._ignored[self._known(method)] += times

    def hang_next(self, method: str, times: int = 1) -> None:
        """The engine never answers the next ``times`` calls of ``method``, and does nothing."""
        self._hung[self._known(method)] += times

    def replaced(self, container: Container) -> Container:
        """Somebody recreates it: another container of the same name, running."""
        self.vanish(container)
        return self.add(container.service, container.instance, f"{container.id}-again")

    def vanish(self, container: Container) -> None:
        """Somebody removes it by force."""
        one = self._one(container)
        if one.state.running:
            one.end(KILLED)
        del self._existing[container.id]
        self._emit("destroy", container)

    def die(self, container: Container, exit_code: int = 1, *, oom: bool = False) -> None:
        """Its first process ends by itself, or (137) because the kernel ran out of memory."""
        self._one(container).end(KILLED if oom else exit_code, oom=oom)

    def deaf(self, container: Container) -> None:
        """Its first process ignores every polite request to end; only SIGKILL helps."""
        self._one(container).deaf = True

    def restarts(self, container: Container, after: float = 0.1) -> None:
        """Its restart policy: whenever it ends by itself it is started ``after`` so many seconds.

        Not after a stop or a kill by the engine, until somebody starts it.
        """
        self._one(container).restart_after = after

    def starts(self, container: Container, ends_with: Callable[[], int | None]) -> None:
        """As soon as it is started it ends with the code that this gives; None: it runs."""
        self._one(container).ends_with = ends_with

    def declare_grace(self, container: Container, seconds: float) -> None:
        """How long it says that it is to be given when it is asked to stop."""
        self._one(container).grace = seconds

    def republish(self, service: str, port: int, address: tuple[str, int]) -> None:
        """From the service's next start on its port is published there, as engines do."""
        self._moving[service, port] = address

    def set_health(self, container: Container, health: str) -> None:
        """What its health check says from now on: starting, healthy, unhealthy."""
        one = self._one(container)
        one.state = replace(one.state, health=health)
        self._emit(HEALTH, container, health=health)

    def write(self, container: Container, line: bytes) -> None:
        """It writes a line to its log, now."""
        one = self._one(container)
        one.log.append(one.date().encode() + b" " + line + b"\n")

    def use(self, container: Container, **numbers: int) -> None:
        """What ``stats`` reads from now on, such as ``memory_usage_bytes=…``."""
        if unknown := numbers.keys() - STATS:
            raise ValueError(f"expected some of {sorted(STATS)}, got {sorted(unknown)}")
        self._one(container).stats.update(numbers)

    def answer(self, *argv: str, with_: Answer) -> None:
        """What ``execute`` gives for commands that begin with ``argv``; the newest one holds."""
        self._answers.insert(0, (argv, with_))

    def running(self, container: Container) -> Mapping[str, tuple[str, ...]]:
        """The commands that were spawned in it and run now, by the engine's id of each."""
        running = self._one(container).commands
        return {one.id: one.argv for one in self.spawned if one.id in running}

    def finish(self, spawned_id: str, exit_code: int = 0) -> None:
        """A command that was spawned ends."""
        (spawned,) = (one for one in self.spawned if one.id == spawned_id)
        self._one(spawned.container).finish(spawned_id, exit_code)

    def break_events(self, reason: str = "the engine ended the stream of its events") -> None:
        """All subscriptions so far break off."""
        for events in self._subscribed:
            events.break_off(reason, self.clock.monotonic_ns())

    def resume_events(self, *, complete: bool) -> None:
        """All that broke off are heard again; ``complete``: nothing that happened is missing."""
        for events in self._subscribed:
            events.resume(self.clock.monotonic_ns(), complete=complete)

    # What a drill asks: see drills.stack.runtime.Runtime

    def within(self, seconds: float) -> Self:
        """The same containers; its calls end within so many seconds from now, all together."""
        hurried = copy.copy(self)
        until_ns = self.clock.monotonic_ns() + seconds * NS
        hurried._until_ns = min(self._until_ns, until_ns)  # noqa: SLF001 - one of its own kind
        hurried.links = self.links.seen_by(hurried)
        return hurried

    def lacks(self, ability: Ability, container: Container) -> str:
        """What ``lacking`` says."""
        self._one(container)
        return self.lacking.get(ability, "")

    def containers(self, service: str = "") -> Sequence[Container]:
        """All containers of the stack, or those of one service; by instance."""
        self._maybe_fail("containers")
        found = [one.container for one in self._existing.values()]
        found = [one for one in found if service in ("", one.service)]
        return sorted(found, key=lambda one: (one.service, one.instance))

    def state(self, container: Container) -> ContainerState:
        """What it is in now."""
        self._maybe_fail("state")
        return self._one(container).state

    def start(self, container: Container) -> None:
        """Start it. Starting a running one is no error; a frozen one has to be thawed first."""
        self._act(Call("start", container.name), container, self.host_ports.start)

    def stop(self, container: Container, grace: float | None = None) -> None:
        """Ask it to stop, and kill it after ``grace`` seconds. A frozen one is thawed."""
        self._act(Call("stop", container.name, grace), container, lambda one: one.stop(grace))

    def kill(self, container: Container, signal: str = "SIGKILL") -> None:
        """Send a signal to its first process. Raises EngineError where there is none."""
        self._act(Call("kill", container.name, signal), container, lambda one: one.kill(signal))

    def crash(self, container: Container) -> tuple[str, int]:
        """Its main process dies, unnoticed by the engine before; a restart policy acts."""
        begun_ns = self.clock.monotonic_ns()
        self._act(Call("crash", container.name), container, FakeContainer.crash)
        return "a signal on paper", begun_ns

    def exit(self, container: Container, code: int) -> tuple[str, int]:
        """Its main process ends with this code, as by itself; a restart policy acts."""
        begun_ns = self.clock.monotonic_ns()
        self._act(Call("exit", container.name, code), container, lambda one: one.exit(code))
        return "a call on paper", begun_ns

    def pause(self, container: Container) -> None:
        """Freeze all its processes. Freezing a frozen one is no error, a stopped one is."""
        self._act(Call("pause", container.name), container, FakeContainer.pause)

    def unpause(self, container: Container) -> None:
        """Thaw them. Thawing one that is not frozen is no error."""
        self._act(Call("unpause", container.name), container, FakeContainer.unpause)

    def restart(self, container: Container, grace: float | None = None) -> None:
        """Stop and start it."""
        self._act(Call("restart", container.name, grace), container, lambda one: one.restart(grace))

    def execute(self, container: Container, argv: Sequence[str], user: str = "") -> Executed:
        """What ``answer`` scripted; success without output where nothing was."""
        line = tuple(argv)
        self._act(
            Call("execute", container.name, line),
            container,
            lambda one: one.require_running(f"run {line[0]} in", thawed=True),
        )
        for beginning, answer in self._answers:
            if line[: len(beginning)] == beginning:
                return answer if isinstance(answer, Executed) else answer(container, line)
        return Executed(0, b"")

    def run(
        self, container: Container, argv: Sequence[str], seconds: float, user: str = ""
    ) -> Executed:
        """As ``execute``; an answer may raise OutOfTime."""
        try:
            return self.execute(container, argv, user)
        except OutOfTime:
            raise
        except (EngineError, UnknownTarget) as error:
            raise NotStarted(str(error)) from error

    def spawn(
        self, container: Container, argv: Sequence[str], environment: Mapping[str, str]
    ) -> str:
        """Note it in ``spawned``; it runs until ``finish`` or the end of its container."""
        line = tuple(argv)
        # Counted by calls, so that an ignored one has an id of its own too.
        spawned = Spawned(f"exec-{len(self.calls) + 1}", container, line, dict(environment))

        def begin(one: FakeContainer) -> None:
            one.require_running(f"spawn {line[0]} in", thawed=True)
            self.spawned.append(spawned)
            one.spawn(spawned.id)

        self._act(Call("spawn", container.name, line), container, begin)
        return spawned.id

    def lend(
        self, container: Container, program: Program, mark: str, environment: Mapping[str, str]
    ) -> str:
        """Note it in ``spawned``, as ``<name> <mark>``; it runs until it is taken back, at most."""
        self._maybe_fail("lend")
        lent = self.spawn(container, (program.name, mark), environment)
        self._lent.append((mark, lent))
        return lent

    def take_back(self, mark: str) -> None:
        """End what was lent under the mark."""
        self._maybe_fail("take_back")
        for lent in [lent for known, lent in self._lent if known == mark]:
            self._lent.remove((mark, lent))
            if any(lent in one.commands for one in self._existing.values()):
                self.finish(lent)

    def left(self, container: Container, mark: str) -> Sequence[str]:
        """The commands that run inside it and have the mark among their arguments."""
        self._maybe_fail("left")
        running = self._one(container).commands
        return [
            " ".join(one.argv) for one in self.spawned if one.id in running and mark in one.argv
        ]

    def logs(self, container: Container, tail: int) -> bytes:
        """The last ``tail`` lines that ``write`` wrote."""
        self._maybe_fail("logs")
        return b"".join(self._one(container).log[-tail:])

    def stats(self, container: Container) -> Mapping[str, Json]:
        """What ``use`` scripted; {} for a stopped one."""
        self._maybe_fail("stats")
        one = self._one(container)
        return dict(one.stats) if one.state.running else {}

    def port(self, service: str, port: int) -> tuple[str, int]:
        """What ``ports`` holds, while an instance of the service runs."""
        self._maybe_fail("port")
        instances = [one for one in self._existing.values() if one.container.service == service]
        if not instances:
            raise UnknownTarget(f"no service {service!r}")
        address = self.ports.get((service, port))
        if address is None or not any(one.state.running for one in instances):
            raise EngineError(f"port {port} of {service} is not published")
        return address

    def events(self) -> EngineEvents:
        """Subscribe to the events from now on."""
        self._maybe_fail("events")
        self._subscribed.append(FakeEngineEvents())
        return self._subscribed[-1]

    def _act(
        self, call: Call, container: Container, action: Callable[[FakeContainer], None]
    ) -> None:
        self.calls.append(call)
        self.clock.advance(self.latency / 2)
        self._maybe_fail(call.method)
        one = self._one(container)
        if self._ignored[call.method]:
            self._ignored[call.method] -= 1
        else:
            action(one)
        self.clock.advance(self.latency / 2)

    def _maybe_fail(self, method: str) -> None:
        left = (self._until_ns - self.clock.monotonic_ns()) / NS
        if left <= 0:
            raise EngineError(f"{method}: not asked, for no time was left")
        if self._hung[method]:
            self._hung[method] -= 1
            self.clock.advance(min(left, PATIENCE))
            raise EngineError(f"{method}: the engine did not answer")
        if self._failures[method]:
            raise self._failures[method].popleft()

    def _one(self, container: Container) -> FakeContainer:
        one = self._existing.get(container.id)
        if one is None:
            raise UnknownTarget(f"{container.name}: no such container")
        return one

    def _emit(self, action: str, container: Container, **attributes: str) -> None:
        if action == "start":
            for place in [each for each in self._moving if each[0] == container.service]:
                self.ports[place] = self._moving.pop(place)
        event = EngineEvent(
            action=action,
            container_id=container.id,
            service=container.service,
            at_ns=self.clock.monotonic_ns(),
            error_ns=self.event_error_ns,
            attributes={"name": container.name, **attributes},
        )
        for events in self._subscribed:
            events.take(event)

    def _known(self, method: str) -> str:
        if method.startswith("_") or not callable(getattr(self, method, None)):
            raise ValueError(f"expected a method of Runtime, got {method!r}")
        return method
