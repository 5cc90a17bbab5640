"""What became of every step of a scenario, those that never ran included, and its end.

pytest-bdd tells of steps that began. The rest is known from the scenario itself, so the record
starts with every step as "not run".

This is a plugin of its own, that comes with the first feature file which is collected.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from _pytest.fixtures import call_fixture_func
from pytest_bdd.parser import Feature, Scenario, Step

from drills.lifecycle.interrupts import Held
from drills.plugin.gherkin.dialect import keyword_before_text
from drills.plugin.gherkin.kept import scenario_of
from drills.plugin.gherkin.scenario import step_text
from drills.units import NS

StepOutcome = Literal["passed", "failed", "not run"]
Ending = Callable[[BaseException | None], None]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step: its text, what became of it, and how many seconds it took (0 if not run).

    A step that was left by an interrupt counts as failed. ``keyword`` begins the text, with the
    space behind it. ``began_ns`` is on the monotonic clock, 0 if not run.
    """

    text: str
    outcome: StepOutcome
    seconds: float
    line: int
    keyword: str = ""
    began_ns: int = 0


def follow(config: pytest.Config) -> None:
    """Have pytest tell this module of steps and scenarios. Idempotent."""
    if not config.pluginmanager.has_plugin(__name__):
        config.pluginmanager.register(sys.modules[__name__], __name__)


class _Record:
    """The steps of one running scenario."""

    def __init__(self, scenario: Scenario) -> None:
        language = scenario.feature.language
        self.steps = [
            StepRecord(
                text=step_text(step, language),
                outcome="not run",
                seconds=0.0,
                line=step.line_number,
                keyword=keyword_before_text(language, step.keyword),
            )
            for step in scenario.steps
        ]
        self.done = 0
        self.began_ns = 0

    def begin(self) -> None:
        self.began_ns = time.monotonic_ns()
        self.end("failed")
        self.done -= 1

    def end(self, outcome: StepOutcome) -> None:
        seconds = (time.monotonic_ns() - self.began_ns) / NS
        step = replace(
            self.steps[self.done], outcome=outcome, seconds=seconds, began_ns=self.began_ns
        )
        self.steps[self.done] = step
        self.done += 1


_RECORD: pytest.StashKey[_Record] = pytest.StashKey()
_ENDINGS: pytest.StashKey[list[Ending]] = pytest.StashKey()
_ENDING: pytest.StashKey[pytest.Item] = pytest.StashKey()  # the last one that has such


def steps_of(item: pytest.Item) -> tuple[StepRecord, ...]:
    """The steps of the item's scenario so far; empty before it started."""
    record = item.stash.get(_RECORD, None)
    return tuple(record.steps) if record else ()


def place_of_step(item: pytest.Item) -> str:
    """``drill.feature:6``: the step that is under way, or that failed; else the scenario."""
    info = scenario_of(item)
    if info is None:
        return ""
    under_way = (step.line for step in steps_of(item) if step.outcome == "failed")
    return f"{info.feature_path}:{next(under_way, info.line)}"


def at_scenario_end(item: pytest.Item, ending: Ending) -> None:
    """Have ``ending`` called once, after the item's last step or the one that failed.

    It is given the step's exception or None. What it raises fails the test in its call phase;
    where a step failed already, both are reported. Generator steps are not yet finalized then.
    Of a test that is run again, each attempt has its own endings.
    """
    follow(item.config)
    item.stash.setdefault(_ENDINGS, []).append(ending)
    item.config.stash[_ENDING] = item


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """An attempt begins: a plugin that runs a test again runs the same item."""
    if _RECORD in item.stash:
        del item.stash[_RECORD]
    if _ENDINGS in item.stash:
        del item.stash[_ENDINGS]


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Scenario) -> None:
    """Start the record with every step as not run."""
    request.node.stash[_RECORD] = _Record(scenario)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    """A step begins."""
    request.node.stash[_RECORD].begin()


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """A step passed."""
    request.node.stash[_RECORD].end("passed")


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_step_error(
    request: pytest.FixtureRequest, feature: Feature, step: Step, exception: BaseException
) -> None:
    """A step failed: say where it stands, next to what it raised."""
    request.node.stash[_RECORD].end("failed")
    info = scenario_of(request.node)
    path = info.feature_path if info else feature.filename
    exception.add_note(f"{path}:{step.line_number}: {step_text(step, feature.language)}")
    _drop_frame_of_pytest(exception)


def _drop_frame_of_pytest(error: BaseException) -> None:
    """Leave out the frame in which pytest calls a step: a reader looks for the step's own."""
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        called = entry.tb_next
        if called.tb_frame.f_code is call_fixture_func.__code__ and called.tb_next is not None:
            entry.tb_next = called.tb_next
        entry = entry.tb_next


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Call the endings when the last step is done, with what a step raised."""
    __tracebackhide__ = True
    try:
        result = yield
    except BaseException as error:
        _conclude(pyfuncitem, error)
        raise
    _conclude(pyfuncitem, None)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Call the endings of a test that the run was left in, should a signal have come before them.

    Fixtures are finalized after this, and what a step injected must not last until then.
    """
    if (item := session.config.stash.get(_ENDING, None)) is not None:
        _conclude(item, KeyboardInterrupt("the run was left"))


def _conclude(item: pytest.Item, error: BaseException | None) -> None:
    """Call every ending; raise the first one's exception, with the others as notes on it.

    What ends more than the test (Ctrl-C, an exit, a time-out) goes before what fails it. Signals
    wait meanwhile: no ending is left out for one.
    """
    __tracebackhide__ = True
    raised: list[BaseException] = []
    with Held():
        endings = item.stash.get(_ENDINGS, [])
        item.stash[_ENDINGS] = []  # each is called once
        for ending in endings:
            try:
                ending(error)
            except BaseException as missed:  # noqa: BLE001 - raised again below
                raised.append(missed)
    if not raised:
        return
    first, *others = sorted(raised, key=lambda each: isinstance(each, Exception))
    for other in others:
        first.add_note(str(other))
    if isinstance(error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
        error.add_note(str(first))  # the run is being left: nothing may take its place
        return
    raise first from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the steps, with those that never ran, below the failure of a scenario."""
    report = yield
    steps = steps_of(item)
    if report.failed and report.when == "call" and steps:
        lines = (f"{step.outcome:8} {_took(step):>9}  {step.text}" for step in steps)
        report.sections.append(("Steps", "\n".join(lines)))
    return report


def _took(step: StepRecord) -> str:
    return "" if step.outcome == "not run" else f"{step.seconds:.3f} s"
