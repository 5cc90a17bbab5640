"""``pytest features/x.feature``: feature files as test files, and what their scenarios are.

This package is a pytest plugin by itself (``-p drills.plugin.gherkin``): every hook it needs is a
name of this module. What reads and binds a feature file is loaded when one is collected.
"""

from drills.plugin.gherkin.lines import pytest_configure, pytest_load_initial_conftests
from drills.plugin.gherkin.named import pytest_addoption, pytest_collect_file
from drills.plugin.gherkin.record import (
    StepRecord,
    at_scenario_end,
    pytest_bdd_after_step,
    pytest_bdd_before_scenario,
    pytest_bdd_before_step,
    pytest_bdd_step_error,
    pytest_pyfunc_call,
    pytest_runtest_makereport,
    pytest_runtest_setup,
    steps_of,
)
from drills.plugin.gherkin.rehearsal import SUBJECTS, declared_by, tell_passed
from drills.plugin.gherkin.scenario import ScenarioInfo, at_collection, scenario_of, tags_of

__all__ = [
    "SUBJECTS",
    "ScenarioInfo",
    "StepRecord",
    "at_collection",
    "at_scenario_end",
    "declared_by",
    "pytest_addoption",
    "pytest_bdd_after_step",
    "pytest_bdd_before_scenario",
    "pytest_bdd_before_step",
    "pytest_bdd_step_error",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "pytest_pyfunc_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "scenario_of",
    "steps_of",
    "tags_of",
    "tell_passed",
]
