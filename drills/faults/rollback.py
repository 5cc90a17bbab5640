"""No fault without its undo, armed first.

Undos run last in first out; one that fails never stops the next; undone means that the state was
read back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from drills.clock import Clock
from drills.errors import DrillError, EngineError, JournalError, PlanError, UnknownTarget
from drills.faults.catalogue import OPERATIONS, UNKNOWN, operation_of
from drills.faults.undo import Operation, Undo, condition
from drills.journal.excerpt import Room
from drills.journal.fact import Fact
from drills.journal.facts import FaultIntended, UndoCalled, UndoFailed, UndoVerified
from drills.journal.journal import Journal
from drills.journal.timeline import Timeline
from drills.stack.runtime import Runtime
from drills.units import NS
from drills.wait import until

LAST_LOOK = 0.5  # seconds beyond its budget in which an undo may still be seen to have succeeded


def _as_before(runtime: Runtime, undo: Undo) -> bool:
    return undo.before.items() <= condition(runtime.state(undo.container)).items()


def _seen(runtime: Runtime, undo: Undo) -> str:
    """What is seen of the container last. That it is gone does not make an open undo proven."""
    try:
        return str(runtime.state(undo.container))
    except UnknownTarget:
        return "another container in its place"


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one undo; ``problem`` is "" where it was proven."""

    injection: str
    undo: Undo
    problem: str = ""


class RollbackStack:
    """The undos that are armed, last in first out.

    ``guarded`` says whether the watchdog, too, can carry out an operation of that name.
    """

    def __init__(
        self,
        runtime: Runtime,
        journal: Journal,
        clock: Clock,
        guarded: Callable[[str], bool] = lambda _operation: True,
    ) -> None:
        self._guarded = guarded
        self._runtime = runtime
        self._journal = journal
        self._clock = clock
        self._armed: list[tuple[str, Undo]] = []

    def __len__(self) -> int:
        return len(self._armed)

    @property
    def hit(self) -> int:
        """How many containers the armed faults act on, one that two of them act on counted twice.

        Those at the other end of a link are one container for all links to it.
        """
        peers = {peer.id for _, undo in self._armed for peer in undo.place.peers}
        return len(self._armed) + len(peers)

    def refuse_unguarded(self, undo: Undo) -> None:
        """Raise PlanError for an undo that nobody could carry out, or only while we live."""
        operation_of(undo)
        if not self._guarded(undo.operation):
            raise PlanError(
                f"expected an undo that the watchdog over this drill has loaded, got "
                f"{undo.operation!r}: were the drill killed, nobody would undo the fault; nothing "
                "was done. Hint: the watchdog loads drills.faults anew, without a conftest"
            )

    def arm(self, undo: Undo, intended: FaultIntended) -> None:
        """Write what is intended, and the undo, to disk, synced. Where that fails, it is not armed.

        Raises PlanError for one that nobody could carry out, or not from what the journal holds.
        """
        self.refuse_unguarded(undo)
        self._refuse_masked(undo)
        armed = intended.injection, undo
        self._armed.append(armed)  # first: Ctrl-C may come with the line on the disk
        try:
            self._journal.write(replace(intended, undo=undo.data()), sync=True)
        except JournalError:
            self._armed.remove(armed)
            raise

    def _refuse_masked(self, undo: Undo) -> None:
        """A secret is masked on the disk, and whoever undoes it from there would put the mask back.

        Raises PlanError for an undo that holds one.
        """
        arguments = dict(undo.arguments)
        if Room(self._journal.redact).fit(arguments) != arguments:
            raise PlanError(
                f"expected an undo of {undo.place} that can be written down whole "
                f"({', '.join(arguments)}), one of these is masked as a secret or too long; "
                "nothing was done"
            )

    def rearm(self, timeline: Timeline) -> None:
        """Take over what another process armed and never proved undone, from its journal."""
        for intended in timeline.all(FaultIntended):
            injection = intended.injection
            if timeline.first(UndoVerified, injection=injection) is None:
                self._armed.append((injection, Undo.from_data(intended.undo)))

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
        text = f"{undo.operation} {undo.place}"
        self._write(UndoCalled(text, injection=injection, operation=undo.operation))
        operation = OPERATIONS.get(undo.operation, UNKNOWN)
        proof = operation.proof
        restarts = -1
        try:
            restarts = self._prove(operation, undo, budget)
        except UnknownTarget:
            proof = "the container is gone, and the fault with it"
        except Exception as error:  # noqa: BLE001 - whatever it is, the next undo must still run
            by_hand = operation.line(undo)
            text = f"{undo.operation} of {undo.place} failed: {error}. By hand: {by_hand}"
            self._write(UndoFailed(text, injection=injection))
            return Undone(injection, undo, text)
        verified = UndoVerified(
            f"{undo.place}: {proof}",
            injection=injection,
            proof=proof,
            exists=proof == operation.proof,
            restarts=restarts,
        )
        self._write(verified)
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
            awaited=f"{undo.place} is {operation.proof}"
            + (f", as it was before ({before})" if before else ""),
            within=budget,
            last_seen=lambda: _seen(runtime, undo),
            clock=self._clock,
            retry=(EngineError,),  # what was just started may not answer yet
        )
        with suppress(DrillError):
            return runtime.state(undo.container).restarts
        return -1

    def _write(self, fact: Fact) -> None:
        with suppress(JournalError):
            self._journal.write(fact, sync=True)
