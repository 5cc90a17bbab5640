"""What makes a feature file unfit to run, although pytest-bdd would take it and stay silent.

Each is a pure question of the parsed document, answered with a line and what was expected there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pytest_bdd.gherkin_parser import ExamplesTable, GherkinDocument, Scenario, Step

from drills.gherkin.written import scenarios_in

PLACEHOLDER = re.compile(r"<(.+?)>")  # as pytest-bdd finds them: "<= <x>" is one, named "= <x"


class Problem(NamedTuple):
    """A line of a feature file, and what is wrong there."""

    line: int
    text: str


def problems_of(document: GherkinDocument) -> list[Problem]:
    """Everything in the file that would be dropped, run empty or run with a hole, by line."""
    scenarios = list(scenarios_in(document))
    found = [problem for scenario in scenarios for problem in _scenario_problems(scenario)]
    found += _duplicates(scenarios)
    if not scenarios:
        line = document.feature.location.line
        found.append(Problem(line, "expected at least one scenario, the feature has none"))
    return sorted(found)


def _duplicates(scenarios: list[Scenario]) -> Iterator[Problem]:
    """A second scenario of a name would replace the first, even under another rule."""
    first: dict[str, int] = {}
    for scenario in scenarios:
        line = scenario.location.line
        earlier = first.setdefault(scenario.name, line)
        if earlier != line:
            yield Problem(
                line,
                f"expected every scenario of a file to have a name of its own, "
                f"{scenario.name!r} is also the name of the one at line {earlier}",
            )


def _scenario_problems(scenario: Scenario) -> Iterator[Problem]:
    line = scenario.location.line
    if not scenario.name:
        yield Problem(line, "expected a name after the colon, the scenario has none")
    if "::" in scenario.name:
        yield Problem(line, f"expected a name without '::', which splits test ids: {scenario.name}")
    if not scenario.steps:
        yield Problem(line, f"expected steps, scenario {scenario.name!r} has none and would pass")
    yield from _outline_problems(scenario)


def _outline_problems(scenario: Scenario) -> Iterator[Problem]:
    if not scenario.examples:
        if "outline" in scenario.keyword.lower() or "template" in scenario.keyword.lower():
            text = f"expected Examples, outline {scenario.name!r} has none"
            yield Problem(scenario.location.line, text)
        return
    for examples in scenario.examples:
        if not examples.table_body:
            text = f"expected at least one row of Examples for {scenario.name!r}"
            yield Problem(examples.location.line, text)
        elif examples.table_header:
            yield from _undefined_placeholders(scenario, examples)


def _undefined_placeholders(scenario: Scenario, examples: ExamplesTable) -> Iterator[Problem]:
    header = examples.table_header
    columns = [cell.value for cell in header.cells] if header else []
    for line, text in _texts(scenario):
        for name in PLACEHOLDER.findall(text):
            if name not in columns:
                hint = " (write 'at most' for '<=')" if "<" in name else ""
                yield Problem(
                    line,
                    f"expected a column {name!r} in the Examples at line "
                    f"{examples.location.line} for <{name}>, there is {', '.join(columns)}{hint}",
                )


def _texts(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Every text of the outline that a row is filled into, with its line."""
    yield scenario.location.line, scenario.name
    for step in scenario.steps:
        yield from _step_texts(step)


def _step_texts(step: Step) -> Iterator[tuple[int, str]]:
    yield step.location.line, step.text
    if step.docstring:
        yield step.docstring.location.line, step.docstring.content
    for row in step.datatable.rows if step.datatable else []:
        yield from ((row.location.line, cell.value) for cell in row.cells)
