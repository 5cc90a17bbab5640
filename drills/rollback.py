"""No fault without its undo, armed first.

An undo is data: a named operation from a closed list with plain arguments, written and synced to
the journal before the fault is applied, so that whoever reads the journal can carry it out. Undos
run last in first out; one that fails never stops the next; undone means the state was read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from drills.clock import Clock
from drills.errors import JournalError, UnknownTarget
from drills.journal import Journal
from drills.runtime import Container, Runtime
from drills.timeline import Json, Kind
from drills.wait import until

MARK = "DRILLS_INJECTION"  # the environment variable that every process of a fault carries


@dataclass(frozen=True, slots=True)
class Undo:
    """How one injection is undone: an operation of ``OPERATIONS`` on one container."""

    operation: str
    container: Container
    arguments: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> Mapping[str, Json]:
        """The undo as the journal holds it."""
        return {
            "operation": self.operation,
            "container_id": self.container.id,
            "container": self.container.name,
            "service": self.container.service,
            "arguments": dict(self.arguments),
        }


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
    """
    act = 'kill -9 "${p#/proc/}"; ' if kill else ""
    script = (
        "for p in /proc/[0-9]*; do "
        'if { tr "\\000" "\\n" <"$p/environ"; } 2>/dev/null '
        f'| grep -qxF "{MARK}=$1"; then {act}echo "${{p#/proc/}}"; fi; done'
    )
    return ["sh", "-c", script, "sh", mark]


def _start(runtime: Runtime, undo: Undo) -> None:
    runtime.unpause(undo.container)
    runtime.start(undo.container)


def _runs(runtime: Runtime, undo: Undo) -> bool:
    state = runtime.state(undo.container)
    return state.running and not state.paused


def _end_processes(runtime: Runtime, undo: Undo) -> None:
    if _runs(runtime, undo):
        runtime.execute(undo.container, marked_processes(undo.arguments["mark"], kill=True))


def _no_processes(runtime: Runtime, undo: Undo) -> bool:
    if not runtime.state(undo.container).running:
        return True
    found = runtime.execute(undo.container, marked_processes(undo.arguments["mark"], kill=False))
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
}


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
        """Write the undo and ``facts`` to disk, synced, and only then count it as armed."""
        if undo.operation not in OPERATIONS:
            raise KeyError(undo.operation)
        self._journal.write(
            Kind.FAULT_INTENDED,
            text,
            facts,
            sync=True,
            injection=injection,
            undo=undo.data(),
        )
        self._armed.append((injection, undo))

    def unwind(self, *, budget: float, only: str = "") -> Sequence[Undone]:
        """Undo everything that is armed (or one injection), each with ``budget`` seconds.

        Never raises for a failed undo: it is written down, with what to do by hand. Nor does a
        disk that takes no more keep anything from being undone.
        """
        done = []
        for injection, undo in reversed(self._armed.copy()):
            if only in ("", injection):
                outcome = self._undo(injection, undo, budget)
                done.append(outcome)
                if not outcome.problem:
                    self._armed.remove((injection, undo))
        return done

    def _undo(self, injection: str, undo: Undo, budget: float) -> Undone:
        operation = OPERATIONS[undo.operation]
        text = f"{undo.operation} {undo.container.name}"
        self._write(Kind.UNDO_CALLED, text, injection, {"operation": undo.operation})
        proof = operation.proof
        try:
            operation.apply(self._runtime, undo)
            until(
                lambda: operation.undone(self._runtime, undo),
                awaited=f"{undo.container.name} is {operation.proof}",
                within=budget,
                last_seen=lambda: str(self._runtime.state(undo.container)),
                clock=self._clock,
            )
        except UnknownTarget:
            proof = "the container is gone, and the fault with it"
        except Exception as error:  # noqa: BLE001 - whatever it is, the next undo must still run
            by_hand = operation.by_hand.format(container=undo.container.name)
            text = f"{undo.operation} of {undo.container.name} failed: {error}. By hand: {by_hand}"
            self._write(Kind.UNDO_FAILED, text, injection)
            return Undone(injection, undo, text)
        text = f"{undo.container.name}: {proof}"
        self._write(Kind.UNDO_VERIFIED, text, injection, {"proof": proof})
        return Undone(injection, undo)

    def _write(
        self, kind: Kind, text: str, injection: str, facts: Mapping[str, Json] | None = None
    ) -> None:
        with suppress(JournalError):
            self._journal.write(kind, text, facts, sync=True, injection=injection)
