"""A whole runbook, or one incident's section, carried out as written: a drill of its own.

First on a healthy stack, each section after the other, and then, where an incident is named, once
more while its fault is in effect. Nobody else responds meanwhile: the runbook is what is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from drills.clock import Clock, SystemClock
from drills.config.settings import Settings
from drills.errors import DrillError
from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.history.numbers import take
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal, slug
from drills.journal.redaction import Redactor
from drills.journal.timeline import Event
from drills.judgement.result import DrillResult
from drills.lifecycle.calibrated import stated
from drills.lifecycle.drill import Drill
from drills.lifecycle.following import follow, put_right
from drills.lifecycle.plan import Plan
from drills.lifecycle.surroundings import git_state, host, versions
from drills.lifecycle.watchdog.guard import Guard
from drills.lifecycle.watchdog.registry import project_of
from drills.runbook.written.command import Command
from drills.stack.engines.compose import ComposeStack
from drills.stack.engines.source import Source

AFTER = 3600.0  # seconds that such a drill may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is to be tried: these commands of a file, by a plan, on the stack of a source.

    ``breaks`` is the fault of the incident, and on what; None for a healthy stack alone. With
    ``notify`` people are sent messages, where they are due. ``reports`` is where the drill leaves
    its folder, ``root`` the folder of the project.
    """

    plan: Plan
    source: Source
    root: Path
    file: Path
    commands: Sequence[Command]
    reports: Path
    breaks: tuple[Fault, Target] | None = None
    allow_remote: bool = False
    notify: bool = True
    listen: Callable[[Event], None] = lambda _event: None


def origin(file: Path, words: str, reports: Path, root: Path) -> DrillStarted:
    """How the journal of such a drill begins: with the runbook, and what of it is followed."""
    reports.mkdir(parents=True, exist_ok=True)
    return DrillStarted(
        incident_id=take(reports),
        feature=file.name,
        scenario=f"The runbook as written: {words}",
        steps=(),
        tags=(),
        versions=versions(),
        host=host(),
        calibration=stated(reports),
        git=git_state(root),
    )


def carry_out(trial: Trial) -> tuple[DrillResult, Path]:
    """Carry it out; the judged result, and the drill's folder.

    Whatever happens on the way is in the result. Raises PlanError before anything is touched.
    """
    clock, plan = SystemClock(), trial.plan
    name = (
        f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-runbook-{slug(plan.incident_name or 'all')}-{plan.id}"
    )
    directory = trial.reports / name
    project = project_of(plan.id)
    stack = ComposeStack(trial.source, project, plan.id, clock, allow_remote=trial.allow_remote)
    guard = Guard(
        *(plan.id, directory, project),
        engine=stack.engine,
        allow_remote=trial.allow_remote,
        root=trial.root,
    )
    with guard:
        drill = _begun(trial, stack, directory, clock, guard)
        with _concluded(drill) as results:
            _tried(trial, drill, stack, clock)
        guard.clean = lambda: drill.clean
    return results[0], directory


def _begun(trial: Trial, stack: ComposeStack, directory: Path, clock: Clock, guard: Guard) -> Drill:
    redactor = Redactor(trial.plan.manifest.secrets())
    journal = Journal(directory, clock, redactor)
    journal.listen(trial.listen)
    settings = Settings(
        respond=False,
        stop_after=AFTER,
        steady_within=90.0,
        allow_remote=trial.allow_remote,
        notify=trial.notify,
    )
    return Drill(
        *(trial.plan, stack, journal, redactor, settings, clock),
        guard=guard.check,
        guarded=guard.undoes,
    )


@contextmanager
def _concluded(drill: Drill) -> Iterator[list[DrillResult]]:
    """Conclude it whatever happens. An interrupt, and what is no error of ours, goes on its way."""
    results: list[DrillResult] = []
    ended: BaseException | None = None
    try:
        yield results
    except BaseException as error:  # noqa: BLE001 - concluded first, then it goes on its way
        ended = error
    results.append(drill.conclude(ended))
    if ended is not None and not isinstance(ended, DrillError):
        raise ended


def _tried(trial: Trial, drill: Drill, stack: ComposeStack, clock: Clock) -> None:
    drill.reach_steady_state()
    for _, commands in groupby(trial.commands, key=lambda each: each.section_line):
        follow(drill, stack, clock, trial.file, list(commands), disturbed=False)
        put_right(drill, clock)
    if trial.breaks is None:
        return
    drill.start_workload({})  # nobody new, but steady state is to be held again before the fault
    fault, target = trial.breaks
    with drill.inject(fault, target):
        follow(drill, stack, clock, trial.file, trial.commands, disturbed=True)
    put_right(drill, clock)
