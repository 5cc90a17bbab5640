"""Finishing a drill whose process died: undo its faults, take its stack down, close its journal.

Every part is tried whatever became of the others, and all of it may be done again: whoever heals
may be killed too. What could not be done leaves the drill entered, for the next one to heal it.
What is somebody's is left alone: its entry's lock on this machine and its lease on the engine tell.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from drills.clock import Clock, DatedClock
from drills.errors import DrillError, EngineError, JournalError, PlanError
from drills.faults.rollback import RollbackStack
from drills.history.folders import none_at
from drills.journal.facts import DrillEnded, DrillStarted, ErrorNote, Note, Sealed
from drills.journal.folder import JOURNAL
from drills.journal.journal import Journal, Listener, read_timeline
from drills.journal.redaction import Redactor
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.life import Life, lives
from drills.lifecycle.watchdog.registry import Claim, Entry
from drills.stack.engines.address import DEFAULT_TARGET, Address
from drills.stack.engines.ground import DockerGround, Ground
from drills.stack.runtime import Runtime

UNDO_SECONDS = 8.0  # for each undo
TOGETHER_SECONDS = 30.0  # for all undos of a drill
# Given the engine's address, "" for the one in use here, and whether it may be on another host.
GroundOf = Callable[[str, bool], Ground]
SEAL_MISSING = (
    "its seal is missing: the drill ended and is entered nowhere, so its journal's end was cut "
    "off, or its entry was lost before it was sealed. Nobody knows what else is gone, so it is not "
    "sealed anew and stays inconclusive. `drills verify` tells what can be told"
)


def load_ending() -> None:
    """Load what ends, judges and reports a drill: all that healing needs beyond this module."""
    importlib.import_module("drills.lifecycle.watchdog.ending")


def on_docker(engine: str = "", allow_remote: bool = False) -> Ground:
    """The engine at an address; without one, that which the docker command would talk to."""
    return DockerGround(engine, allow_remote=allow_remote)


@dataclass(slots=True)
class Healed:
    """What became of one drill that was to be healed; ``problems`` is empty where all is well."""

    drill_id: str
    directory: Path | None = None
    done: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    again: bool = False  # whether another healing is needed
    left: str = ""  # why nothing was done, where it may be somebody's
    ask_in: float = 0.0  # seconds after which to ask again, where that is not known yet
    away: bool = False  # whether its engine could not be asked
    engine: str = ""  # the address of that engine, where its entry says it

    @property
    def then(self) -> str:
        """What a person may do about what is left."""
        give_up = f", or where that engine is gone for good: drills heal --give-up {self.drill_id}"
        return f"drills heal {self.drill_id}{give_up if self.away else ''}"

    def __str__(self) -> str:
        where = f" ({self.directory})" if self.directory else ""
        if self.left:
            return f"drill {self.drill_id}{where} is left as it is: {self.left}"
        said = "; ".join([*self.done, *(f"FAILED: {problem}" for problem in self.problems)])
        return f"drill {self.drill_id}{where}: {said or 'there was nothing to do'}"


class Healer:
    """Heals drills one by one. ``hear`` is told every event that is added to their journals.

    ``tell`` is told in a line why something takes a while.
    """

    def __init__(
        self,
        ground_of: GroundOf,
        clock: Clock,
        hear: Listener | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._ground_of = ground_of
        self._clock = clock
        self._hear = hear
        self._tell = tell

    def heal(
        self, held: Claim, who: str, *, keep_log: bool = False, entered: bool = True
    ) -> Healed:
        """Finish the drill of an entry that was claimed; ``who`` says in words who does it.

        The entry is gone afterwards, and the log of its watchdog, unless that is who heals
        (``keep_log``) and has more to say; or, where something is left to do, let go of.
        ``entered`` says whether the drill itself was the one to enter it. Never raises for what
        went wrong.
        """
        try:
            healed = self._heal(held.entry, who, entered=entered)
            if not healed.again:
                held.remove()
                words = "" if keep_log else registry.last_words(held.entry.log)
                if words and healed.problems:
                    healed.done.append(words)
        finally:
            held.release()
        return healed

    def _heal(self, entry: Entry, who: str, *, entered: bool) -> Healed:
        healed = Healed(entry.drill_id, entry.directory, engine=entry.engine)
        try:
            ground = self._ground_of(entry.engine, entry.allow_remote)
            ground.ready()
        except DrillError as error:
            healed.problems.append(str(error))
            healed.again = healed.away = True
            return healed
        _Healing(entry, ground, self._clock, healed, self._hear).run(who, entered=entered)
        return healed

    def heal_all(self, who: str) -> list[Healed]:
        """Finish every entered drill that died and that nobody else is healing."""
        registry.forget_drafts()
        dead = [entry for entry in registry.entries() if not entry.alive]
        left = self._somebodys([entry for entry in dead if not _surely_dead(entry)])
        healed = []
        for entry in dead:
            if entry.path in left:
                healed.append(left[entry.path])
            elif held := registry.claim(entry):
                healed.append(self.heal(held, who))
        return healed + [
            Healed(log.stem, done=[words])
            for log in registry.logs_of_nobody()
            if (words := registry.last_words(log))
        ]

    def heal_one(self, drill: str, who: str) -> Healed:
        """Finish one drill, by its id or its directory; the latter needs no entry.

        Raises PlanError where there is no such drill, or it runs.
        """
        entry = registry.named(drill)
        lost = entry is None
        entry = entry or _lost(Path(drill))
        if (lost or not _surely_dead(entry)) and not entry.alive:
            for one in self._somebodys([entry]).values():
                if one.ask_in or one.problems:
                    return one
                raise PlanError(f"drill {drill} runs, or may do so: {one.left}")
        held = _enter(entry) if lost else registry.claim(entry)
        if held is None:
            raise PlanError(f"drill {drill} runs, or somebody else is healing it")
        return self.heal(held, who, entered=not lost)

    def clear_orphans(self, *, allow_remote: bool = False) -> list[Healed]:
        """Remove what carries the label of a drill that is entered nowhere and that nobody runs.

        That is a drill whose entry was lost. What shows life, or may be about to, is left and told.
        A stack that was started by hand is not touched.
        """
        known = {entry.drill_id for entry in registry.entries()}
        try:
            ground = self._ground_of("", allow_remote)
            names = {each: found.names for each, found in ground.drills().items()}
            lost = sorted(names.keys() - known)
            found = lives(ground, lost, self._clock, self._tell)
        except EngineError as error:
            return [Healed("?", problems=[str(error)])]
        healed = []
        for drill_id in lost:
            life = _here(drill_id) or found[drill_id]
            if life.sign:
                healed.append(Healed(drill_id, left=life.sign, ask_in=life.again))
            else:
                healed.append(_clear(ground, drill_id, names[drill_id]))
        return healed

    def _somebodys(self, entries: Sequence[Entry]) -> dict[Path, Healed]:
        """Those of the entries that are somebody's, or may be, for all that is known here."""
        engines = {(entry.engine, entry.allow_remote) for entry in entries}
        return {
            path: healed
            for engine in sorted(engines)
            for path, healed in self._somebodys_on(
                *engine, [one for one in entries if (one.engine, one.allow_remote) == engine]
            )
        }

    def _somebodys_on(
        self, engine: str, allow_remote: bool, entries: Sequence[Entry]
    ) -> Iterator[tuple[Path, Healed]]:
        ids = [entry.drill_id for entry in entries]
        try:
            found = lives(self._ground_of(engine, allow_remote), ids, self._clock, self._tell)
        except DrillError as error:
            for one in entries:
                healed = Healed(one.drill_id, one.directory, problems=[str(error)], again=True)
                healed.away, healed.engine = True, engine
                yield one.path, healed
            return
        for one in entries:
            life = _here(one.drill_id) or _there(one) or found[one.drill_id]
            if life.sign:
                healed = Healed(one.drill_id, one.directory, left=life.sign, ask_in=life.again)
                yield one.path, healed


def _surely_dead(entry: Entry) -> bool:
    """Whether this machine alone can tell that the drill's process is gone, as the lock is free."""
    return entry.lock_tells and not _here(entry.drill_id)


def _here(drill_id: str) -> Life | None:
    """The sign of a process of this machine that runs the drill, if there is one."""
    return Life("a process of this machine runs it") if registry.shows_life(drill_id) else None


def _there(entry: Entry) -> Life | None:
    """Where the entry is of another machine, and so is its engine: nobody here can tell."""
    if entry.elsewhere and not Address.of(entry.engine or DEFAULT_TARGET).remote:
        return Life(f"it was begun on {entry.elsewhere}, on the engine there. Heal it there")
    return None


def _lost(directory: Path) -> Entry:
    """The entry that a drill had, by its journal. Raises PlanError where there is none."""
    if not (directory / JOURNAL).is_file():
        raise PlanError(f"expected the id or the directory of a drill, {none_at(directory)}")
    try:
        started = read_timeline(directory).first(DrillStarted)
    except JournalError as error:
        raise PlanError(f"expected the id or the directory of a drill: {error}") from error
    drill_id = started.id if started else ""
    if not registry.plausible(drill_id):
        raise PlanError(f"{directory}: expected a journal that says its drill's id")
    path = registry.path_of(drill_id)
    project, attached = registry.project_of(drill_id), started.attached if started else ""
    return Entry(path, drill_id, directory.resolve(), project, attached=attached)


def _enter(entry: Entry) -> Claim:
    """Enter a drill whose entry was lost, in its stead."""
    directory = entry.directory or Path()
    return registry.register(entry.drill_id, directory, entry.project, attached=entry.attached)


def _clear(ground: Ground, drill_id: str, names: Sequence[str]) -> Healed:
    healed = Healed(drill_id)
    try:
        ground.clear(registry.project_of(drill_id), drill_id)
        healed.done.append(f"entered nowhere, so removed: {', '.join(sorted(names))}")
    except DrillError as error:
        healed.problems.append(str(error))
    return healed


class _Healing:
    """One drill's healing, part by part."""

    def __init__(
        self, entry: Entry, ground: Ground, clock: Clock, healed: Healed, hear: Listener | None
    ) -> None:
        self._entry = entry
        self._ground = ground
        self._clock = clock
        self._healed = healed
        self._hear = hear
        self._journal: Journal | None = None
        self._rollbacks: RollbackStack | None = None
        self._died_ns = 0
        self._complete = False  # whether its journal was closed and sealed, and nothing is armed
        self._cut = False  # whether its seal is missing

    def run(self, who: str, *, entered: bool) -> None:
        """Do all of it; the faults first."""
        self._cut = not entered and self._lacks_seal()
        if self._entry.problem:
            self._healed.done.append(self._entry.problem)
        self._try("journal", lambda: self._open(who))
        self._try("rollback", self._undo)
        self._try("stack", self._clear)
        self._try("rollback", self._undo)  # what was not undone is gone with its container
        if self._rollbacks:
            self._fail("rollback", f"{len(self._rollbacks)} faults could not be undone")
        if self._journal is not None:
            self._close(self._journal, who)

    def _once(self, name: str, part: Callable[[], None]) -> None:
        """Try a part that nobody has to heal again for."""
        self._try(name, part, again=False)

    def _try(self, name: str, part: Callable[[], None], *, again: bool = True) -> None:
        try:
            part()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next part is still tried
            self._fail(name, f"{type(error).__name__}: {error}", again=again)

    def _fail(self, name: str, why: str, *, again: bool = True) -> None:
        self._healed.problems.append(f"{name}: {why}")
        self._healed.again |= again
        self._note(ErrorNote(f"{name}: {why}"))

    def _note(self, fact: ErrorNote | Note) -> None:
        if self._journal is not None and not self._complete:
            with suppress(JournalError):
                self._journal.write(fact)

    def _open(self, who: str) -> None:
        directory = self._entry.directory
        if directory is None or not directory.is_dir():
            self._healed.done.append("it left no journal")
            return  # it died before it began, or its reports were thrown away
        journal = self._journal = self._resume(directory)
        if self._hear is not None:
            journal.listen(self._hear)
        last = journal.timeline().newest()
        self._died_ns = last.at_ns if last else self._clock.monotonic_ns()
        self._rollbacks = RollbackStack(self._runtime(), journal, self._clock)
        self._rollbacks.rearm(journal.timeline())
        ended, sealed = (journal.timeline().first(each) for each in (DrillEnded, Sealed))
        self._complete = bool(ended and (sealed or self._cut) and not self._rollbacks)
        self._note(Note(f"the drill's process is gone; {who} finishes what it left"))

    def _runtime(self) -> Runtime:
        if attached := self._entry.attached:
            return self._ground.visited(attached, self._entry.drill_id)
        return self._ground.runtime(self._entry.project)

    def _lacks_seal(self) -> bool:
        """Whether the drill came to its end, as its journal has it, and nobody vouches for that."""
        if self._entry.directory is None:
            return False
        with suppress(JournalError):
            timeline = read_timeline(self._entry.directory)
            return timeline.first(DrillEnded) is not None and timeline.first(Sealed) is None
        return False

    def _resume(self, directory: Path) -> Journal:
        journal = Journal.resume(directory, self._clock, Redactor())
        started, last = journal.timeline().first(DrillStarted), journal.timeline().newest()
        if self._entry.of_this_boot or started is None or last is None:
            return journal
        journal.close()
        self._clock = DatedClock(started.anchor, self._clock, last.at_ns)
        return Journal.resume(directory, self._clock, Redactor())

    def _undo(self) -> None:
        if self._rollbacks:
            done = self._rollbacks.unwind(budget=UNDO_SECONDS, together=TOGETHER_SECONDS)
            self._healed.done += [
                f"{one.undo.operation} {one.undo.container.name}" for one in done if not one.problem
            ]

    def _clear(self) -> None:
        self._ground.clear(self._entry.project, self._entry.drill_id)
        attached = self._entry.attached
        self._healed.done.append(
            f"what it made beside {attached} is gone" if attached else "its stack is gone"
        )

    def _close(self, journal: Journal, who: str) -> None:
        from drills.lifecycle.watchdog import ending  # see load_ending

        # What goes wrong after its end, `drills judge` can make up for once it is put right.
        if not self._complete:
            self._try("end", lambda: self._end(journal, who))
            ending.close(journal, self._once, sealing=not self._cut)
        self._once("journal", journal.close)
        self._once("report", lambda: ending.report(journal.directory))
        if self._cut:
            self._healed.problems.append(f"journal: {SEAL_MISSING}")
        else:
            self._healed.done.append("its journal is closed")

    def _end(self, journal: Journal, who: str) -> None:
        from drills.lifecycle.watchdog import ending

        drill_id = self._entry.drill_id
        ending.tell(journal, self._clock, drill_id, who, self._died_ns, self._once)
