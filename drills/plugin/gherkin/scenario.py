"""The scenario behind a test item: what it is called, where it stands, what it is about to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_bdd.parser import Scenario, Step, render_string

from drills.plugin.gherkin.dialect import keyword_before_text

if TYPE_CHECKING:
    from drills.plugin.gherkin.document import Block, Document, Row


@dataclass(frozen=True, slots=True)
class ScenarioInfo:
    """One scenario as it will run, an outline's with one row filled in.

    ``feature_path`` is relative to pytest's root directory, with forward slashes. ``line`` is the
    scenario's, or its row's. ``tags`` are those of feature, rule, scenario and examples, without
    ``@``. ``steps`` are ``"Given the system is in steady state"``, those of backgrounds first.
    ``example`` is an outline's row by its values.
    """

    feature_name: str
    feature_path: str
    scenario_name: str
    description: str
    tags: frozenset[str]
    line: int
    steps: tuple[str, ...]
    example: str = ""


def describe(
    document: Document, block: Block, row: Row | None, root: os.PathLike[str]
) -> ScenarioInfo:
    """The value for one item of ``document``."""
    values: Mapping[str, str] = row.values if row else {}
    scenario = rendered(block, row)
    return ScenarioInfo(
        feature_name=document.feature.name,
        feature_path=os.path.relpath(document.path, root).replace(os.sep, "/"),
        scenario_name=scenario.name,
        description=render_string(scenario.description, values).strip(),
        tags=block.tags | (row.tags if row else frozenset()),
        line=row.line if row else scenario.line_number,
        steps=tuple(step_text(step, document.feature.language) for step in scenario.steps),
        example=row.id if row else "",
    )


def rendered(block: Block, row: Row | None) -> Scenario:
    """pytest-bdd's scenario as it will run."""
    return block.template.render(row.values if row else {})


def step_text(step: Step, language: str) -> str:
    """A step as a reader sees it: ``When the "web" service stops``."""
    return keyword_before_text(language, step.keyword) + step.name
