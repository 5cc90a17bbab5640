"""The step functions behind a scenario, looked up before anything runs.

A step without a function, or with an ``async def`` (which pytest-bdd never awaits, so that it
passes), is a problem of the feature file; found at collection, nothing has been injected yet.
What a step returns is only known when it has run: ``refuse_returns`` sees to that.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from difflib import get_close_matches

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.scenario import inject_fixturedefs_for_step
from pytest_bdd.steps import (
    StepFunctionContext,
    get_step_fixture_name,
    step_function_context_registry,
)

from drills.errors import DrillError, PlanError
from drills.gherkin.document import Block, Row
from drills.gherkin.guards import PLACEHOLDER, Problem
from drills.gherkin.scenario import rendered, step_text


def definition_of(item: pytest.Item, step: Step) -> StepFunctionContext | None:
    """The definition that pytest-bdd will take for ``step``, or None; the nearest one wins."""
    manager = item.session._fixturemanager  # noqa: SLF001 - pytest-bdd looks steps up there too
    with inject_fixturedefs_for_step(step=step, fixturemanager=manager, node=item):
        found = manager.getfixturedefs(get_step_fixture_name(step), item)
    return step_function_context_registry[found[-1].func] if found else None


def step_problems(item: pytest.Item, block: Block, row: Row | None) -> Iterator[Problem]:
    """What is wrong with the step functions of one item; arms those that are there."""
    for step, template in zip(rendered(block, row).steps, block.template.steps, strict=True):
        try:
            context = definition_of(item, step)
        except DrillError as error:  # a converter that refuses the value
            yield Problem(step.line_number, f"{step_text(step)}: {error}")
            continue
        if context is None:
            yield Problem(step.line_number, _undefined(step, template))
        elif _never_awaited(context.step_func):
            yield Problem(
                step.line_number,
                f"expected a plain function for '{step_text(step)}', {place_of(context.step_func)} "
                "is 'async def': pytest-bdd never awaits it, so it would pass without running",
            )
        else:
            refuse_returns(context)


def _undefined(step: Step, template: Step) -> str:
    """That no function matches, the nearest one that nearly does, and one to paste."""
    nearest = _nearest(step)
    hint = f"\n    the nearest is {nearest}" if nearest else ""
    code = "".join(f"\n        {line}" for line in suggestion(template))
    return f"no step function matches '{step_text(step)}'{hint}\n    to paste:{code}"


def suggestion(template: Step) -> list[str]:
    """A step function for the step, as lines of Python; a placeholder becomes a parameter."""
    names = {found: _identifier(found) for found in PLACEHOLDER.findall(template.name)}
    parameters = ", ".join(f"{name}: str" for name in dict.fromkeys(names.values()))
    pattern = template.name
    if names:
        pattern = pattern.replace("{", "{{").replace("}", "}}")
        pattern = PLACEHOLDER.sub(lambda match: f"{{{names[match[1]]}}}", pattern)
    parser = f"parsers.cfparse({pattern!r})" if names else repr(pattern)
    return [
        f"@{template.type}({parser})",
        f"def _({parameters}) -> None:",
        f"    raise NotImplementedError({step_text(template)!r})",
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
