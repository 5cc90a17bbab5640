"""The drill of one scenario: begun by the fixture, concluded after the last step."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from drills.clock import Clock, SystemClock
from drills.config.document import Manifest
from drills.config.settings import Settings
from drills.errors import PlanError
from drills.history.follow_ups import still_open
from drills.history.numbers import take
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal, slug
from drills.journal.redaction import Redactor
from drills.judgement.metric import Observations
from drills.judgement.stop import conditions_of
from drills.lifecycle.briefing import brief
from drills.lifecycle.calibrated import stated
from drills.lifecycle.communicating import unsendable_at
from drills.lifecycle.drill import Drill
from drills.lifecycle.dry_run import Outline, PlannedDrill
from drills.lifecycle.exercise import Exercise
from drills.lifecycle.plan import Plan, unaskable
from drills.lifecycle.surroundings import git_state, host, versions
from drills.lifecycle.watchdog.guard import Guard
from drills.lifecycle.watchdog.registry import entries, project_of
from drills.plugin.composition import as_composed, lacking_here, previewed
from drills.plugin.gherkin import (
    ScenarioInfo,
    at_scenario_end,
    declared_by,
    place_of_step,
    scenario_of,
)
from drills.plugin.known import check
from drills.plugin.options import settings_of
from drills.plugin.outcome import conclude
from drills.plugin.places import manifest_path, reports_folder, writable
from drills.plugin.terminal import ELSEWHERE, LEFT, PLAN, TERMINAL, TerminalReport
from drills.runbook.tagged import NO_RESPONSE
from drills.stack.runtime import Stack

if TYPE_CHECKING:
    from drills.lifecycle.watchdog.heal import Healed


def drill_of(request: pytest.FixtureRequest, manifest: Manifest) -> Generator[Exercise, None, None]:
    """The drill of the scenario that asks; see the fixture."""
    config = request.config
    info = scenario_of(request.node)
    if info is None:
        raise PlanError("the drill fixture belongs to a scenario of a feature file")
    manifest = as_composed(config, manifest)
    check(request.node, info, manifest)
    if config.getoption("drill_dry_run"):
        yield _planned(request.node, info, manifest)
        return
    reports = writable(reports_folder(config))
    clock = SystemClock()
    with _others_healed(request.node, config.stash[TERMINAL]) as engine_is:
        plan = replace(_plan(config, info, manifest, reports), declared=declared_by(request.node))
        directory = _directory(reports, info, plan.id)
        stack: Stack = config.hook.pytest_drills_stack(
            config=config,
            manifest=manifest,
            project=project_of(plan.id),
            drill_id=plan.id,
            clock=clock,
        )
        engine_is(stack.engine)
    guard = Guard(
        *(plan.id, directory, project_of(plan.id)),
        engine=stack.engine,
        allow_remote=config.getoption("drill_remote"),
        root=config.rootpath,
        attached=stack.attached,
    )
    with guard, _TerminatedAsInterrupted():
        under_way = _begin(config, plan, stack, directory, clock, guard)
        at_scenario_end(request.node, lambda error: conclude(request.node, under_way, error))
        guard.clean = lambda: under_way.clean
        yield under_way
    if guard.left:
        _leave(request.node, f"drill {plan.id}: {guard.left}. Then: drills heal")


def _leave(item: pytest.Item, text: str, kind: str = LEFT) -> None:
    """Have it told at the end of the run that something of ours is left."""
    item.user_properties.append((kind, text))


@contextmanager
def _others_healed(item: pytest.Item, terminal: TerminalReport) -> Iterator[Callable[[str], None]]:
    """Finish the drills of earlier runs that died, where their watchdog died too.

    What is left of one is told when the block ends, which says which engine this drill runs on: on
    another one, that cannot be asked, it is no matter of this run.
    """
    left = [healed for healed in _heal_others(terminal) if healed.problems]
    own: list[str] = []
    try:
        yield own.append
    finally:
        for healed in left:
            elsewhere = healed.away and bool(own) and healed.engine not in ("", *own)
            text = f"{healed}. Then: {healed.then}"
            _leave(item, text, ELSEWHERE if elsewhere else LEFT)


def _heal_others(terminal: TerminalReport) -> Sequence[Healed]:
    if all(entry.alive for entry in entries()):
        return []
    from drills.lifecycle.watchdog.heal import Healer, on_docker

    healer = Healer(on_docker, SystemClock(), tell=lambda text: terminal.say("heal", text))
    found = healer.heal_all("the next run")
    for healed in found:
        terminal.say("heal", str(healed))
    return found


def _begin(
    config: pytest.Config, plan: Plan, stack: Stack, directory: Path, clock: Clock, guard: Guard
) -> Drill:
    redactor = Redactor(plan.manifest.secrets())
    journal = Journal(directory, clock, redactor)
    terminal, settings = config.stash[TERMINAL], _settings(config, plan.origin.tags)
    journal.listen(terminal.hear)
    drill = Drill(
        *(plan, stack, journal, redactor, settings, clock),
        guard=guard.check,
        onlooker=terminal.look,
        guarded=guard.undoes,
    )
    terminal.look(Observations(journal.timeline(), {}, settings.hold, clock.monotonic_ns()))
    return drill


def _settings(config: pytest.Config, tags: Collection[str]) -> Settings:
    """Those of the command line, for a scenario with these tags."""
    settings = settings_of(config)
    return replace(settings, respond=settings.respond and NO_RESPONSE not in tags)


def _planned(item: pytest.Item, info: ScenarioInfo, manifest: Manifest) -> PlannedDrill:
    settings = _settings(item.config, info.tags)
    seen = previewed(item.config, manifest, manifest_path(item.config).resolve().parent)
    planned = PlannedDrill(
        Outline(
            scenario=info.scenario_name,
            feature=info.feature_path,
            severity=manifest.severity(info.tags),
            incident=manifest.incident(info.tags)[1],
            manifest=manifest,
            settings=settings,
            stop=conditions_of(manifest.stop, settings.stop_after),
            problems=[*seen.problems, *unaskable(manifest.data)],
            stack=list(seen.notes),
            volumes=seen.volumes,
            left=still_open(reports_folder(item.config), manifest.incident(info.tags)[0]),
            unsendable=list(
                unsendable_at(manifest.runbook, manifest.severity(info.tags), manifest.where)
            ),
            lacks=partial(lacking_here, item.config, seen),
            place=partial(place_of_step, item),
        )
    )

    def tell(error: BaseException | None) -> None:
        __tracebackhide__ = True
        try:
            planned.conclude(error)
        finally:
            item.user_properties.append((PLAN, brief(planned.outline)))

    at_scenario_end(item, tell)
    return planned


def _plan(config: pytest.Config, info: ScenarioInfo, manifest: Manifest, reports: Path) -> Plan:
    name, incident = manifest.incident(info.tags)
    if lacks := "\n".join(unaskable(manifest.data)):
        raise PlanError(lacks)
    return Plan(
        id=secrets.token_hex(4),
        manifest=manifest,
        severity=manifest.severity(info.tags),
        incident_name=name,
        incident=incident,
        open=still_open(reports, name),
        origin=DrillStarted(
            incident_id=take(reports),
            feature=info.feature_path,
            scenario=info.scenario_name,
            steps=info.steps,
            feature_name=info.feature_name,
            line=info.line,
            example=info.example,
            tags=tuple(sorted(info.tags)),
            versions=versions(),
            host=host(),
            calibration=stated(reports),
            git=git_state(config.rootpath),
        ),
    )


def _directory(folder: Path, info: ScenarioInfo, drill_id: str) -> Path:
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{slug(info.scenario_name)}-{drill_id}"


class _TerminatedAsInterrupted:
    """While a drill runs, SIGTERM is a Ctrl-C: finalizers run, so everything is undone."""

    def __enter__(self) -> None:
        def interrupt(number: int, _frame: FrameType | None) -> None:
            raise KeyboardInterrupt(f"terminated by {signal.Signals(number).name}")

        self._before = signal.signal(signal.SIGTERM, interrupt)

    def __exit__(self, *exception: object) -> None:
        signal.signal(signal.SIGTERM, self._before)
