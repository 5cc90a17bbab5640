"""What follows a drill, whatever happened in it: undo, recover, read, judge, write, take down.

Every part is tried whatever became of the one before it; what fails is written down.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING

from drills.clock import Clock
from drills.errors import DrillError, JournalError, PlanError
from drills.journal.facts import ErrorNote, FaultIntended, FinalReadDone, Note, StackDown, StackLeft
from drills.journal.folder import FINAL_READ
from drills.journal.integrity import UNSEALED
from drills.journal.observed import AFTER, END
from drills.journal.replacing import replace
from drills.journal.roles import primary_now
from drills.judgement.judge import judge, judge_directory, observe
from drills.judgement.result import DrillResult
from drills.judgement.stalls import tell_stalls
from drills.lifecycle import closing
from drills.lifecycle.bundles import AT_ONCE, Bundles
from drills.lifecycle.interrupts import Let, arrived, ends_run
from drills.lifecycle.nodes import node_dsn, primary_dsn
from drills.stack.database import (
    DatabaseError,
    DataGone,
    Holding,
    await_replay,
    holding_to_json,
)
from drills.stack.holdings import held_by
from drills.stack.runtime import Stack
from drills.units import NS

if TYPE_CHECKING:
    from drills.lifecycle.drill import Drill

HURRY = 2.0  # seconds for the last message then: who sent the interrupt kills us soon
HURRIED = 5.0  # seconds for a part that can be left out, once somebody wants the run to end


class Aftermath:
    """The end of one drill.

    An interrupt (a second Ctrl-C, say, or a time-out of pytest-timeout) ends the part it meets and
    no other; ``interrupt`` is the last one, for whoever has to leave the run afterwards.
    ``unexpected`` is the first error that is none of ours: to be raised when all is done.
    """

    def __init__(self, drill: Drill, stack: Stack, clock: Clock) -> None:
        self._drill = drill
        self._data = drill.plan.manifest.data
        self._journal = drill.journal
        self._stack = stack
        self._clock = clock
        self.interrupt: BaseException | None = None
        self.unexpected: Exception | None = None
        self.clean = False  # whether the stack is gone
        self.unwritten = ""  # why there is no report

    def conclude(self, error: BaseException | None) -> DrillResult:
        """Do all of it; returns the judged result, which is on disk by then.

        To be called where signals are ``Held``, so that they come in a part or between two.
        """
        self.interrupt = error if ends_run(error) else None
        self._try("winding up", lambda: self._wind_up(error), let=nullcontext())
        self._surely("stack", self._take_down)
        with suppress(JournalError):  # what is on the disk is judged all the same
            self._end(error or self._drill.stopped or self.interrupt)
            self._try("the last message", self._tell_that_it_is_over)
        return self._write()

    def _take_down(self) -> None:
        if self.clean:
            return
        try:
            self._stack.down()
        except Exception as error:
            drill = self._drill.plan.id
            visited = self._stack.attached
            what = f"{visited} is not as it was" if visited else "the stack could not be taken down"
            text = f"{what}: {error}. Then: drills heal {drill}"
            with suppress(JournalError):
                self._journal.write(StackLeft(text, error=str(error)), sync=True)
            raise
        self._journal.write(StackDown(attached=self._stack.attached))
        self.clean = True
        self._drill.undo(self.interrupt)  # what was not undone is gone with its container

    def _wind_up(self, error: BaseException | None) -> None:
        self._try("footing", self._check_footing)
        for name, part in (("dwell", self._drill.dwell), ("response", self._drill.let_respond)):
            if error is None and self.interrupt is None:
                self._try(name, part)
        self._surely("rollback", lambda: self._drill.undo(self.interrupt))
        patience = self._drill.settings.patience if self.interrupt is None else HURRIED
        self._try("response", lambda: self._drill.stand_down(patience))
        self._recover_and_read()
        self._surely("observers", self._stop_watching)
        if self._drill.running:
            self._try("evidence", self._collect)

    def _check_footing(self) -> None:
        """Whether the drill could see to its end, also where nobody has looked for a while."""
        if self._drill.watching:
            observers = self._drill.observers
            observers.check(observers.observations())

    def _recover_and_read(self) -> None:
        if not self._drill.watching or not self._journal.timeline().first(FaultIntended):
            return
        for name, part in (
            ("recovery", self._drill.settle),
            ("workload", self._stop_workload),
            ("final read", self._final_read),
        ):
            if self.interrupt is None:
                self._try(name, part)

    def _surely(self, name: str, part: Callable[[], None]) -> None:
        """Once more where an interrupt met it, for nothing of it may be left out."""
        before = self.interrupt
        self._try(name, part)
        if self.interrupt is not before:
            self._try(name, part)

    def _try(
        self, name: str, part: Callable[[], None], let: AbstractContextManager[None] | None = None
    ) -> None:
        self.interrupt = arrived() or self.interrupt
        try:
            with let or Let():
                part()
        except BaseException as error:  # noqa: BLE001 - written down, and the next part still runs
            if not isinstance(error, Exception):
                self.interrupt = error
            elif not isinstance(error, DrillError):
                self.unexpected = self.unexpected or error
            with suppress(JournalError):
                self._journal.write(ErrorNote(f"{name}: {type(error).__name__}: {error}"))

    def _stop_workload(self) -> None:
        self._drill.observers.stop_workload()

    def _stop_watching(self) -> None:
        if self._drill.watching:
            within = 0 if self.interrupt is not None else HURRIED
            self._drill.observers.bundles.stop(within)
            self._drill.observers.stop()
            self._drill.observers.communication.stop(within)
            tell_stalls(self._journal)

    def _final_read(self) -> None:
        nodes = self._data.nodes
        found: dict[str, Holding] = {}
        gone: dict[str, str] = {}
        failed: dict[str, str] = {}
        for name in nodes:
            try:
                found[name] = self._held_by(name)
            except DataGone as error:  # it could be read before the fault: that was seen to
                found[name], gone[name] = {}, str(error)
            except DrillError as error:
                failed[name] = str(error)
                self._journal.write(ErrorNote(f"final read of {name}: {error}"))
        if not nodes:
            return
        path = self._journal.directory / FINAL_READ
        held = {name: holding_to_json(one) for name, one in found.items()}
        replace(path, json.dumps(held).encode())
        counts = [f"{len(held)} on {name}" for name, held in found.items() if name not in gone]
        counts += [f"none on {name} any more ({said})" for name, said in gone.items()]
        text = f"writes found: {', '.join(counts) or 'none could be read'}"
        self._journal.write(FinalReadDone(text, gone=gone, failed=failed))

    def _held_by(self, name: str) -> Holding:
        data, runtime = self._data, self._drill.runtime
        dsn = partial(node_dsn, data, runtime, name)
        if name != self._primary():
            self._let_replay(name, dsn())
        return held_by(name, data, self._stack.database, runtime, dsn)

    def _let_replay(self, name: str, dsn: str) -> None:
        """Give a replica the lag that it is allowed: what it lacks after that is stale."""
        lag = self._data.max_lag
        primary = primary_dsn(self._data, self._drill.runtime, self._journal.timeline())
        with suppress(DatabaseError):  # whoever cannot be asked has no final read, which is told
            database = self._stack.database
            if not await_replay(database, primary, dsn, within=lag, clock=self._clock):
                text = f"{name} did not replay within {lag:g} s all that was written"
                self._journal.write(Note(text))

    def _primary(self) -> str:
        """The name of the node that is the primary by now."""
        return primary_now(self._journal.timeline(), self._data.primary)

    def _collect(self) -> None:
        """Ask for several artefacts at a time, and keep them in order."""
        drill = self._drill
        bundles = Bundles(drill.plan.watched, drill.runtime, self._stack.database, self._journal)
        moment = AFTER if self._journal.timeline().first(FaultIntended) else END
        end = self._clock.monotonic_ns() + int(HURRIED * NS)
        with ThreadPoolExecutor(AT_ONCE, "evidence") as pool:
            try:
                asked = [
                    (artefact, pool.submit(artefact.content))
                    for artefact in bundles.artefacts(drill.runtime)
                ]
                for artefact, answer in asked:
                    hurried = self.interrupt is not None or drill.footing.failure is not None
                    if hurried and self._clock.monotonic_ns() > end:
                        text = "cut short: the rest of the evidence is left out"
                        self._journal.write(Note(text))
                        return
                    bundles.keep(artefact, answer.result, moment)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _end(self, error: BaseException | None) -> None:
        outcome = "aborted" if error else "completed"
        closing.end(self._journal, self._clock, outcome, _reason(error) if error else "")

    def _tell_that_it_is_over(self) -> None:
        """Whoever was told of an incident is told what came of the drill."""
        if self._drill.watching:
            within = HURRIED if self.interrupt is None else HURRY
            self._drill.observers.communication.close(self._verdict, within)

    def _verdict(self) -> str:
        """What the drill will be judged, once its journal is sealed: by then nothing is added."""
        seen = observe(self._journal.directory)
        unread = {name: why for name, why in seen.unread.items() if why != UNSEALED}
        return judge(dataclasses.replace(seen, unread=unread)).verdict

    def _write(self) -> DrillResult:
        directory = self._journal.directory
        closing.close(self._journal, self._try)
        result = judge_directory(directory)
        try:
            closing.write(result, directory)
        except JournalError as error:  # a disk that takes no report costs no verdict
            self.unwritten = str(error)
        return result


def _reason(error: BaseException) -> str:
    """What ended a drill early, in words; of what cannot be run as written, where it stands."""
    kind = "interrupted" if isinstance(error, KeyboardInterrupt) else type(error).__name__
    said = f"{kind}: {error}".strip(": ")
    notes = getattr(error, "__notes__", ()) if isinstance(error, PlanError) else ()
    return f"{said} ({'; '.join(notes)})" if notes else said
