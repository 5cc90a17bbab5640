"""No fault without its undo, armed first.

An undo is data: a named operation from a closed list with plain arguments, written and synced to
the journal before the fault is applied, so that whoever reads the journal can carry it out. Undos
run last in first out; one that fails never stops the next; undone means the state was read back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from drills.clock import Clock
from drills.errors import DrillError, JournalError, PlanError, UnknownTarget
from drills.journal.journal import Journal
from drills.journal.timeline import Json, Kind, Timeline
from drills.stack.runtime import Container, ContainerState, Runtime
from drills.units import NS
from drills.wait import until

MARK = "DRILLS_INJECTION"  # the environment variable that every process of a fault carries
_NO_SHELL = (126, 127)  # what a command ends with that is not there, or whose tools are not
LAST_LOOK = 0.5  # seconds beyond its budget in which an undo may still be seen to have succeeded


@dataclass(frozen=True, slots=True)
class Undo:
    """How one injection is undone: an operation of ``OPERATIONS`` on one container.

    ``before`` is what the engine said of the container before the fault, see ``condition``.
    """

    operation: str
    container: Container
    arguments: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> Mapping[str, Json]:
        """The undo as the journal holds it."""
        return {
            "operation": self.operation,
            "container_id": self.container.id,
            "container": self.container.name,
            "service": self.container.service,
            "arguments": dict(self.arguments),
            "before": dict(self.before),
        }

    @classmethod
    def from_data(cls, data: Json) -> Undo:
        """The undo that a journal holds; what it does not tell is "" or empty."""
        told = data if isinstance(data, Mapping) else {}
        container = Container(
            id=str(told.get("container_id", "")),
            name=str(told.get("container", "")),
            service=str(told.get("service", "")),
        )
        arguments, before = _texts(told.get("arguments")), _texts(told.get("before"))
        return cls(str(told.get("operation", "")), container, arguments, before)


def _texts(value: Json) -> Mapping[str, str]:
    found = value.items() if isinstance(value, Mapping) else ()
    return {str(key): str(item) for key, item in found}


def condition(state: ContainerState) -> Mapping[str, str]:
    """What has to be again as it was before a fault."""
    return {"status": state.status, "paused": str(state.paused).lower()}


@dataclass(frozen=True, slots=True)
class Operation:
    """A named way back: do it, prove it, and what a person would type if it failed."""

    apply: Callable[[Runtime, Undo], None]
    undone: Callable[[Runtime, Undo], bool]
    proof: str
    by_hand: str


def marked_processes(mark: str, *, kill: bool) -> list[str]:
    """A command that lists (or kills) the processes that carry an injection's mark, one pid a line.

    The mark is an argument to a fixed script, never part of one; sh, tr and grep are all it needs.
    Raises PlanError for more than one line: grep would look for each, and an empty one is anywhere.
    """
    if mark.splitlines() != [mark] or "\0" in mark:
        raise PlanError(f"expected the mark of an injection, got {mark!r}")
    act = 'kill -9 "${p#/proc/}"; ' if kill else ""
    script = (
        "command -v tr >/dev/null && command -v grep >/dev/null || exit 127; "
        "for p in /proc/[0-9]*; do "
        'if { tr "\\000" "\\n" <"$p/environ"; } 2>/dev/null '
        f'| grep -qxF "{MARK}=$1"; then {act}echo "${{p#/proc/}}"; fi; done'
    )
    return ["sh", "-c", script, "sh", mark]


def _start(runtime: Runtime, undo: Undo) -> None:
    runtime.unpause(undo.container)
    runtime.start(undo.container)


def _as_before(runtime: Runtime, undo: Undo) -> bool:
    return undo.before.items() <= condition(runtime.state(undo.container)).items()


def _runs(runtime: Runtime, undo: Undo) -> bool:
    state = runtime.state(undo.container)
    return state.running and not state.paused


def _end_processes(runtime: Runtime, undo: Undo) -> None:
    if undo.before.get("status") == "running":  # the fault may have taken the whole container
        _start(runtime, undo)
    if _runs(runtime, undo):
        runtime.execute(undo.container, marked_processes(undo.arguments["mark"], kill=True))


def _no_processes(runtime: Runtime, undo: Undo) -> bool:
    if not runtime.state(undo.container).running:
        return True
    found = runtime.execute(undo.container, marked_processes(undo.arguments["mark"], kill=False))
    return found.exit_code == 0 and not found.output.strip()


def _take_back(runtime: Runtime, undo: Undo) -> None:
    runtime.take_back(undo.arguments["mark"])
    _end_processes(runtime, undo)


def _taken_back(runtime: Runtime, undo: Undo) -> bool:
    """Neither the engine nor, where it can be asked, the container knows of anything left.

    What was started for the fault carries the mark as its argument, so the engine's word stands
    alone where the container has no shell.
    """
    mark = undo.arguments["mark"]
    if runtime.left(undo.container, mark):
        return False
    if not runtime.state(undo.container).running:
        return True
    found = runtime.execute(undo.container, marked_processes(mark, kill=False))
    if found.exit_code in _NO_SHELL:
        return True
    return found.exit_code == 0 and not found.output.strip()


OPERATIONS: Mapping[str, Operation] = {
    "start": Operation(_start, _runs, "running and not paused", "docker start {container}"),
    "unpause": Operation(
        lambda runtime, undo: runtime.unpause(undo.container),
        lambda runtime, undo: not runtime.state(undo.container).paused,
        "not paused",
        "docker unpause {container}",
    ),
    "end-processes": Operation(
        _end_processes,
        _no_processes,
        "no process of the injection is left",
        "docker restart {container}",
    ),
    "take-back": Operation(
        _take_back,
        _taken_back,
        "no process of the injection is left",
        "docker restart {container}",
    ),
}


def _unknown(_runtime: Runtime, undo: Undo) -> None:
    raise PlanError(f"nobody knows the operation {undo.operation!r}")


UNKNOWN = Operation(
    _unknown, lambda *_: False, "undone", "docker inspect {container}, and put it right"
)


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one undo; ``problem`` is "" where it was proven."""

    injection: str
    undo: Undo
    problem: str = ""


class RollbackStack:
    """The undos that are armed, last in first out."""

    def __init__(self, runtime: Runtime, journal: Journal, clock: Clock) -> None:
        self._runtime = runtime
        self._journal = journal
        self._clock = clock
        self._armed: list[tuple[str, Undo]] = []

    def __len__(self) -> int:
        return len(self._armed)

    def arm(self, injection: str, undo: Undo, text: str, facts: Mapping[str, Json]) -> None:
        """Write the undo and ``facts`` to disk, synced. Where that fails, it is not armed."""
        if undo.operation not in OPERATIONS:
            raise KeyError(undo.operation)
        self._armed.append((injection, undo))  # first: Ctrl-C may come with the line on the disk
        try:
            self._journal.write(
                Kind.FAULT_INTENDED,
                text,
                facts,
                sync=True,
                injection=injection,
                undo=undo.data(),
            )
        except JournalError:
            self._armed.remove((injection, undo))
            raise

    def rearm(self, timeline: Timeline) -> None:
        """Take over what another process armed and never proved undone, from its journal."""
        for event in timeline.all(Kind.FAULT_INTENDED):
            injection = event.string("injection")
            if timeline.first(Kind.UNDO_VERIFIED, injection=injection) is None:
                self._armed.append((injection, Undo.from_data(event.data.get("undo"))))

    def unwind(
        self, *, budget: float, only: str = "", together: float = math.inf
    ) -> Sequence[Undone]:
        """Undo everything that is armed (or one injection), each with ``budget`` seconds.

        ``together``: seconds that all of them share at most; each gets an equal part of what the
        ones before it left. An engine that hangs takes LAST_LOOK longer, and no more.

        Never raises for a failed undo: it is written down, with what to do by hand. Nor does a
        disk that takes no more keep anything from being undone.
        """
        begun = self._clock.monotonic_ns()
        due = [one for one in reversed(self._armed) if only in ("", one[0])]
        done = []
        for number, (injection, undo) in enumerate(due):
            spent = (self._clock.monotonic_ns() - begun) / NS
            part = max(together - spent, 0.0) / (len(due) - number)
            done.append(self._undo(injection, undo, min(budget, part)))
            if not done[-1].problem:
                self._armed.remove((injection, undo))
        return done

    def _undo(self, injection: str, undo: Undo, budget: float) -> Undone:
        text = f"{undo.operation} {undo.container.name}"
        self._write(Kind.UNDO_CALLED, text, injection, {"operation": undo.operation})
        operation = OPERATIONS.get(undo.operation, UNKNOWN)
        proof = operation.proof
        restarts = -1
        try:
            restarts = self._prove(operation, undo, budget)
        except UnknownTarget:
            proof = "the container is gone, and the fault with it"
        except Exception as error:  # noqa: BLE001 - whatever it is, the next undo must still run
            by_hand = operation.by_hand.format(container=undo.container.name)
            text = f"{undo.operation} of {undo.container.name} failed: {error}. By hand: {by_hand}"
            self._write(Kind.UNDO_FAILED, text, injection)
            return Undone(injection, undo, text)
        text = f"{undo.container.name}: {proof}"
        facts: dict[str, Json] = {"proof": proof, "exists": proof == operation.proof}
        if restarts >= 0:
            facts["restarts"] = restarts
        self._write(Kind.UNDO_VERIFIED, text, injection, facts)
        return Undone(injection, undo)

    def _prove(self, operation: Operation, undo: Undo, budget: float) -> int:
        """Do it, and see that the state is what it was. Raises WaitTimeout where it is not.

        Returns how often the container's restart policy has started it, -1 where that is not known.
        """
        runtime = self._runtime.within(budget + LAST_LOOK)  # an engine that hangs holds nobody up
        operation.apply(runtime, undo)
        before = ", ".join(f"{key} {value}" for key, value in undo.before.items())
        until(
            lambda: operation.undone(runtime, undo) and _as_before(runtime, undo),
            awaited=f"{undo.container.name} is {operation.proof}"
            + (f", as it was before ({before})" if before else ""),
            within=budget,
            last_seen=lambda: str(runtime.state(undo.container)),
            clock=self._clock,
        )
        with suppress(DrillError):
            return runtime.state(undo.container).restarts
        return -1

    def _write(
        self, kind: Kind, text: str, injection: str, facts: Mapping[str, Json] | None = None
    ) -> None:
        with suppress(JournalError):
            self._journal.write(kind, text, facts, sync=True, injection=injection)
