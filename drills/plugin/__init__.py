"""The pytest plugin: a list of hooks and fixtures. What they need is loaded by the first drill."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from drills.errors import PlanError
from drills.plugin import hookspecs, masking, options, sentences
from drills.plugin.gherkin import SUBJECTS, at_collection, scenario_of
from drills.plugin.terminal import EXIT_INCONCLUSIVE, PLAN, TERMINAL, TerminalReport

if TYPE_CHECKING:
    from drills.clock import Clock
    from drills.config.document import Manifest
    from drills.judgement.subjects import Known
    from drills.lifecycle.exercise import Exercise
    from drills.runbook.tagged import TagProblem
    from drills.stack.runtime import Stack

PROPERTIES = (  # of a test: what its drill has to tell
    *("drill", "drill-inconclusive", "drill-id", "drill-verdict", "drill-score", "drill-report"),
    PLAN,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that begin with ``--drill``."""
    options.add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Tell pytest of this package's own hooks, and bring the plugins that belong to this one.

    By ``pytest_plugins`` they would cost more than all else here: for each name in that list pytest
    looks through whatever is installed for an entry point of the name.
    """
    pluginmanager.add_hookspecs(hookspecs)
    for name in ("drills.plugin.gherkin", *sentences.modules()):
        pluginmanager.import_plugin(name)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options before anything is collected."""
    try:
        options.check(config)
    except PlanError as error:
        raise pytest.UsageError(str(error)) from error
    options.count_from_here(config)
    config.stash[masking.UNMET] = {}
    config.stash[TERMINAL] = TerminalReport(config)
    config.pluginmanager.register(config.stash[TERMINAL], "drills.terminal")
    at_collection(config, _misread_tags)
    config.stash[SUBJECTS] = _subjects_known


def _misread_tags(item: pytest.Item) -> list[TagProblem]:
    from drills.plugin.known import misread_tags

    return misread_tags(item)


def _subjects_known(item: pytest.Item) -> Known:
    from drills.plugin.known import subjects_known

    return subjects_known(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """An attempt begins: what an earlier one told of its drill is not this one's."""
    kept = [(name, value) for name, value in item.user_properties if name not in PROPERTIES]
    item.user_properties[:] = kept


@pytest.fixture(scope="session")
def manifest(pytestconfig: pytest.Config) -> Manifest:
    """The stack's manifest."""
    from drills.config.document import load
    from drills.plugin.places import manifest_path

    return load(manifest_path(pytestconfig)).visiting(pytestconfig.getoption("drill_attach"))


@pytest.fixture
def drill(request: pytest.FixtureRequest, manifest: Manifest) -> Generator[Exercise, None, None]:
    """The drill of this scenario: a fresh stack, its own journal; judged after the last step.

    In a dry run it is one that touches nothing; its plan is told in its stead.
    """
    from drills.plugin.fixture import drill_of

    yield from drill_of(request, manifest)


@pytest.hookimpl(trylast=True)
def pytest_drills_stack(
    config: pytest.Config, manifest: Manifest, project: str, drill_id: str, clock: Clock
) -> Stack:
    """The stack composed from the manifest."""
    from drills.plugin.composition import composed_stack
    from drills.plugin.places import manifest_path

    folder = manifest_path(config).resolve().parent
    allow_remote = config.getoption("drill_remote")
    return composed_stack(manifest, folder, project, drill_id, clock, allow_remote=allow_remote)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outermost: it sees what others made of a report
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A drill's failure stays one, and what this package raised is told without a traceback."""
    report = yield
    raised = call.excinfo
    if masking.drills(item):
        masking.unmasked(report, raised)
    if raised is not None and scenario_of(item):
        from drills.plugin.telling import briefly

        report.longrepr = briefly(raised.value) or report.longrepr
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run with a drill that was not met never exits with 0."""
    session.exitstatus = masking.exit_status(session, EXIT_INCONCLUSIVE)
