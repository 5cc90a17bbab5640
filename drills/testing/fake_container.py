"""One container that exists on paper: which action does what in which state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Protocol

from drills.clock import Clock
from drills.errors import EngineError
from drills.journal.timeline import Json
from drills.stack.runtime import KILLED, Container, ContainerState, LogLine

STATS = frozenset(
    {
        "memory_usage_bytes",
        "memory_limit_bytes",
        "memory_working_set_bytes",
        "cpu_ns",
        "pids",
        "network_received_bytes",
        "network_sent_bytes",
    }
)
_SIGNALS = {"SIGHUP": 1, "SIGINT": 2, "SIGKILL": 9, "SIGUSR1": 10, "SIGUSR2": 12, "SIGTERM": 15}
_POLITE = {"SIGINT", "SIGTERM"}


class Emit(Protocol):
    """Tells the engine's listeners what happened to a container."""

    def __call__(self, action: str, container: Container, **attributes: str) -> None:
        """Tell it."""


class FakeContainer:
    """The state of a container and the engine's rules about it."""

    def __init__(
        self,
        container: Container,
        clock: Clock,
        emit: Emit,
        later: Callable[[float, Callable[[], object]], None],
    ) -> None:
        self.container = container
        self.deaf = False
        self.suspended = False  # its main process, by SIGSTOP
        self.ends_with: Callable[[], int | None] = lambda: None  # the code, as soon as it starts
        self.grace = 10.0  # seconds, where whoever stops it names none
        self.restart_after: float | None = None  # seconds, where it has a restart policy
        self._by_hand = False  # stopped or killed by the engine, after which no policy acts
        self._later = later
        self.log: list[bytes] = []
        self.lines: list[LogLine] = []  # the same, by the clock
        self.stats: dict[str, Json] = {name: int(name == "pids") for name in sorted(STATS)}
        self._clock = clock
        self._emit = emit
        self._commands: list[str] = []
        self.state = ContainerState(
            status="running",
            running=True,
            paused=False,
            exit_code=0,
            oom_killed=False,
            started_at=self.date(),
            health="",
        )

    @property
    def commands(self) -> Sequence[str]:
        """The commands that run inside it."""
        return tuple(self._commands)

    def date(self) -> str:
        """Now, as the engine writes dates."""
        now = self._clock.anchor()
        return now.date(now.monotonic_ns).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def write(self, line: bytes, error_ns: int) -> None:
        """A line of its log, now; the clock's two stamps of one instant differ by ``error_ns``."""
        now = self._clock.anchor()
        self.log.append(self.date().encode() + b" " + line + b"\n")
        self.lines.append(LogLine(now.wall_ns, now.monotonic_ns, error_ns, line))

    def start(self) -> None:
        """A running one stays as it is; a frozen one is refused."""
        if self.state.paused:
            raise EngineError(f"start {self.container.name}: it is frozen, thaw it first")
        if not self.state.running:
            self._begin(restarts=0)

    def _begin(self, restarts: int) -> None:
        self._by_hand = self.suspended = False
        self.state = replace(
            self.state,
            status="running",
            running=True,
            exit_code=0,
            oom_killed=False,
            started_at=self.date(),
            restarts=restarts,
        )
        self._emit("start", self.container)
        if (code := self.ends_with()) is not None:
            self.end(code)

    def _come_back(self) -> None:
        if not self.state.running and not self._by_hand:
            self._begin(self.state.restarts + 1)

    def crash(self) -> None:
        """Its main process dies, of nobody's doing that the engine knows of."""
        self.require_running("end the main process of")
        self.end(KILLED)

    def exit(self, code: int) -> None:
        """Its main process ends with this code, as by itself; a frozen one does not."""
        self.require_running("end the main process of", thawed=True)
        self.end(code)

    def stop(self, grace: float | None) -> None:
        """A stopped one stays as it is; a deaf or suspended one is killed after the grace."""
        if not self.state.running:
            return
        self._by_hand = True
        self._emit("kill", self.container, signal=str(_SIGNALS["SIGTERM"]))
        self.unpause()
        deaf = self.deaf or self.suspended
        if deaf:
            self._clock.sleep(self.grace if grace is None else grace)
            self._emit("kill", self.container, signal=str(_SIGNALS["SIGKILL"]))
        self.end(KILLED if deaf else 0)
        self._emit("stop", self.container)

    def kill(self, signal: str) -> None:
        """SIGKILL always ends it, SIGINT and SIGTERM unless it is deaf, others are only noted."""
        self.require_running(f"send {signal} to")
        if signal not in _SIGNALS:
            raise EngineError(f"send {signal} to {self.container.name}: no such signal")
        self._emit("kill", self.container, signal=str(_SIGNALS[signal]))
        self._by_hand = True
        if signal == "SIGKILL":
            self.end(KILLED)
        elif signal in _POLITE and not self.deaf and not self.suspended:
            self.unpause()
            self.end(0)

    def pause(self) -> None:
        """A frozen one stays as it is; a stopped one is refused."""
        self.require_running("freeze")
        if not self.state.paused:
            self.state = replace(self.state, status="paused", paused=True)
            self._emit("pause", self.container)

    def unpause(self) -> None:
        """One that is not frozen stays as it is."""
        if self.state.paused:
            self.state = replace(self.state, status="running", paused=False)
            self._emit("unpause", self.container)

    def restart(self, grace: float | None) -> None:
        """Stop, start, and say so."""
        self.stop(grace)
        self.start()
        self._emit("restart", self.container)

    def require_running(self, verb: str, *, thawed: bool = False) -> None:
        """Raise EngineError where the engine would refuse to ``verb`` it."""
        if not self.state.running or (thawed and self.state.paused):
            raise EngineError(f"{verb} {self.container.name}: it is {self.state.status}")

    def spawn(self, command: str) -> None:
        """A command begins inside it."""
        self._commands.append(command)
        for action in ("exec_create", "exec_start"):
            self._emit(action, self.container, execID=command)

    def finish(self, command: str, exit_code: int) -> None:
        """A command inside it ends."""
        self._commands.remove(command)
        self._emit("exec_die", self.container, execID=command, exitCode=str(exit_code))

    def end(self, exit_code: int, *, oom: bool = False) -> None:
        """Its first process ends, and with it whatever runs inside it."""
        self.require_running("end")
        if oom:
            self._emit("oom", self.container)
        for command in tuple(self._commands):
            self.finish(command, KILLED)
        self.state = replace(
            self.state,
            status="exited",
            running=False,
            paused=False,
            exit_code=exit_code,
            oom_killed=oom,
        )
        self._emit("die", self.container, exitCode=str(exit_code))
        if self.restart_after is not None and not self._by_hand:
            self._later(self.restart_after, self._come_back)
