"""Walking a parsed feature file: its scenarios, and the line on which each thing starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_bdd.gherkin_parser import Background, Child, GherkinDocument, Scenario, Tag


class Placed(NamedTuple):
    """A scenario, and the backgrounds that run before it: the feature's, then its rule's."""

    scenario: Scenario
    backgrounds: tuple[Background, ...]


def placed_in(document: GherkinDocument) -> Iterator[Placed]:
    """Every scenario with its backgrounds, in the order of the file."""
    children = document.feature.children
    outer = tuple(child.background for child in children if child.background)
    for child in children:
        if child.scenario:
            yield Placed(child.scenario, outer)
        elif child.rule:
            inner = tuple(each.background for each in child.rule.children if each.background)
            scenarios = (each.scenario for each in child.rule.children if each.scenario)
            yield from (Placed(scenario, outer + inner) for scenario in scenarios)


def scenarios_in(document: GherkinDocument) -> Iterator[Scenario]:
    """Every scenario, those under rules included, in the order of the file."""
    for child in _children(document):
        if child.scenario:
            yield child.scenario


def starts_in(document: GherkinDocument) -> Iterator[int]:
    """The first line of each rule, background and scenario, tags included."""
    for child in document.feature.children:
        if child.rule:
            yield first_line(child.rule.tags, child.rule.location.line)
    for child in _children(document):
        if child.background:
            yield child.background.location.line
        if child.scenario:
            yield first_line(child.scenario.tags, child.scenario.location.line)


def first_line(tags: list[Tag], keyword_line: int) -> int:
    """The line of the first tag, or of the keyword where there is none."""
    return min([keyword_line, *(tag.location.line for tag in tags)])


def tags_in(document: GherkinDocument) -> Iterator[Tag]:
    """Every tag, wherever it stands."""
    yield from document.feature.tags
    for child in document.feature.children:
        yield from child.rule.tags if child.rule else ()
    for scenario in scenarios_in(document):
        yield from scenario.tags
        for examples in scenario.examples:
            yield from examples.tags


def _children(document: GherkinDocument) -> Iterator[Child]:
    """Backgrounds and scenarios, with every rule opened."""
    for child in document.feature.children:
        if child.rule:
            yield from child.rule.children
        else:
            yield child
