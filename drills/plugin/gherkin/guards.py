"""What makes a feature file unfit to run, although pytest-bdd would take it and stay silent.

Each is a pure question of the parsed document, answered with a line and what was expected there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pytest_bdd.gherkin_parser import ExamplesTable, GherkinDocument, Scenario, Step

from drills.plugin.gherkin.dialect import outline_keywords
from drills.plugin.gherkin.written import Placed, placed_in, tags_in

PLACEHOLDER = re.compile(r"<(.+?)>")  # as pytest-bdd finds them: "<= <x>" is one, named "= <x"
# What nobody writes but to have it filled in: "2 < 5 and 7 > 1" holds none, "<limit>" is one.
NAMED = re.compile(r"<([^\W\d][\w-]*(?: [\w-]+)*)>")


# Marks of pytest's own that it fails without arguments; Gherkin has examples for the first.
NEEDS_VALUE = ("parametrize", "skipif", "usefixtures", "filterwarnings")


class Problem(NamedTuple):
    """A line of a feature file, and what is wrong there."""

    line: int
    text: str


class Text(NamedTuple):
    """A text that a row of examples is filled into, with its line."""

    line: int
    text: str
    long: bool = False  # a doc string: it may hold markup that was never meant as a placeholder


def problems_of(document: GherkinDocument) -> list[Problem]:
    """Everything in the file that would be dropped, run empty or run with a hole, by line."""
    placed = list(placed_in(document))
    scenarios = [each.scenario for each in placed]
    outline = outline_keywords(document.feature.language)
    columns = {name for scenario in scenarios for name in _all_columns(scenario)}
    found = [problem for each in scenarios for problem in _scenario_problems(each, outline)]
    found += [problem for each in placed for problem in _placeholder_problems(each, columns)]
    found += _duplicates(scenarios)
    found += _tag_problems(document)
    if not scenarios:
        line = document.feature.location.line
        found.append(Problem(line, "expected at least one scenario, the feature has none"))
    return sorted(dict.fromkeys(found))


def _tag_problems(document: GherkinDocument) -> Iterator[Problem]:
    """Tags that are no marks, and marks of pytest's own that mean nothing without a value."""
    for tag in tags_in(document):
        name = tag.name.removeprefix("@")
        if not name.strip("@"):
            yield Problem(tag.location.line, "expected a name after the '@', the tag has none")
        elif name in NEEDS_VALUE or name.partition("(")[0] == "parametrize":
            text = f"expected a tag that pytest can take as a mark, '{name}' is one of its own"
            yield Problem(tag.location.line, text)


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


def _scenario_problems(scenario: Scenario, outline: frozenset[str]) -> Iterator[Problem]:
    line = scenario.location.line
    if not scenario.name:
        yield Problem(line, "expected a name after the colon, the scenario has none")
    if "::" in scenario.name:
        yield Problem(line, f"expected a name without '::', which splits test ids: {scenario.name}")
    if not scenario.steps:
        yield Problem(line, f"expected steps, scenario {scenario.name!r} has none and would pass")
    if not scenario.examples and scenario.keyword in outline:
        yield Problem(line, f"expected Examples, outline {scenario.name!r} has none")
    for examples in scenario.examples:
        yield from _header_problems(scenario, examples)


def _header_problems(scenario: Scenario, examples: ExamplesTable) -> Iterator[Problem]:
    """Of two columns of a name the second would win; one without a name could not be filled in."""
    if not examples.table_header or not examples.table_body:
        text = f"expected at least one row of Examples for {scenario.name!r}"
        yield Problem(examples.location.line, text)
        return
    line = examples.table_header.location.line
    for name, count in Counter(_columns(examples)).items():
        if not name:
            yield Problem(line, "expected a name for every column of the Examples, one has none")
        elif count > 1:
            times = "twice" if count == 2 else f"{count} times"
            yield Problem(
                line, f"expected every column of the Examples once, {name!r} stands there {times}"
            )


def _placeholder_problems(placed: Placed, known: set[str]) -> Iterator[Problem]:
    """Those of a scenario's own texts, and of the backgrounds that run before it."""
    texts = list(_texts(placed))
    for examples in placed.scenario.examples:
        if examples.table_header and examples.table_body:
            yield from _unfilled(texts, placed.scenario, examples)
            yield from _unused(texts, placed.scenario, examples)
    if not placed.scenario.examples:
        yield from _never_filled(texts, placed.scenario, known)


def _unfilled(texts: list[Text], scenario: Scenario, examples: ExamplesTable) -> Iterator[Problem]:
    """Placeholders of an outline that have no column."""
    columns = _columns(examples)
    for line, text, _ in texts:
        for name in PLACEHOLDER.findall(text):
            if name not in columns:
                hint = " (write 'at most' for '<=')" if "<" in name else ""
                whose = "" if line >= scenario.location.line else f" of {scenario.name!r}"
                yield Problem(
                    line,
                    f"expected a column {name!r} in the Examples{whose} at line "
                    f"{examples.location.line} for <{name}>, there is {', '.join(columns)}{hint}",
                )


def _unused(texts: list[Text], scenario: Scenario, examples: ExamplesTable) -> Iterator[Problem]:
    """Columns that nothing is filled in from: rows that differ there alone are one and the same."""
    header = examples.table_header
    used = {name for text in texts for name in PLACEHOLDER.findall(text.text)}
    used |= set(PLACEHOLDER.findall(scenario.description))
    for name in dict.fromkeys(_columns(examples)):
        if header and name and name not in used:
            yield Problem(
                header.location.line,
                f"expected <{name}> somewhere in {scenario.name!r}, nothing takes what this column "
                "of the Examples says (a remark may stand in the description)",
            )


def _never_filled(texts: list[Text], scenario: Scenario, known: set[str]) -> Iterator[Problem]:
    """Placeholders where there are no rows at all: the system would be told ``<service>``."""
    for line, text, long in texts:
        for name in NAMED.findall(text):
            if not long or name in known:
                whose = "the scenario" if line >= scenario.location.line else repr(scenario.name)
                yield Problem(
                    line, f"expected Examples with a column {name!r} for <{name}>, {whose} has none"
                )


def _columns(examples: ExamplesTable) -> list[str]:
    return [cell.value for cell in examples.table_header.cells] if examples.table_header else []


def _all_columns(scenario: Scenario) -> Iterator[str]:
    return (name for examples in scenario.examples for name in _columns(examples))


def _texts(placed: Placed) -> Iterator[Text]:
    """Every text that a row is filled into: name, steps, and the steps of its backgrounds."""
    yield Text(placed.scenario.location.line, placed.scenario.name)
    yield from _step_texts(step for each in placed.backgrounds for step in each.steps)
    yield from _step_texts(placed.scenario.steps)


def _step_texts(steps: Iterable[Step]) -> Iterator[Text]:
    for step in steps:
        yield Text(step.location.line, step.text)
        if step.docstring:
            yield Text(step.docstring.location.line, step.docstring.content, long=True)
        for row in step.datatable.rows if step.datatable else []:
            yield from (Text(row.location.line, cell.value) for cell in row.cells)
