"""``pytest features/x.feature``: feature files as test files, and what their scenarios are.

This package is a pytest plugin by itself (``-p drills.plugin.gherkin``): the hooks that it needs
before a feature file is collected are names of this module. What reads, binds and follows one is
loaded with the first that is collected, or by who asks this module for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from drills.plugin.gherkin.kept import SUBJECTS, at_collection, scenario_of, tags_of
from drills.plugin.gherkin.lines import pytest_configure, pytest_load_initial_conftests
from drills.plugin.gherkin.named import pytest_addoption, pytest_collect_file

if TYPE_CHECKING:
    from drills.plugin.gherkin.record import (
        StepRecord,
        at_scenario_end,
        place_of_step,
        steps_of,
    )
    from drills.plugin.gherkin.rehearsal import aims_of, declared_by, tell_steps
    from drills.plugin.gherkin.scenario import ScenarioInfo

_HOMES = {
    "StepRecord": "record",
    "at_scenario_end": "record",
    "place_of_step": "record",
    "steps_of": "record",
    "aims_of": "rehearsal",
    "declared_by": "rehearsal",
    "tell_steps": "rehearsal",
    "ScenarioInfo": "scenario",
}

__all__ = [
    "SUBJECTS",
    "ScenarioInfo",
    "StepRecord",
    "aims_of",
    "at_collection",
    "at_scenario_end",
    "declared_by",
    "place_of_step",
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "scenario_of",
    "steps_of",
    "tags_of",
    "tell_steps",
]


def __getattr__(name: str) -> object:
    """What is loaded only once somebody asks for it, from the module that it lies in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
