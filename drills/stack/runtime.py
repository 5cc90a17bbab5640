"""What the framework asks of a container runtime, as protocols; ``docker`` is the real one.

Faults, rollbacks and responders know these protocols and never a runtime. Every method raises
EngineError when the engine refuses or is not there, and UnknownTarget when the container is gone.
Instants are nanoseconds of the host's monotonic clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.commands import Commands
from drills.stack.configuration import Configuration
from drills.stack.container import Container as Container  # noqa: PLC0414 - others have it from here
from drills.stack.database import Database
from drills.stack.disks import Disks
from drills.stack.folders import Folders
from drills.stack.gap import Gap
from drills.stack.links import Links
from drills.stack.offset import Offset
from drills.stack.ports import HostPorts
from drills.stack.processes import Files
from drills.stack.program import Program
from drills.stack.volumes import Filling, Mounted

DRILL_LABEL = "incident-drills.drill"  # what everything of a drill carries, with the drill's id
KILLED = 137  # the exit code of what SIGKILL ended, an out-of-memory kill among them
IMAGE, DEPENDS_ON = "image:", "depends on:"  # begin the keys of what a stack says of a service
HEALTH = "health_status"  # the engine's action of a health check whose answer changed


@dataclass(frozen=True, slots=True)
class ContainerState:
    """What the engine says of a container. ``health`` is "" where it has no health check.

    ``restarts`` counts how often its restart policy started it since somebody last did so.
    """

    status: str  # created, running, paused, restarting, exited, dead
    running: bool
    paused: bool
    exit_code: int
    oom_killed: bool
    started_at: str
    health: str
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something the engine itself saw happen to a container of ours.

    ``at_ns`` is the engine's own stamp on the monotonic clock, right to ``error_ns``.
    ``action`` is the engine's word: die, kill, oom, pause, unpause, start, exec_die ...
    """

    action: str
    container_id: str
    service: str
    at_ns: int
    error_ns: int
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Executed:
    """A command that ran inside a container, to its end."""

    exit_code: int
    output: bytes  # stdout and stderr, in the order in which they came


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a container wrote, at ``at_ns``, right to ``error_ns``.

    ``stamp_ns`` is the engine's own stamp, on its wall clock.
    """

    stamp_ns: int
    at_ns: int
    error_ns: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Log:
    """Lines in their order; not ``complete`` where older ones were left out."""

    lines: Sequence[LogLine]
    complete: bool = True


class EngineEvents(Protocol):
    """The engine's events for the stack's containers, from the moment of subscribing."""

    def since(self, position: int) -> tuple[Sequence[EngineEvent], int]:
        """The events after ``position`` (0 at first), and the position to ask from next.

        Raises EngineError while the engine is not heard.
        """

    def gaps(self) -> Sequence[Gap]:
        """When the engine was not heard, in order."""

    def offset(self) -> Offset | None:
        """How far the engine's clock is ahead of this machine's now; None for the same clock.

        Raises EngineError.
        """

    def close(self) -> None:
        """Stop listening. Idempotent."""


class Volumes(Protocol):
    """The volumes of one stack's containers, by the names that the engine has for them."""

    def mounted(self, container: Container, volume: str) -> Mounted:
        """A volume that it mounts, by the compose file's name for it or the engine's.

        Raises PlanError where there is none of that name, with those there are.
        """

    def fill(self, volume: str, mark: str, rest: int) -> None:
        """Fill it by one file under this mark until ``rest`` bytes are free.

        Raises EngineError for a volume that nothing limits, and where that file is there already.
        """

    def use_up_inodes(self, volume: str, mark: str) -> None:
        """Make empty files under this mark until it takes no more.

        Raises EngineError for a volume of which nothing limits how many, and where there are such
        files already.
        """

    def filling(self, volume: str, mark: str) -> Filling:
        """What is there under this mark now; nothing in a volume that is gone."""

    def clear(self, volume: str, mark: str) -> None:
        """Remove what is there under this mark, and no other file. Idempotent."""


class Processes(Protocol):
    """What runs inside one stack's containers.

    A container's main process is the one that it is there for: where an init of the engine's runs
    in it, what that waits for.
    """

    def send(self, container: Container, name: str) -> str:
        """Send its main process a signal, of which the engine is told nothing.

        Returns the way in words. Raises EngineError, with nothing done, where no way works here.
        """

    def numbers(self, container: Container) -> frozenset[int]:
        """The numbers of all its processes, on the engine's host; none where nothing runs."""

    def listed(self, container: Container) -> Sequence[str]:
        """Each of its processes: user, resident memory and command line, sorted by that.

        None where nothing runs. Nothing is run inside the container for it.
        """

    def suspended(self, container: Container) -> bool:
        """Whether its main process is stopped by SIGSTOP, and goes on with SIGCONT.

        Not so where nothing runs.
        """

    def files(self, container: Container) -> Files:
        """How many files its main process has open, and may.

        Raises EngineError where that is not seen here.
        """

    def limit_files(self, container: Container, process: str, soft: int) -> None:
        """Let its main process, if it is still that one, have so many files open at most.

        Only the soft limit, which its own user may raise again. Raises EngineError where that is
        refused.
        """


class Limits(Protocol):
    """What one stack's containers may have, by the engine."""

    def processors(self, container: Container) -> float:
        """How many processors' time, 0 where nothing limits it."""

    def limit_processors(self, container: Container, processors: float) -> None:
        """So much from now on, running or not; 0 for no limit."""

    def processes(self, container: Container) -> int:
        """How many processes and threads, 0 where nothing limits them."""

    def limit_processes(self, container: Container, processes: int) -> None:
        """So many from now on, running or not; 0 for no limit. What runs already goes on."""

    def restart_policy(self, container: Container) -> str:
        """Its own, in the engine's words: no, always, unless-stopped, on-failure, on-failure:4."""

    def restart_by(self, container: Container, policy: str) -> None:
        """Let it be restarted by this policy from now on."""


class Runtime(Protocol):
    """The containers of one stack."""

    @property
    def links(self) -> Links:
        """The links between them."""

    @property
    def host_ports(self) -> HostPorts:
        """Where theirs are published."""

    @property
    def volumes(self) -> Volumes:
        """What they mount."""

    @property
    def folders(self) -> Folders:
        """What they keep in folders of those."""

    @property
    def disks(self) -> Disks:
        """What those lie on."""

    @property
    def processes(self) -> Processes:
        """What runs inside them."""

    @property
    def commands(self) -> Commands:
        """What a command inside them prints."""

    @property
    def configuration(self) -> Configuration:
        """What they read of the drill's own copy of it."""

    @property
    def limits(self) -> Limits:
        """What they may have."""

    def lacks(self, ability: Ability, container: Container) -> str:
        """Why their machine is not able to, "" where it is.

        It is tried out by a helper of the container's image, and not on the container.
        """

    def within(self, seconds: float) -> Runtime:
        """The same containers, for who has so many seconds from now, for all calls together.

        A call that takes longer ends in EngineError; one that begins later does so at once, and
        does nothing. Output that a command keeps writing may hold ``execute`` up beyond that.
        """

    def containers(self, service: str = "") -> Sequence[Container]:
        """All containers of the stack, stopped ones too, or those of one service; by instance."""

    def state(self, container: Container) -> ContainerState:
        """What the engine says of it now."""

    def start(self, container: Container) -> None:
        """Start it. Starting a running one is no error."""

    def stop(self, container: Container, grace: float | None = None) -> None:
        """Ask it to stop, and kill it after ``grace`` seconds. A stopped one is no error.

        Without a grace it is the container's own: what compose's ``stop_grace_period`` says.
        """

    def kill(self, container: Container, signal: str = "SIGKILL") -> None:
        """Have the engine send a signal to its first process; that counts as a stop by hand."""

    def crash(self, container: Container) -> tuple[str, int]:
        """Let its main process die, so that a restart policy acts as after a real crash.

        Returns the way in words, and the monotonic instant before which nothing had happened.
        Raises EngineError, with nothing done, where no way of doing so works here.
        """

    def exit(self, container: Container, code: int) -> tuple[str, int]:
        """Let its main process end as by itself with this exit code, from 0 to 255.

        To the engine that is nobody's doing, so that a restart policy acts. Returns and raises as
        ``crash``.
        """

    def pause(self, container: Container) -> None:
        """Freeze all its processes."""

    def unpause(self, container: Container) -> None:
        """Thaw them. Thawing one that is not frozen is no error."""

    def restart(self, container: Container, grace: float | None = None) -> None:
        """Stop and start it; the grace is as for ``stop``."""

    def execute(self, container: Container, argv: Sequence[str], user: str = "") -> Executed:
        """Run a command inside it and wait for the end. No shell is involved.

        ``user`` is a name or a number, "" the container's own.
        """

    def spawn(
        self, container: Container, argv: Sequence[str], environment: Mapping[str, str]
    ) -> str:
        """Start a command inside it, return at once with the engine's id of it."""

    def lend(
        self, container: Container, program: Program, mark: str, environment: Mapping[str, str]
    ) -> str:
        """Start a program of ours inside it, which its image need not have; returns as ``spawn``.

        Its argument is ``mark``. Raises EngineError, with nothing left behind, where this engine,
        this machine or this container does not allow it.
        """

    def take_back(self, mark: str) -> None:
        """End what was lent under this mark. Idempotent, and no matter whether anything was."""

    def left(self, container: Container, mark: str) -> Sequence[str]:
        """What the engine knows to be left of a mark: what was lent, commands with it inside."""

    def logs(self, container: Container, tail: int) -> bytes:
        """The last ``tail`` lines it wrote, each with the engine's own time stamp."""

    def log_after(self, container: Container, stamp_ns: int) -> Log:
        """What it wrote after the engine's stamp of a line, 0 for all.

        The newest lines only where there are too many, which it says.
        """

    def stats(self, container: Container) -> Mapping[str, Json]:
        """One reading of its processor, memory and network use; {} for a stopped one."""

    def port(self, service: str, port: int) -> tuple[str, int]:
        """The address on this host where the service's port is published now."""

    def events(self) -> EngineEvents:
        """Subscribe to the engine's events for this stack."""


class Stack(Protocol):
    """The composed services of one drill, isolated from every other drill's.

    ``engine`` is the address of the engine that runs it, "" where it is not a container engine.
    ``attached`` names the team's own project, that ran before and goes on; "" where it is the
    drill's. Of that one ``down`` removes nothing, and proves that it is as it was.
    """

    project: str
    engine: str
    attached: str

    @property
    def database(self) -> Database:
        """How its databases are asked."""

    def up(self) -> Runtime:
        """Create and start everything. Raises StackError with the engine's words.

        Raises PlanError, before anything is created, for what would be the same the next time.
        """

    def scale(self, service: str, instances: int) -> None:
        """Have so many instances of a service run, as ``up`` would have made them.

        Those there are go on as they are. Raises StackError with the engine's words. ``down``
        removes what was added, and first awaits the end of one that is under way.
        """

    def down(self) -> None:
        """Remove what it created, and nothing else. Idempotent, never raises for absence.

        Raises StackError, naming what is left, when something could not be removed.
        """

    def environment_file(self) -> Path:
        """The environment file that the stack's applications read at their start."""

    def environments(self) -> Mapping[str, Mapping[str, str]]:
        """Each service's environment once the stack was brought up; under "" what secrets hold."""

    def describe(self) -> Mapping[str, str]:
        """Engine version, and of each service its image and what it depends on, for the report.

        The latter under IMAGE or DEPENDS_ON and the service's name.
        """
