"""Feature files as pytest's own test files: one item a scenario, one a row of an outline.

pytest-bdd binds scenarios to functions of a Python module. Here the module is an empty one made
for the file, so that node ids read ``features/replica.feature::The read replica stops[kill]`` and
everything that works on items (``-k``, ``-m``, ``--lf``, ``--deselect``, xdist, JUnit) works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType

import pytest
from pytest_bdd import feature as parsed_features
from pytest_bdd import scenario

from drills.plugin.gherkin.definitions import step_problems
from drills.plugin.gherkin.document import ENCODING, Block, Document, FeatureFileError, Row, read
from drills.plugin.gherkin.guards import Problem
from drills.plugin.gherkin.kept import CHECKS, SCENARIO
from drills.plugin.gherkin.rehearsal import rehearse
from drills.plugin.gherkin.scenario import describe
from drills.plugin.gherkin.tags import (
    apply_tags,
    marks_of,
    register_markers,
    special,
    special_tags_hidden,
)

EXAMPLE = "_pytest_bdd_example"  # the fixture through which pytest-bdd takes a row's values


class FeatureFile(pytest.Module):
    """A feature file in the place of a test module."""

    def _getobj(self) -> ModuleType:
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        return module

    def collect(self) -> Iterator[pytest.Item]:
        """Every scenario of the file. Raises CollectError with all its problems at once."""
        shown = os.path.relpath(self.path, self.config.invocation_params.dir)
        try:
            document = read(self.path, shown)
            register_markers(self.config, document)
        except FeatureFileError as error:
            raise self.CollectError(str(error)) from error
        items = list(self._items(document))
        if problems := self._problems(items):
            raise self.CollectError(str(FeatureFileError(shown, problems)))
        return iter([item for item, _, _ in items])

    def _items(self, document: Document) -> Iterator[tuple[pytest.Item, Block, Row | None]]:
        for block in document.blocks:
            setattr(self.obj, block.name, bind(self.config, document, block))
            for item in self._genfunctions(block.name, getattr(self.obj, block.name)):
                row = row_of(item, block)
                item.stash[SCENARIO] = describe(document, block, row, self.config.rootpath)
                yield item, block, row

    def _problems(self, items: list[tuple[pytest.Item, Block, Row | None]]) -> list[Problem]:
        """One problem a line and text, however many rows have it."""
        found = [problem for item in items for problem in step_problems(*item)]
        if not found:
            found = [problem for item in items for problem in rehearse(*item)]
        for item, block, row in items:
            line = row.line if row else block.template.line_number
            for check in self.config.stash.get(CHECKS, []):
                found += [
                    Problem(block.tag_lines.get(tag, line), text) for tag, text in check(item)
                ]
        return sorted(dict.fromkeys(found))


def bind(config: pytest.Config, document: Document, block: Block) -> Callable[..., object]:
    """The test function that runs the scenario, marked with its tags and given its rows.

    It carries the scenario's place in the feature file as its own, for pytest to show.
    """

    def ends_here() -> None:
        """All of a scenario is in its steps."""

    cache, key = parsed_features.features, str(document.path)
    cache[key] = document.feature  # or pytest-bdd would take what it parsed before the last edit
    examples, block.template.examples = block.template.examples, []
    try:
        with special_tags_hidden(block):
            function = scenario(key, block.name, encoding=ENCODING)(ends_here)
    finally:
        block.template.examples = examples
        del cache[key]
    if isinstance(function, FunctionType):
        line = block.template.line_number
        function.__code__ = function.__code__.replace(co_filename=key, co_firstlineno=line)
    apply_tags(config, special(block.tags), function)
    if block.rows:
        function = pytest.mark.parametrize(EXAMPLE, _parameters(block))(function)
    return function


def _parameters(block: Block) -> list[object]:
    return [
        pytest.param(
            row.values,
            id=row.id,
            marks=[mark for tag in sorted(row.tags) for mark in marks_of(tag)],
        )
        for row in block.rows
    ]


def row_of(item: pytest.Function, block: Block) -> Row | None:
    """The row that an outline's item runs, None for a plain scenario."""
    if not block.rows:
        return None
    values = item.callspec.params[EXAMPLE]
    return next(row for row in block.rows if row.values is values)
