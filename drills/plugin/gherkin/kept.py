"""What a run keeps for its feature files, and each item of them: there before one is collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from drills.judgement.subjects import Known
    from drills.plugin.gherkin.scenario import ScenarioInfo

Check = Callable[[pytest.Item], Iterable[tuple[str, str]]]
Subjects: TypeAlias = (
    "Callable[[pytest.Item], Known]"  # what a scenario's stack has, as far as it is known yet
)
CHECKS: pytest.StashKey[list[Check]] = pytest.StashKey()
SUBJECTS: pytest.StashKey[Subjects] = pytest.StashKey()
SCENARIO: pytest.StashKey[ScenarioInfo] = pytest.StashKey()


def at_collection(config: pytest.Config, check: Check) -> None:
    """Have ``check`` called with every scenario that is collected, before any of them runs.

    It returns pairs of a tag without its ``@`` ("" for the scenario as a whole) and a text; each
    is told with its line, and nothing of the file is run then.
    """
    config.stash.setdefault(CHECKS, []).append(check)


def scenario_of(item: pytest.Item) -> ScenarioInfo | None:
    """The scenario that ``item`` runs; None where it was not collected from a feature file."""
    return item.stash.get(SCENARIO, None)


def tags_of(item: pytest.Item) -> frozenset[str]:
    """Tags of feature, rule, scenario and examples row, without ``@``; empty for other items."""
    info = scenario_of(item)
    return info.tags if info else frozenset()
