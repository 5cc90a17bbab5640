"""Walking a parsed feature file: its scenarios, and the line on which each thing starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pytest_bdd.gherkin_parser import Background, Child, GherkinDocument, Scenario, Tag


class Placed(NamedTuple):
    """A scenario, and what holds for it from above: the feature's, then its rule's.

    ``tags`` are those that stand above it, its own and those of its examples.
    """

    scenario: Scenario
    backgrounds: tuple[Background, ...]
    tags: tuple[Tag, ...]


def placed_in(document: GherkinDocument) -> Iterator[Placed]:
    """Every scenario with what holds for it, in the order of the file."""
    feature = document.feature
    outer = tuple(child.background for child in feature.children if child.background)
    for child in feature.children:
        if child.scenario:
            yield Placed(child.scenario, outer, (*feature.tags, *_own_tags(child.scenario)))
        elif child.rule:
            tags = (*feature.tags, *child.rule.tags)
            inner = tuple(each.background for each in child.rule.children if each.background)
            for scenario in (each.scenario for each in child.rule.children if each.scenario):
                yield Placed(scenario, outer + inner, (*tags, *_own_tags(scenario)))


def _own_tags(scenario: Scenario) -> Iterator[Tag]:
    yield from scenario.tags
    for examples in scenario.examples:
        yield from examples.tags


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
        yield from _own_tags(scenario)


def _children(document: GherkinDocument) -> Iterator[Child]:
    """Backgrounds and scenarios, with every rule opened."""
    for child in document.feature.children:
        if child.rule:
            yield from child.rule.children
        else:
            yield child
