"""``pytest features/x.feature``: feature files as test files, and what their scenarios are.

This package is a pytest plugin by itself (``-p drills.plugin.gherkin``): every hook it needs is a
name of this module.
"""

from drills.plugin.gherkin.collect import FeatureFile, at_collection, pytest_collect_file
from drills.plugin.gherkin.definitions import asked_of, fixture_function
from drills.plugin.gherkin.document import FeatureFileError
from drills.plugin.gherkin.lines import pytest_configure, pytest_load_initial_conftests
from drills.plugin.gherkin.named import pytest_addoption
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
from drills.plugin.gherkin.scenario import ScenarioInfo, scenario_of, tags_of

__all__ = [
    "SUBJECTS",
    "FeatureFile",
    "FeatureFileError",
    "ScenarioInfo",
    "StepRecord",
    "asked_of",
    "at_collection",
    "at_scenario_end",
    "declared_by",
    "fixture_function",
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
