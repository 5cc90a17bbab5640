"""The step functions behind a scenario, looked up before anything runs.

A step without a function, with an ``async def`` (which pytest-bdd never awaits, so that it
passes), with a table that its function does not take, or without the table or fixture that it
needs, is a problem of the feature file; found at collection, nothing has been injected yet.
What a step returns is only known when it has run: ``refuse_returns`` sees to that.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.scenario import STEP_ARGUMENTS_RESERVED_NAMES as ATTACHMENTS
from pytest_bdd.scenario import inject_fixturedefs_for_step, parse_step_arguments
from pytest_bdd.steps import (
    StepFunctionContext,
    get_step_fixture_name,
    step_function_context_registry,
)

from drills.errors import DrillError, PlanError
from drills.plugin.gherkin.characters import odd_characters, plain_text
from drills.plugin.gherkin.document import Block, Row
from drills.plugin.gherkin.guards import PLACEHOLDER, Problem
from drills.plugin.gherkin.scenario import rendered, step_text

ASKED: pytest.StashKey[frozenset[str]] = pytest.StashKey()


def definition_of(item: pytest.Item, step: Step) -> StepFunctionContext | None:
    """The definition that pytest-bdd will take for ``step``, or None; the nearest one wins."""
    manager = item.session._fixturemanager  # noqa: SLF001 - pytest-bdd looks steps up there too
    with inject_fixturedefs_for_step(step=step, fixturemanager=manager, node=item):
        found = manager.getfixturedefs(get_step_fixture_name(step), item)
    return step_function_context_registry[found[-1].func] if found else None


def fixture_function(item: pytest.Item, name: str) -> Callable[..., object] | None:
    """The function behind the fixture that ``item`` gets under this name; None for none."""
    manager = item.session._fixturemanager  # noqa: SLF001 - there is no public way
    found = manager.getfixturedefs(name, item)
    return found[-1].func if found else None


def asked_of(item: pytest.Item) -> frozenset[str]:
    """The names of what the step functions of a collected scenario ask for, fixtures included."""
    return item.stash.get(ASKED, frozenset())


@dataclass(frozen=True, slots=True)
class _Bound:
    """A step as it will run, the text it is told by, and the function behind it."""

    item: pytest.Item
    step: Step
    said: str
    context: StepFunctionContext

    @property
    def function(self) -> str:
        return f"the step function at {place_of(self.context.step_func)}"

    @property
    def required(self) -> list[str]:
        """The parameters without a default that can be given by name."""
        takes = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        parameters = inspect.signature(self.context.step_func).parameters.values()
        return [one.name for one in parameters if one.kind in takes and one.default is one.empty]

    def has_fixture(self, name: str) -> bool:
        return fixture_function(self.item, name) is not None


def step_problems(item: pytest.Item, block: Block, row: Row | None) -> Iterator[Problem]:
    """What is wrong with the step functions of one item; arms those that are there."""
    made = {"request"}  # names that a later step may ask for, though no fixture has them yet
    for step, template in zip(rendered(block, row).steps, block.template.steps, strict=True):
        said = step_text(step, block.template.feature.language)
        try:
            context = definition_of(item, step)
            given = parse_step_arguments(step, context) if context else {}
        except Exception as error:  # noqa: BLE001 - a converter, anybody's, that refuses the value
            kind = "" if isinstance(error, DrillError) else f"{type(error).__name__}: "
            yield Problem(step.line_number, f"{said}: {kind}{error}")
            continue
        if context is None:
            yield Problem(step.line_number, _undefined(item, step, template, said))
            continue
        bound = _Bound(item, step, said, context)
        yield from _attachment_problems(bound)
        yield from _fixture_problems(bound, {*given, *made})
        yield from _function_problems(bound)
        made.add(context.target_fixture or "request")
        item.stash[ASKED] = asked_of(item).union(bound.required)


def _function_problems(bound: _Bound) -> Iterator[Problem]:
    if not _never_awaited(bound.context.step_func):
        refuse_returns(bound.context)
        return
    yield Problem(
        bound.step.line_number,
        f"expected a plain function for '{bound.said}', {place_of(bound.context.step_func)} "
        "is 'async def': pytest-bdd never awaits it, so it would pass without running",
    )


def _attachment_problems(bound: _Bound) -> Iterator[Problem]:
    """A table or text below the step that its function does not take, or the other way round."""
    step, parameters = bound.step, inspect.signature(bound.context.step_func).parameters
    table = step.datatable.location.line if step.datatable else None
    text = step.line_number if step.docstring is not None else None
    for name, word, line in (("datatable", "table", table), ("docstring", "doc string", text)):
        if line is not None and name not in parameters:
            yield Problem(
                line,
                f"expected no {word} below '{bound.said}': {bound.function} takes none (it has no "
                f"parameter {name!r}), so what stands there would be dropped",
            )
        elif line is None and name in bound.required and not bound.has_fixture(name):
            yield Problem(
                step.line_number,
                f"expected a {word} below '{bound.said}': {bound.function} needs one, there is "
                "none",
            )


def _fixture_problems(bound: _Bound, given: set[str]) -> Iterator[Problem]:
    """What the function asks for and nobody has; found at run time, the fault would be in."""
    for name in bound.required:
        if name not in {*given, *ATTACHMENTS} and not bound.has_fixture(name):
            yield Problem(
                bound.step.line_number,
                f"expected a fixture {name!r} for '{bound.said}': {bound.function} asks for one, "
                "there is none",
            )


def _undefined(item: pytest.Item, step: Step, template: Step, said: str) -> str:
    """That no function matches, the one that was meant, and one to paste."""
    if plainly := _matching_in_plain(item, step):
        odd = ", ".join(odd_characters(step.name))
        return (
            f"no step function matches '{said}', one does without its {odd}: "
            f"write '{said.removesuffix(step.name)}{plainly}'"
        )
    nearest = _nearest(step)
    hint = f"\n    the nearest is {nearest}" if nearest else ""
    code = "".join(f"\n        {line}" for line in suggestion(template))
    return f"no step function matches '{said}'{hint}\n    to paste:{code}"


def _matching_in_plain(item: pytest.Item, step: Step) -> str:
    """The step in plain characters, where it would match if it were written so; else empty."""
    again = copy.copy(step)
    again.name = plain_text(step.name)
    try:
        return again.name if definition_of(item, again) else ""
    except Exception:  # noqa: BLE001 - it is asked for a hint only
        return ""


def suggestion(template: Step) -> list[str]:
    """A step function for the step, as lines of Python; a placeholder becomes a parameter."""
    names = {found: _identifier(found) for found in PLACEHOLDER.findall(template.name)}
    taken = [f"{name}: str" for name in dict.fromkeys(names.values())]
    taken += ["datatable: list[list[str]]"] if template.datatable else []
    taken += ["docstring: str"] if template.docstring is not None else []
    parameters = ", ".join(taken)
    pattern = template.name
    if names:
        pattern = pattern.replace("{", "{{").replace("}", "}}")
        pattern = PLACEHOLDER.sub(lambda match: f"{{{names[match[1]]}}}", pattern)
    parser = f"parsers.cfparse({pattern!r})" if names else repr(pattern)
    return [
        f"@{template.type}({parser})",
        f"def _({parameters}) -> None:",
        f"    raise NotImplementedError({template.name!r})",
    ]


def _identifier(text: str) -> str:
    name = "".join(letter if letter.isalnum() else "_" for letter in text).strip("_").lower()
    return name if name.isidentifier() else f"value_{name}"


def _nearest(step: Step) -> str:
    """The known step that reads most alike, with its place; empty where none does."""
    known = {context.parser.name: context for context in step_function_context_registry.values()}
    found = get_close_matches(step.name, known, n=1, cutoff=0.6)
    if not found:
        return ""
    context = known[found[0]]
    return f"@{context.type or 'step'}({found[0]!r}) at {place_of(context.step_func)}"


def _never_awaited(function: Callable[..., object]) -> bool:
    plain = inspect.unwrap(function)
    return inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)


def place_of(function: Callable[..., object]) -> str:
    """``steps/faults.py:12``, as Python knows it."""
    code = inspect.unwrap(function).__code__
    return f"{code.co_filename}:{code.co_firstlineno}"


def refuse_returns(context: StepFunctionContext) -> None:
    """From now on the step fails when its function returns a value that pytest-bdd would drop.

    A Given or a When may return what its ``target_fixture`` takes, a Then nothing at all: one
    that returns False would pass. Generators are left alone; what they yield is no result.
    """
    function = context.step_func
    takes = context.target_fixture is not None and context.type != "then"
    refuses = getattr(function, "refuses_returns", False)
    if takes or refuses or inspect.isgeneratorfunction(function):
        return

    @functools.wraps(function)
    def refusing(*args: object, **kwargs: object) -> None:
        __tracebackhide__ = True
        returned = function(*args, **kwargs)
        if returned is not None:
            raise PlanError(
                f"expected the step function at {place_of(function)} to return None, it returned "
                f"{returned!r}: pytest-bdd drops what a step returns, so a False would pass. "
                "Raise, assert or record a criterion instead"
            )

    refusing.refuses_returns = True  # type: ignore[attr-defined]
    context.step_func = refusing
