"""What pytest and pytest-bdd do not promise and this plugin leans on.

When one of these fails after an upgrade, the message says which version broke what, and which
module of ``drills.plugin.gherkin`` has to learn the new way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib.metadata import version

import _pytest.fixtures
import pytest
import pytest_bdd.feature
import pytest_bdd.gherkin_parser
import pytest_bdd.parser
import pytest_bdd.steps
from _pytest.config.findpaths import determine_setup
from pytest_bdd.scenario import (
    STEP_ARGUMENTS_RESERVED_NAMES,
    _get_scenario_decorator,
    inject_fixturedefs_for_step,
    parse_step_arguments,
    scenario,
)

from drills.plugin.gherkin.guards import PLACEHOLDER
from tests.paper.gherkin.project import Project

VERSIONS = f"pytest {version('pytest')}, pytest-bdd {version('pytest-bdd')}"

SIGNATURES: list[tuple[str, Callable[..., object], list[str]]] = [
    ("collect", pytest.Module._getobj, ["self"]),
    ("collect", pytest.Module._genfunctions, ["self", "name", "funcobj"]),
    ("collect", pytest_bdd.feature.get_feature, ["base_path", "filename", "encoding"]),
    (
        "collect",
        scenario,
        ["feature_name", "scenario_name", "encoding", "features_base_dir"],
    ),
    (
        "root",
        determine_setup,
        ["inifile", "override_ini", "args", "rootdir_cmd_arg", "invocation_dir"],
    ),
    ("root", pytest.Config._checkversion, ["self"]),
    ("root", pytest.Config._configure_python_path, ["self"]),
    ("root", pytest.Config._unconfigure_python_path, ["self"]),
    ("root", pytest.PytestPluginManager.consider_preparse, ["self", "args", "exclude_only"]),
    ("record", _pytest.fixtures.call_fixture_func, ["fixturefunc", "request", "kwargs"]),
    (
        "definitions",
        inject_fixturedefs_for_step,
        ["step", "fixturemanager", "node"],
    ),
    ("definitions", parse_step_arguments, ["step", "context"]),
    ("definitions", pytest_bdd.steps.get_step_fixture_name, ["step"]),
    ("definitions", _pytest.fixtures.FixtureManager.getfixturedefs, ["self", "argname", "node"]),
    ("document", pytest_bdd.gherkin_parser.get_gherkin_document, ["abs_filename", "encoding"]),
    ("document", pytest_bdd.parser.FeatureParser._parse_feature_file, ["self"]),
    ("scenario", pytest_bdd.parser.render_string, ["input_string", "render_context"]),
]


@pytest.mark.parametrize(("module", "function", "parameters"), SIGNATURES)
def test_a_private_function_takes_what_we_give_it(
    module: str, function: Callable[..., object], parameters: list[str]
) -> None:
    """Each name exists (else this module fails to import) and has the parameters we pass."""
    now = list(inspect.signature(function).parameters)
    assert now == parameters, (
        f"{VERSIONS}: drills.plugin.gherkin.{module} calls {function.__qualname__}"
    )


def test_a_feature_that_is_parsed_already_is_taken_from_the_cache(project: Project) -> None:
    """``collect.bind`` hands pytest-bdd its own parse by putting it there."""
    path = str(project.pytester.path / project.feature())
    first = pytest_bdd.feature.get_feature("", path)
    try:
        again = pytest_bdd.feature.get_feature("", path)
        assert pytest_bdd.feature.features[path] is first is again, f"{VERSIONS}: get_feature"
    finally:
        del pytest_bdd.feature.features[path]


def test_collecting_leaves_the_cache_as_it_was(project: Project) -> None:
    """Test modules that bind the same file must not get our parse, which hides valued tags."""
    before = dict(pytest_bdd.feature.features)
    project.items(project.feature())
    assert pytest_bdd.feature.features == before


def test_a_row_reaches_the_scenario_through_the_example_fixture(project: Project) -> None:
    """``collect`` parametrizes ``_pytest_bdd_example`` itself, for ids and marks of its own."""
    parameters = inspect.signature(_get_scenario_decorator).parameters
    assert "templated_scenario" in parameters, f"{VERSIONS}: collect.bind"
    result = project.run("-s", project.feature(), "-k", "freeze")
    result.stdout.fnmatch_lines(["*db suffered freeze*"])


def test_the_function_called_for_a_step_is_read_from_its_context(project: Project) -> None:
    """``definitions.refuse_returns`` puts its guard there, and pytest-bdd must call that."""
    project.more_steps('@then("a check")\ndef _(): return True')
    path = project.feature("Feature: F\n  Scenario: A\n    Then a check\n")
    result = project.run(path)
    assert outcomes(result) == {"failed": 1}, f"{VERSIONS}: StepFunctionContext.step_func"


def test_what_pytest_bdd_reads_as_a_placeholder_is_what_the_guard_reads() -> None:
    """The guard's pattern is pytest-bdd's."""
    assert PLACEHOLDER.pattern == pytest_bdd.parser.PARAM_RE.pattern, VERSIONS


def test_the_root_is_kept_where_root_puts_another(pytestconfig: pytest.Config) -> None:
    """``root`` sets these names of pytest's configuration when it begins again."""
    names = {"_rootpath", "_inipath", "_inicfg", "_inicache", "_ignored_config_files", "_parser"}
    assert names - vars(pytestconfig).keys() == set(), VERSIONS


def test_a_mark_can_be_made_without_pytest_mark() -> None:
    """``tags`` makes those whose names ``pytest.mark`` refuses."""
    made = pytest.MarkDecorator(pytest.Mark("_x", (1,), {}, _ispytest=True), _ispytest=True)
    assert (made.name, made.args) == ("_x", (1,)), VERSIONS


def test_a_table_and_a_text_are_given_under_the_names_that_are_asked_for() -> None:
    """``definitions`` refuses what a step function with none of these parameters would drop."""
    assert {"datatable", "docstring"} == STEP_ARGUMENTS_RESERVED_NAMES, VERSIONS


def test_an_error_after_the_last_step_would_hide_in_no_other_phase(project: Project) -> None:
    """A wrapper of ``pytest_pyfunc_call`` fails the call phase: what ``record`` relies on."""
    project.more_steps("""
        @pytest.hookimpl(wrapper=True)
        def pytest_pyfunc_call(pyfuncitem):
            yield
            raise RuntimeError("judged")
    """)
    result = project.run(project.feature("Feature: F\n  Scenario: A\n    Then it works\n"))
    assert outcomes(result) == {"failed": 1}, f"{VERSIONS}: pytest_pyfunc_call"


def outcomes(result: pytest.RunResult) -> dict[str, int]:
    """What became of the tests, warnings left out."""
    return {word: n for word, n in result.parseoutcomes().items() if not word.startswith("warn")}
