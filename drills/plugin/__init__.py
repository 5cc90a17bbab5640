"""The pytest plugin: options, the ``drill`` fixture, signals, verdicts, exit code."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from drills.clock import Clock, SystemClock
from drills.config import Manifest, load
from drills.config.settings import REQUESTS, Settings
from drills.errors import (
    CriteriaInconclusive,
    CriteriaMissed,
    DrillError,
    Outcome,
    PlanError,
)
from drills.history.numbers import take
from drills.journal.journal import Journal, slug
from drills.journal.redaction import Redactor
from drills.judgement.result import DrillResult
from drills.judgement.stop import conditions_of
from drills.lifecycle.briefing import brief
from drills.lifecycle.drill import Drill
from drills.lifecycle.dry_run import Outline, PlannedDrill
from drills.lifecycle.exercise import Exercise
from drills.lifecycle.plan import Plan, criteria_problems, subjects_of
from drills.lifecycle.surroundings import git_state, host, versions
from drills.lifecycle.watchdog.guard import Guard
from drills.lifecycle.watchdog.registry import entries, project_of
from drills.plugin import hookspecs, sentences
from drills.plugin.composition import composed_stack, previewed
from drills.plugin.gherkin import (
    SUBJECTS,
    ScenarioInfo,
    asked_of,
    at_collection,
    at_scenario_end,
    declared_by,
    fixture_function,
    scenario_of,
    tell_passed,
)
from drills.plugin.places import from_here, manifest_path, reports_folder, writable
from drills.plugin.terminal import LEFT, PLAN, RUNS, TerminalReport
from drills.runbook.policy import severity_of
from drills.runbook.tagged import TagProblem, tag_problems
from drills.stack.runtime import Stack
from drills.units import parse_count, parse_duration

pytest_plugins = ["drills.plugin.gherkin", *sentences.modules()]
PROPERTIES = ("drill", "drill-inconclusive", PLAN)  # of a test: what its drill has to tell
TERMINAL: pytest.StashKey[TerminalReport] = pytest.StashKey()
_VALUES = (  # name, default, what the value is, what it does
    (
        "--drill-reports",
        "",
        "DIR",
        "where each drill leaves its directory (default: reports)",
    ),
    (
        *("--drill-patience", "60 s", "TIME"),
        "how long to wait for what a criterion needs to see (default: 60 s)",
    ),
    (
        *("--drill-hold", "2 s", "TIME"),
        "the window in which all must be well to count as steady (default: 2 s)",
    ),
    (
        *("--drill-requests", str(REQUESTS), "N"),
        "how many requests must be due while a fault is in effect (default: 20)",
    ),
    (
        *("--drill-ready", "90 s", "TIME"),
        "how long the stack may take to become ready and steady (default: 90 s)",
    ),
    ("--drill-manifest", "", "FILE", "the stack's manifest (default: compose/drills.toml)"),
    (
        *("--drill-stop-after", "", "TIME"),
        "end a drill that takes longer, whatever bound the manifest sets",
    ),
)
_SWITCHES = (
    ("--drill-no-response", "nobody carries out the runbook's procedure"),
    ("--drill-dry-run", "print the plan of each drill; nothing is touched and no engine needed"),
    ("--drill-remote", "allow a container engine that is not on this machine"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that begin with ``--drill``."""
    group = parser.getgroup("drills", "incident drills")
    for name, default, metavar, text in _VALUES:
        group.addoption(name, default=default, metavar=metavar, help=text)
    for name, text in _SWITCHES:
        group.addoption(name, action="store_true", help=text)
    group.addoption(
        "--drill-allow-unlabelled",
        action="append",
        default=[],
        metavar="NAME",
        help="a container or service that faults may hit without the label of the drill",
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Tell pytest of this package's own hooks."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options before anything is collected."""
    try:
        settings_of(config)
    except PlanError as error:
        raise pytest.UsageError(str(error)) from error
    for option in ("drill_reports", "drill_manifest"):  # as the processes of xdist are given them
        if chosen := config.getoption(option):
            setattr(config.option, option, str(from_here(config, chosen)))
    config.stash[TERMINAL] = TerminalReport(config)
    config.pluginmanager.register(config.stash[TERMINAL], "drills.terminal")
    at_collection(config, misread_tags)
    config.stash[SUBJECTS] = lambda item: ((m := _manifest_of(item)) and subjects_of(m)) or {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """An attempt begins: what an earlier one told of its drill is not this one's."""
    kept = [(name, value) for name, value in item.user_properties if name not in PROPERTIES]
    item.user_properties[:] = kept


def settings_of(config: pytest.Config) -> Settings:
    """The settings that the command line gives. Raises PlanError for what is none."""
    ready = parse_duration(config.getoption("drill_ready"))
    stop_after = config.getoption("drill_stop_after")
    return Settings(
        patience=parse_duration(config.getoption("drill_patience")),
        hold=parse_duration(config.getoption("drill_hold")),
        requests=parse_count(config.getoption("drill_requests")),
        ready_within=ready,
        steady_within=ready,
        stop_after=parse_duration(stop_after) if stop_after else None,
        respond=not config.getoption("drill_no_response"),
        allow_remote=config.getoption("drill_remote"),
        unlabelled=tuple(config.getoption("drill_allow_unlabelled")),
    )


@pytest.fixture(scope="session")
def manifest(pytestconfig: pytest.Config) -> Manifest:
    """The stack's manifest."""
    return load(manifest_path(pytestconfig))


def misread_tags(item: pytest.Item) -> list[TagProblem]:
    """What is wrong with the tags of a scenario that drills, as far as the manifest is known yet.

    One that a project's own ``manifest`` fixture makes is known when the drill begins.
    """
    info, known = scenario_of(item), _manifest_of(item)
    return [] if info is None or known is None else tag_problems(info.tags, known.incidents)


def _manifest_of(item: pytest.Item) -> Manifest | None:
    """The manifest of a scenario that drills; None where nobody knows it before the drill begins.

    One that cannot be read is told by each drill.
    """
    ours = getattr(fixture_function(item, "manifest"), "__module__", "") == __name__
    with suppress(PlanError):
        return load(manifest_path(item.config)) if ours and "drill" in asked_of(item) else None
    return None


def _check(item: pytest.Item, info: ScenarioInfo, manifest: Manifest) -> None:
    """Raise PlanError where tags or criteria of a scenario name what the manifest does not have."""
    problems = [problem.text for problem in tag_problems(info.tags, manifest.incidents)]
    problems += criteria_problems(declared_by(item), subjects_of(manifest))
    if problems:
        raise PlanError("\n".join(problems))


@pytest.fixture
def drill(request: pytest.FixtureRequest, manifest: Manifest) -> Generator[Exercise, None, None]:
    """The drill of this scenario: a fresh stack, its own journal; judged after the last step.

    In a dry run it is one that touches nothing; its plan is told in its stead.
    """
    config = request.config
    info = scenario_of(request.node)
    if info is None:
        raise PlanError("the drill fixture belongs to a scenario of a feature file")
    _check(request.node, info, manifest)
    if config.getoption("drill_dry_run"):
        yield _planned(request.node, info, manifest)
        return
    reports = writable(reports_folder(config))
    _heal_others(request.node, config.stash[TERMINAL])
    plan = replace(_plan(config, info, manifest, reports), declared=declared_by(request.node))
    directory = _directory(reports, info, plan.id)
    clock = SystemClock()
    stack: Stack = config.hook.pytest_drills_stack(
        config=config,
        manifest=manifest,
        project=project_of(plan.id),
        drill_id=plan.id,
        clock=clock,
    )
    guard = Guard(
        *(plan.id, directory, project_of(plan.id)),
        engine=stack.engine,
        allow_remote=config.getoption("drill_remote"),
    )
    with guard, _TerminatedAsInterrupted():
        under_way = _begin(config, plan, stack, directory, clock, guard)
        at_scenario_end(request.node, lambda error: _conclude(request.node, under_way, error))
        guard.clean = lambda: under_way.clean
        yield under_way
    if guard.left:
        _leave(request.node, f"drill {plan.id}: {guard.left}. Then: drills heal")


def _leave(item: pytest.Item, text: str) -> None:
    """Have it told at the end of the run that something of ours is left."""
    item.user_properties.append((LEFT, text))


def _heal_others(item: pytest.Item, terminal: TerminalReport) -> None:
    """Finish the drills of earlier runs that died, where their watchdog died too."""
    if all(entry.alive for entry in entries()):
        return
    from drills.lifecycle.watchdog.heal import Healer, on_docker

    healer = Healer(on_docker, SystemClock(), tell=lambda text: terminal.say("heal", text))
    for healed in healer.heal_all("the next run"):
        terminal.say("heal", str(healed))
        if healed.problems:
            _leave(item, f"{healed}. Then: drills heal {healed.drill_id}")


def _begin(
    config: pytest.Config, plan: Plan, stack: Stack, directory: Path, clock: Clock, guard: Guard
) -> Drill:
    redactor = Redactor(plan.manifest.secrets())
    journal = Journal(directory, clock, redactor)
    journal.listen(config.stash[TERMINAL].hear)
    return Drill(plan, stack, journal, redactor, settings_of(config), clock, guard.check)


def _planned(item: pytest.Item, info: ScenarioInfo, manifest: Manifest) -> PlannedDrill:
    settings = settings_of(item.config)
    seen = previewed(item.config, manifest, manifest_path(item.config).resolve().parent)
    if seen.services:
        manifest = manifest.with_services(seen.services)
    planned = PlannedDrill(
        Outline(
            scenario=info.scenario_name,
            feature=info.feature_path,
            severity=severity_of(info.tags),
            incident=manifest.incident(info.tags)[1],
            manifest=manifest,
            settings=settings,
            stop=conditions_of(manifest.stop.value(), settings.stop_after),
            problems=list(seen.problems),
            stack=list(seen.notes),
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
    return Plan(
        id=secrets.token_hex(4),
        manifest=manifest,
        severity=severity_of(info.tags),
        incident_name=name,
        incident=incident,
        facts={
            "incident_id": take(reports),
            "feature": info.feature_path,
            "scenario": info.scenario_name,
            "steps": info.steps,
            "tags": sorted(info.tags),
            "versions": dict(versions()),
            "host": host(),
            "git": git_state(config.rootpath),
        },
    )


def _directory(folder: Path, info: ScenarioInfo, drill_id: str) -> Path:
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{slug(info.scenario_name)}-{drill_id}"


@pytest.hookimpl(trylast=True)
def pytest_drills_stack(
    config: pytest.Config, manifest: Manifest, project: str, drill_id: str, clock: Clock
) -> Stack:
    """The stack composed from the manifest."""
    folder = manifest_path(config).resolve().parent
    allow_remote = config.getoption("drill_remote")
    return composed_stack(manifest, folder, project, drill_id, clock, allow_remote=allow_remote)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A drill that cannot be run as written is told without a traceback: no code is wrong."""
    report = yield
    raised = call.excinfo
    if raised is not None and isinstance(raised.value, PlanError) and scenario_of(item):
        said = [f"{raised.typename}: {raised.value}", *getattr(raised.value, "__notes__", ())]
        report.longrepr = "\n".join(f"E   {line}" for line in "\n".join(said).splitlines())
    return report


class _TerminatedAsInterrupted:
    """While a drill runs, SIGTERM is a Ctrl-C: finalizers run, so everything is undone."""

    def __enter__(self) -> None:
        def interrupt(number: int, _frame: FrameType | None) -> None:
            raise KeyboardInterrupt(f"terminated by {signal.Signals(number).name}")

        self._before = signal.signal(signal.SIGTERM, interrupt)

    def __exit__(self, *exception: object) -> None:
        signal.signal(signal.SIGTERM, self._before)


def outcome_of(result: DrillResult) -> Outcome | None:
    """What a drill's test fails with; None when it passes."""
    if result.verdict == "met":
        return None
    lines = [f"{result.verdict}: {result.reason}"]
    for criterion in result.criteria:
        if criterion.verdict not in ("met", "not assessed"):
            margin = f", {criterion.margin}" if criterion.margin else ""
            lines.append(
                f"  {criterion.verdict}: {criterion.name}: {criterion.metric} "
                f"{criterion.measured} (limit: {criterion.comparator} {criterion.limit}{margin}); "
                f"{criterion.reason}"
            )
    kind = CriteriaMissed if result.verdict == "missed" else CriteriaInconclusive
    return kind("\n".join(lines))


def _conclude(item: pytest.Item, drill: Drill, error: BaseException | None) -> None:
    """Judge the drill; raise its outcome unless every assessed criterion is met.

    Only what the system or the machine did is worth another try (exit 75): a drill that cannot be
    run as written, a step that broke, or damage beyond a stop condition, is the same tomorrow.
    """
    __tracebackhide__ = True
    tell_passed(item, drill.journal)
    result = drill.conclude(error)
    directory = drill.journal.directory
    ours = error is None or (isinstance(error, DrillError) and not isinstance(error, PlanError))
    ours = ours and drill.unexpected is None and drill.interrupt is None
    again = result.verdict == "inconclusive" and ours and drill.stopped is None
    item.user_properties += [("drill", str(directory)), ("drill-inconclusive", again)]
    item.config.stash[RUNS].append(directory)
    item.config.hook.pytest_drills_judged(config=item.config, result=result, directory=directory)
    outcome = outcome_of(result)
    if drill.interrupt is not None and drill.interrupt is not error:
        raise drill.interrupt
    if drill.unexpected is not None:  # a bug in what undid the fault, say: not to be passed over
        drill.unexpected.add_note(f"while drill {drill.plan.id} was wound up; {result.reason}")
        raise drill.unexpected
    if isinstance(error, PlanError):
        return  # it is raised again, and says all there is to say
    if drill.stopped is not None and error is None:
        drill.stopped.add_note(str(outcome))
        raise drill.stopped.with_traceback(None)  # where it was met says nothing to a reader
    if outcome is not None:
        raise outcome
