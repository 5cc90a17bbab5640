"""Faults of a whole container: it stops, dies, freezes, hangs, or restarts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from drills.errors import PlanError
from drills.faults.fault import Applied, Colour, Effect, EngineTells, Fault, OfContainer, ReadBack
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.runtime import Runtime

_LISTED = "docker top {container} -o pid"  # for root on the engine's host
LARGEST_CODE = 255  # a program may say more, and is not heard
OWN = "its own"  # a grace that the service itself declares, as compose's stop_grace_period


def start(runtime: Runtime, undo: Undo) -> None:
    """Have every container of the place run, thawed."""
    for container in undo.place.containers:
        runtime.unpause(container)
        runtime.start(container)


def runs(runtime: Runtime, undo: Undo) -> bool:
    """Whether the container runs and is not frozen."""
    state = runtime.state(undo.container)
    return state.running and not state.paused


def _hangs(runtime: Runtime, undo: Undo) -> bool:
    """Whether the container's main process is stopped."""
    return runtime.processes.suspended(undo.container)


def _go_on(runtime: Runtime, undo: Undo) -> None:
    """Have it run, and let its main process go on; one that was started anew does so already."""
    if undo.before.get("status") == "running":
        start(runtime, undo)
    if _hangs(runtime, undo):
        runtime.processes.send(undo.container, "SIGCONT")


OPERATIONS: Mapping[str, Operation] = {
    "start": Operation(start, runs, "running and not paused", "docker start {container}"),
    "unpause": Operation(
        lambda runtime, undo: runtime.unpause(undo.container),
        lambda runtime, undo: not runtime.state(undo.container).paused,
        "not paused",
        "docker unpause {container}",
    ),
    "continue": Operation(
        _go_on,
        lambda runtime, undo: not _hangs(runtime, undo),
        "not stopped: its main process goes on",
        f"kill -CONT $({_LISTED} | tail -n +2)",
    ),
}


class _Death(OfContainer):
    """What takes a container down: the engine tells of a signal, and of the end that it brought."""

    __slots__ = ()
    colour: ClassVar[Colour] = Colour.PROCESS
    effect: ClassVar[Effect] = EngineTells(frozenset({"die"}), begun=frozenset({"kill"}))

    def undo(self, place: Place, injection: str) -> Undo:
        """Start it again; where it came up by itself, see that it runs."""
        return Undo("start", place)


@dataclass(frozen=True, slots=True)
class _Orderly(_Death):
    """An end that is asked for, and forced after ``grace`` seconds.

    Without one it is the service's own: compose's ``stop_grace_period``, else the engine's 10 s.
    """

    grace: float | None = None

    def parameters(self) -> Mapping[str, Json]:
        """The grace, in seconds, or in words where it is the service's own."""
        return {"grace_s": OWN if self.grace is None else self.grace}

    @property
    def _option(self) -> str:
        return "" if self.grace is None else f"-t {self.grace:g} "


@dataclass(frozen=True, slots=True)
class Stop(_Orderly):
    """The service is shut down in order, and killed if that takes longer than the grace."""

    kind: ClassVar[str] = "stop"
    phrase: ClassVar[str] = "an orderly stop"
    label: ClassVar[str] = "stopped"

    @property
    def by_hand(self) -> str:
        """As a person would stop it."""
        return f"docker stop {self._option}{{container}}"

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Stop the container."""
        runtime.stop(place.container, self.grace)
        return Applied()


@dataclass(frozen=True, slots=True)
class Restart(_Orderly):
    """The service is stopped and started in one go."""

    kind: ClassVar[str] = "restart"
    phrase: ClassVar[str] = "a restart"
    label: ClassVar[str] = "restarted"

    @property
    def by_hand(self) -> str:
        """As a person would restart it."""
        return f"docker restart {self._option}{{container}}"

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Restart the container."""
        runtime.restart(place.container, self.grace)
        return Applied()


@dataclass(frozen=True, slots=True)
class SuddenDeath(_Death):
    """The service's process dies at once, as of a crash: what is to restart it does so.

    The engine is told nothing, so to it the death is nobody's doing, and a restart policy acts.
    """

    kind: ClassVar[str] = "sudden death"
    phrase: ClassVar[str] = "a sudden death"
    label: ClassVar[str] = "died"
    effect: ClassVar[Effect] = EngineTells(frozenset({"die"}))  # no signal of the engine's
    by_hand: ClassVar[str] = "kill -9 $(docker inspect -f {{{{.State.Pid}}}} {container})"

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Let the container's main process die."""
        way, begun_ns = runtime.crash(place.container)
        return Applied(way=way, begun_ns=begun_ns)


@dataclass(frozen=True, slots=True)
class ExitWithCode(_Death):
    """The service's process ends by itself with an exit ``code``, as a program does that gives up.

    The engine is told nothing, so a restart policy acts as it would: ``on-failure`` on every code
    but 0, which says that all was done.
    """

    code: int = 1
    kind: ClassVar[str] = "exit with a code"
    phrase: ClassVar[str] = "an exit with code {code:number}"
    label: ClassVar[str] = "exited"
    effect: ClassVar[Effect] = EngineTells(frozenset({"die"}))  # no signal of the engine's
    asks: ClassVar[tuple[Ability, ...]] = (Ability.EXITS,)
    needs: ClassVar[tuple[str, ...]] = (
        "a helper container that may trace the container's processes (SYS_PTRACE)",
        "a program of 64 bits",
    )

    @property
    def by_hand(self) -> str:
        """As a person would end it, as root on the engine's host."""
        pid = f"$({_LISTED} | sed -n 3p)"  # 2p, where the engine runs no init in it
        return f"gdb -p {pid} -batch -ex 'call (void)_exit({self.code})'"

    def parameters(self) -> Mapping[str, Json]:
        """The exit code."""
        return {"code": self.code}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """A kernel tells one byte of it. Raises PlanError for more."""
        if self.code > LARGEST_CODE:
            raise PlanError(
                f"{self.kind} of {service}: expected one from 0 to {LARGEST_CODE}, got {self.code}"
            )

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """There is nothing to look for but the code. Raises PlanError for one that is none."""
        self.foresee(place.container.name, {})
        return place

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Let the container's main process end with it."""
        way, begun_ns = runtime.exit(place.container, self.code)
        return Applied(way=way, begun_ns=begun_ns)


@dataclass(frozen=True, slots=True)
class Kill(_Death):
    """The engine sends the container a signal, as ``docker kill`` does.

    To an engine that is a stop by hand, after which no restart policy acts.
    """

    signal: str = "SIGKILL"
    kind: ClassVar[str] = "kill"
    phrase: ClassVar[str] = "a kill by the engine"
    label: ClassVar[str] = "killed"

    @property
    def by_hand(self) -> str:
        """As a person would kill it."""
        return f"docker kill -s {self.signal} {{container}}"

    def parameters(self) -> Mapping[str, Json]:
        """The signal's name."""
        return {"signal": self.signal}

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Signal the container's first process."""
        runtime.kill(place.container, self.signal)
        return Applied()


@dataclass(frozen=True, slots=True)
class Freeze(OfContainer):
    """The service hangs: it keeps its connections and answers nothing."""

    kind: ClassVar[str] = "freeze"
    phrase: ClassVar[str] = "a freeze"
    label: ClassVar[str] = "frozen"
    colour: ClassVar[Colour] = Colour.PROCESS
    effect: ClassVar[Effect] = EngineTells(frozenset({"pause"}))
    by_hand: ClassVar[str] = "docker pause {container}"

    def undo(self, place: Place, injection: str) -> Undo:
        """Thaw it."""
        return Undo("unpause", place)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Freeze every process of the container."""
        runtime.pause(place.container)
        return Applied()


@dataclass(frozen=True, slots=True)
class Hang(OfContainer):
    """The service's main process stops in the middle of what it does, and runs all the same.

    The kernel takes its connections and nothing answers them; a request to end reaches it only when
    it goes on, so that a stop takes the whole grace and ends in a kill. What other processes the
    container has go on: workers of their own serve as before.
    """

    kind: ClassVar[str] = "hang"
    phrase: ClassVar[str] = "a hang"
    label: ClassVar[str] = "hung"
    colour: ClassVar[Colour] = Colour.PROCESS
    effect: ClassVar[Effect] = ReadBack("its main process is stopped", _hangs)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.PROCESSES,)
    needs: ClassVar[tuple[str, ...]] = (
        "an engine that lists a container's processes, and a machine where they can be signalled",
    )
    by_hand: ClassVar[str] = (
        f"kill -STOP $({_LISTED} | sed -n 3p)  # 2p, where the engine runs no init in it"
    )

    def undo(self, place: Place, injection: str) -> Undo:
        """Let it go on."""
        return Undo("continue", place)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Stop the main process. Raises EngineError where no way of doing so works here."""
        return Applied(way=runtime.processes.send(place.container, "SIGSTOP"))


FAULTS: tuple[type[Fault], ...] = (
    Stop,
    Restart,
    SuddenDeath,
    ExitWithCode,
    Kill,
    Freeze,
    Hang,
)
