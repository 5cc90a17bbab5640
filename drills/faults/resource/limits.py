"""Limits that are drawn tighter: on processor time, on processes, on open files.

What they were is read before, kept with the undo, and put back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from drills.errors import EngineError, PlanError
from drills.faults.fault import Applied, Colour, Effect, OfContainer, ReadBack
from drills.faults.process import start
from drills.faults.undo import Operation, Place, Undo
from drills.journal.timeline import Json
from drills.stack.abilities import Ability
from drills.stack.runtime import Runtime

LEAST = 0.01  # of a processor: what an engine takes
_NEAR = 0.001  # of a processor: an engine counts in whole microseconds a period


def _put_back(limit: Callable[[Runtime, Undo], None]) -> Callable[[Runtime, Undo], None]:
    """Have it run, and its limit be what it was.

    The limit first: one that is too tight may keep it from starting.
    """

    def apply(runtime: Runtime, undo: Undo) -> None:
        limit(runtime, undo)
        if undo.before.get("status") == "running":
            start(runtime, undo)

    return apply


def _slowed(runtime: Runtime, undo: Undo) -> bool:
    now = runtime.limits.processors(undo.container)
    return abs(now - float(undo.arguments["to"])) < _NEAR


def _as_fast(runtime: Runtime, undo: Undo) -> bool:
    now = runtime.limits.processors(undo.container)
    return abs(now - float(undo.arguments["processors"])) < _NEAR


def _numbered(runtime: Runtime, undo: Undo) -> bool:
    return runtime.limits.processes(undo.container) == int(undo.arguments["to"])


def _as_many(runtime: Runtime, undo: Undo) -> bool:
    return runtime.limits.processes(undo.container) == int(undo.arguments["processes"])


def _short_of_files(runtime: Runtime, undo: Undo) -> bool:
    """Whether the very process that was limited still is; one that was started anew is not."""
    if not runtime.state(undo.container).running:
        return False
    now = runtime.processes.files(undo.container)
    return now.process == undo.arguments["process"] and now.soft == int(undo.arguments["to"])


def _more_files(runtime: Runtime, undo: Undo) -> None:
    if undo.before.get("status") == "running":
        start(runtime, undo)
    if runtime.state(undo.container).running:
        soft = int(undo.arguments["files"])
        runtime.processes.limit_files(undo.container, undo.arguments["process"], soft)


OPERATIONS: Mapping[str, Operation] = {
    "processors": Operation(
        _put_back(
            lambda runtime, undo: runtime.limits.limit_processors(
                undo.container, float(undo.arguments["processors"])
            )
        ),
        _as_fast,
        "allowed as much processor time as before",
        "docker update --cpu-quota {by_hand} {container}",
    ),
    "process-limit": Operation(
        _put_back(
            lambda runtime, undo: runtime.limits.limit_processes(
                undo.container, int(undo.arguments["processes"])
            )
        ),
        _as_many,
        "allowed as many processes as before",
        "docker update --pids-limit {by_hand} {container}",
    ),
    "file-limit": Operation(
        _more_files,
        lambda runtime, undo: not _short_of_files(runtime, undo),
        "allowed as many open files as before",
        "prlimit --nofile={files}: --pid {process} || docker restart {container}",
    ),
}


class _Limit(OfContainer):
    """A limit of one container."""

    __slots__ = ()
    colour: ClassVar[Colour] = Colour.RESOURCE


@dataclass(frozen=True, slots=True)
class CpuQuota(_Limit):
    """The service gets ``share`` of one processor's time, 1 being all of it, and no more.

    It goes on, slower: what it has to compute waits for its next period of a tenth of a second.
    Under little load nobody notices.
    """

    share: float = 0.05
    kind: ClassVar[str] = "CPU quota"
    phrase: ClassVar[str] = "a CPU quota of {share:share}"
    label: ClassVar[str] = "CPU throttled"
    effect: ClassVar[Effect] = ReadBack("it is allowed no more processor time", _slowed)
    needs: ClassVar[tuple[str, ...]] = ("a container that is allowed more than that share now",)

    @property
    def by_hand(self) -> str:
        """As a person would limit it."""
        return f"docker update --cpu-quota {round(self.share * 100_000)} {{container}}"

    def parameters(self) -> Mapping[str, Json]:
        """The share of one processor."""
        return {"share": self.share}

    def foresee(self, service: str, volumes: Mapping[str, int]) -> None:
        """An engine takes a hundredth of a processor and more. Raises PlanError for less."""
        if self.share < LEAST:
            raise PlanError(
                f"{self.kind} of {service}: expected at least {LEAST:.0%} of a processor, "
                f"got {self.share:.2%}"
            )

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """What it is allowed now, which has to be more. Raises PlanError where it is not."""
        self.foresee(place.container.name, {})
        before = runtime.limits.processors(place.container)
        if 0 < before <= self.share:
            raise PlanError(
                f"{self.kind} of {place}: expected that it is allowed more than {self.share:g} of "
                f"a processor, it is allowed {before:g}"
            )
        return replace(place, found={"processors": str(before)})

    def undo(self, place: Place, injection: str) -> Undo:
        """Allow it what it was allowed before."""
        before = float(place.found.get("processors", "0"))
        by_hand = f"{round(before * 100_000)}" if before else "-1"
        words = {"to": str(self.share), "processors": str(before), "by_hand": by_hand}
        return Undo("processors", place, words)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Limit it. Raises EngineError where the engine refuses."""
        runtime.limits.limit_processors(place.container, self.share)
        return Applied()


@dataclass(frozen=True, slots=True)
class ProcessesExhausted(_Limit):
    """The service may start ``spare`` more processes and threads than it has now, then none.

    What runs goes on; whatever needs a new process or thread fails ("Resource temporarily
    unavailable"), a command that somebody wants to run inside it too.
    """

    spare: int = 0
    kind: ClassVar[str] = "process limit"
    phrase: ClassVar[str] = "a lack of processes"
    label: ClassVar[str] = "out of processes"
    effect: ClassVar[Effect] = ReadBack("it is allowed no more processes than it has", _numbered)
    needs: ClassVar[tuple[str, ...]] = ("an engine that counts a container's processes",)
    by_hand: ClassVar[str] = (
        "docker update --pids-limit $(docker stats --no-stream --format '{{{{.PIDs}}}}' "
        "{container}) {container}"
    )

    def parameters(self) -> Mapping[str, Json]:
        """How many more it may start."""
        return {"spare": self.spare}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """How many it has, and is allowed. Raises PlanError where nobody counts them."""
        counted = runtime.stats(place.container).get("pids")
        if not isinstance(counted, int) or counted < 1:
            raise PlanError(f"{self.kind} of {place}: expected a number of processes, got none")
        before, limit = runtime.limits.processes(place.container), counted + self.spare
        if 0 < before <= limit:
            raise PlanError(
                f"{self.kind} of {place}: expected that it is allowed more than {limit} "
                f"processes, it is allowed {before}"
            )
        return replace(place, found={"to": str(limit), "processes": str(before)})

    def undo(self, place: Place, injection: str) -> Undo:
        """Allow it as many as before."""
        before = place.found.get("processes", "0")
        by_hand = before if before != "0" else "-1"
        words = {"to": place.found.get("to", "1"), "processes": before, "by_hand": by_hand}
        return Undo("process-limit", place, words)

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Limit it. Raises EngineError where the engine refuses."""
        runtime.limits.limit_processes(place.container, int(place.found["to"]))
        return Applied()


@dataclass(frozen=True, slots=True)
class FilesExhausted(_Limit):
    """The service's main process may open ``spare`` more files than it has now, then none.

    Sockets are files: what is connected goes on, whoever connects is not answered, and it may not
    even write that to a log file that it would have to open. Its other processes are not limited.
    """

    spare: int = 0
    kind: ClassVar[str] = "file descriptor limit"
    phrase: ClassVar[str] = "a lack of file descriptors"
    label: ClassVar[str] = "out of file descriptors"
    effect: ClassVar[Effect] = ReadBack("it may open no more files", _short_of_files)
    asks: ClassVar[tuple[Ability, ...]] = (Ability.PROCESSES,)
    needs: ClassVar[tuple[str, ...]] = (
        "a helper container that may look at the process and, as its user, set its limit",
    )
    by_hand: ClassVar[str] = (
        "P=$(docker top {container} -o pid | sed -n 3p); "  # 2p without an init
        "prlimit --nofile=$(ls /proc/$P/fd | wc -l): --pid $P"
    )

    def parameters(self) -> Mapping[str, Json]:
        """How many more it may open."""
        return {"spare": self.spare}

    def probe(self, runtime: Runtime, place: Place) -> Place:
        """How many it has open, and may. Raises PlanError where it may open no more anyway."""
        try:
            now = runtime.processes.files(place.container)
        except EngineError as error:
            raise PlanError(f"{self.kind} of {place}: expected to see them: {error}") from error
        limit = now.opened + self.spare
        if now.soft <= limit:
            raise PlanError(
                f"{self.kind} of {place}: expected that it may open more than {limit} files, it "
                f"may open {now.soft}"
            )
        found = {"process": now.process, "to": str(limit), "files": str(now.soft)}
        return replace(place, found=found)

    def undo(self, place: Place, injection: str) -> Undo:
        """Allow it as many as before: its soft limit, the only one that was changed."""
        return Undo("file-limit", place, dict(place.found))

    def apply(self, runtime: Runtime, place: Place, injection: str) -> Applied:
        """Limit it. Raises EngineError where that is refused."""
        found = place.found
        runtime.processes.limit_files(place.container, found["process"], int(found["to"]))
        return Applied(way="a limit of the process itself")
