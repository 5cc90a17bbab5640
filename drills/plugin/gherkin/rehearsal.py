"""What a scenario's criteria are, known before anything of it runs.

A Then whose step function names ``expect`` is rehearsed when the scenario is collected: called with
a drill that notes the criteria and does nothing else. So those that a drill never reaches can be
told, and one that no system could meet or miss is an error with its line. A function that asks for
more than the drill, or does not get through its rehearsal, has the sentence itself noted.

So is a When of this package, for what it aims at; a team's own may act before it says that.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.scenario import parse_step_arguments
from pytest_bdd.steps import StepFunctionContext

from drills.errors import JournalError, PlanError
from drills.plugin.gherkin.kept import SUBJECTS
from drills.plugin.gherkin.record import steps_of
from drills.plugin.gherkin.scenario import rendered, step_text

if TYPE_CHECKING:
    from drills.faults.fault import Fault
    from drills.faults.target import Target
    from drills.journal.journal import Journal
    from drills.judgement.criterion import Criterion, Declared
    from drills.judgement.subjects import Known
    from drills.plugin.gherkin.document import Block, Row
    from drills.plugin.gherkin.guards import Problem

DECLARED: pytest.StashKey[tuple[Declared, ...]] = pytest.StashKey()


class Aim(NamedTuple):
    """The line of a sentence, and what it does to whom."""

    line: int
    fault: Fault
    target: Target


AIMS: pytest.StashKey[tuple[Aim, ...]] = pytest.StashKey()


def declared_by(item: pytest.Item) -> tuple[Declared, ...]:
    """What the sentences of a collected scenario declare, in its order."""
    return item.stash.get(DECLARED, ())


def aims_of(item: pytest.Item) -> tuple[Aim, ...]:
    """What this package's sentences in a collected scenario aim at, in its order."""
    return item.stash.get(AIMS, ())


def tell_steps(item: pytest.Item, journal: Journal) -> None:
    """Write what became of each step, and which of those that stand for themselves were passed.

    A full disk stops nothing.
    """
    from drills.journal.facts import StepDone, StepPassed

    steps = steps_of(item)
    passed = {step.text for step in steps if step.outcome == "passed"}
    with suppress(JournalError):
        for each in declared_by(item):
            if not each.criteria and each.sentence in passed:
                journal.write(StepPassed(sentence=each.sentence))
        for step in steps:
            journal.write(
                StepDone(
                    text=step.text,
                    keyword=step.keyword,
                    outcome=step.outcome,
                    line=step.line,
                    began_ns=step.began_ns,
                    seconds=step.seconds,
                )
            )


def rehearse(item: pytest.Item, block: Block, row: Row | None) -> Iterator[Problem]:
    """Rehearse an item; yields what is wrong with its criteria."""
    from drills.judgement.criterion import Declared
    from drills.plugin.gherkin.definitions import definition_of
    from drills.plugin.gherkin.guards import Problem

    subjects = item.config.stash.get(SUBJECTS, _nothing_known)
    declared: list[Declared] = []
    steps = rendered(block, row).steps
    acting = [(step, definition_of(item, step)) for step in steps if step.type == "when"]
    item.stash[AIMS] = tuple(aim for step, context in acting for aim in _aims(step, context))
    for step in steps:
        context = definition_of(item, step) if step.type == "then" else None
        if context is None or not _declares(context):
            continue
        said = step_text(step, block.template.feature.language)
        try:
            criteria = _criteria(step, context, subjects(item))
            declared.append(Declared(said, criteria, step.line_number))
        except PlanError as error:
            yield from (Problem(step.line_number, line) for line in str(error).splitlines())
        except Exception:  # noqa: BLE001 - it wants a drill that is under way: known when it is
            declared.append(Declared(said, (), step.line_number))
    item.stash[DECLARED] = tuple(declared)


def _aims(step: Step, context: StepFunctionContext | None) -> Iterator[Aim]:
    if context is None or not _of_this_package(context):
        return
    rehearsal = _Rehearsal({})
    with suppress(Exception):  # it wants more than is there: known when the drill is under way
        begun = context.step_func(**parse_step_arguments(step, context), drill=rehearsal)
        if isinstance(begun, Generator):
            next(begun)
            begun.close()
    yield from (Aim(step.line_number, *each) for each in rehearsal.aims)


def _of_this_package(context: StepFunctionContext) -> bool:
    file = Path(inspect.unwrap(context.step_func).__code__.co_filename)
    return file.parent == _own_sentences()


@cache
def _own_sentences() -> Path:
    from drills.config.sentences import where

    return where()


def _nothing_known(_item: pytest.Item) -> Known:
    return {}


def _declares(context: StepFunctionContext) -> bool:
    return "expect" in inspect.unwrap(context.step_func).__code__.co_names


def _criteria(step: Step, context: StepFunctionContext, known: Known) -> tuple[Criterion, ...]:
    """What a step function declares. Raises PlanError where that is not sound."""
    given: Mapping[str, object] = parse_step_arguments(step, context)
    rehearsal = _Rehearsal(known)
    has: dict[str, object] = {**given, "drill": rehearsal}
    if step.datatable:
        has["datatable"] = step.datatable.raw()
    if step.docstring is not None:
        has["docstring"] = step.docstring
    function = context.step_func
    wanted = inspect.signature(function).parameters
    if inspect.isgeneratorfunction(function) or wanted.keys() - has.keys():
        return ()
    function(**{name: has[name] for name in wanted})
    return tuple(rehearsal.criteria)


class _Rehearsal:
    """A drill that notes criteria; everything else that a sentence may ask for is left out."""

    def __init__(self, known: Known) -> None:
        self.criteria: list[Criterion] = []
        self.aims: list[tuple[Fault, Target]] = []
        self._known = known

    def expect(self, criterion: Criterion) -> None:
        """Note it. Raises PlanError where no system could meet or miss it."""
        from drills.judgement.metrics import metric
        from drills.judgement.subjects import with_limit

        metric(criterion.metric).check(criterion, self._known)
        self.criteria.append(with_limit(criterion, self._known))

    def reach_steady_state(self) -> None:
        """Left out."""

    def start_workload(self, rates: Mapping[str, float]) -> None:
        """Left out."""

    def back_up(self) -> None:
        """Left out."""

    def follow_runbook(self) -> None:
        """Left out."""

    def inject(
        self, fault: Fault, target: Target, lasting: float | None = None
    ) -> AbstractContextManager[None]:
        """Note what is aimed at."""
        self.aims.append((fault, target))
        return nullcontext()

    def let_respond(self) -> None:
        """Left out."""

    def roll_back(self) -> None:
        """Left out."""
