"""A runbook that is followed in a drill: in a console beside its stack, each line written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from drills.clock import Clock
from drills.errors import DrillError, PlanError, WaitTimeout
from drills.journal.evidence import Evidence
from drills.journal.facts import CommandTried, Note, Phase
from drills.journal.journal import Journal
from drills.runbook.document import read
from drills.runbook.incident import Incident
from drills.runbook.written.blocks import commands_of, titles_of
from drills.runbook.written.command import Command
from drills.runbook.written.following import Follower, Tried
from drills.stack.console import Operated
from drills.stack.readiness import Readiness
from drills.stack.runtime import Runtime, Stack
from drills.stack.system import Question
from drills.wait import until

if TYPE_CHECKING:
    from drills.lifecycle.drill import Drill

SETTLE_SECONDS = 20.0
LIVES_SECONDS = 1800.0  # that a console stands at most


def chosen(file: Path, section: str) -> list[Command]:
    """The commands of the sections with these words. Raises PlanError where there are none."""
    document = read(file)
    if found := commands_of(document, section):
        return found
    known = ", ".join(titles_of(commands_of(document))) or "none has"
    raise PlanError(f"{file}: expected a section {section!r} with commands; these have: {known}")


def section_of(incident: Incident | None) -> str:
    """The words of an incident's section in the runbook. Raises PlanError without an incident."""
    if incident is None:
        raise PlanError("expected a scenario with the tag of an incident, to follow its section")
    return incident.runbook or incident.title


def follow(
    drill: Drill,
    stack: Stack,
    clock: Clock,
    file: Path,
    commands: Sequence[Command],
    *,
    disturbed: bool,
) -> list[Tried]:
    """Carry out the commands on the drill's stack, one after the other.

    Raises PlanError for a stack that has no console.
    """
    if not isinstance(stack, Operated):
        raise PlanError("expected a stack with a console for its operator, this one has none")
    runtime, ready = drill.runtime, drill.plan.manifest.stack.ready
    state = "in the incident" if disturbed else "on a healthy stack"
    drill.journal.write(Phase(f"following {file.name} as written, {state}", phase="runbook"))
    keeper = _Keeper(drill.journal, file.name, state, disturbed=disturbed)

    def settle() -> None:
        settled(ready, runtime, clock, disturbed=disturbed)

    with stack.console(runtime, LIVES_SECONDS) as console:
        follower = Follower(
            *(console, runtime, clock, keeper.keep, drill.footing.check, settle),
            disturbed=disturbed,
        )
        return list(follower.follow(commands))


def follow_own(drill: Drill, stack: Stack, clock: Clock, *, disturbed: bool) -> None:
    """Follow the section of the drill's own incident. Raises PlanError where there is none."""
    file = drill.plan.manifest.written
    commands = chosen(file, section_of(drill.plan.incident))
    follow(drill, stack, clock, file, commands, disturbed=disturbed)


class _Keeper:
    """Writes down what became of each line, and what it said."""

    def __init__(self, journal: Journal, file: str, state: str, *, disturbed: bool) -> None:
        self._journal = journal
        self._evidence = Evidence(journal)
        self._file, self._state, self._disturbed = file, state, disturbed

    def keep(self, tried: Tried) -> None:
        command, ran = tried.command, tried.ran
        name = f"line {command.line} of {self._file} {self._state}" if tried.said.strip() else ""
        if name:
            self._evidence.keep(name, command.shown, tried.said.encode)
        told = CommandTried(
            file=self._file,
            line=command.line,
            last_line=command.last_line,
            section=command.title,
            command=command.text,
            outcome=tried.verdict.outcome.value,
            why=tried.verdict.why,
            step=command.step,
            disturbed=self._disturbed,
            seconds=round(tried.seconds, 3),
            exit_code=ran.code if ran else None,
            notes=command.notes,
            evidence=name,
        )
        self._journal.write(told)


def settled(
    ready: Mapping[str, Question], runtime: Runtime, clock: Clock, *, disturbed: bool
) -> None:
    """Let what was started come up, for a while; with a fault in effect not all of it may."""
    readiness = Readiness(ready, runtime)

    def up() -> bool:
        states = [runtime.state(each) for each in runtime.containers()]
        starting = any(state.running and state.health == "starting" for state in states)
        stopped = any(not state.running for state in states)
        return not starting and (disturbed or stopped or readiness.ready())

    with suppress(WaitTimeout, DrillError):
        until(up, awaited="the stack is well again", within=SETTLE_SECONDS, clock=clock)


def put_right(drill: Drill, clock: Clock) -> None:
    """Start what was stopped and let it come up: for the next section, or to see it recover."""
    runtime, started = drill.runtime, []
    for container in runtime.containers():
        if not runtime.state(container).running:
            runtime.start(container)
            started.append(container.name)
    if started:
        text = f"started again, for no line of the runbook did: {', '.join(started)}"
        drill.journal.write(Note(text))
    settled(drill.plan.manifest.stack.ready, runtime, clock, disturbed=False)
