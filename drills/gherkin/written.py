"""Walking a parsed feature file: its scenarios, and the line on which each thing starts."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_bdd.gherkin_parser import Child, GherkinDocument, Scenario, Tag


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


def _children(document: GherkinDocument) -> Iterator[Child]:
    """Backgrounds and scenarios, with every rule opened."""
    for child in document.feature.children:
        if child.rule:
            yield from child.rule.children
        else:
            yield child
