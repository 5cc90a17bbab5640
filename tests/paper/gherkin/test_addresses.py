"""Which scenarios a command line is about."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from pytest_bdd.feature import features, get_feature

from drills.plugin.gherkin.document import read
from drills.plugin.gherkin.lines import names_at
from tests.paper.gherkin.project import FEATURE, IDS, PLUGINS, Project

STOPS, KILL, UMLAUT, FREEZE, BREAKS = IDS
OTHER = "Feature: Other\n  Scenario: Another\n    Given a system\n"


def test_a_file_yields_one_item_a_scenario_and_row(project: Project) -> None:
    """Scenarios keep the order of the file; rows of an outline are named by their values."""
    assert project.ids(project.feature()) == IDS


def test_a_file_runs(project: Project) -> None:
    """Every scenario runs its steps, and one failing step fails one test."""
    project.run(project.feature()).assert_outcomes(passed=4, failed=1)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("::It stops", [STOPS]),
        ("::It suffers <fault>", [KILL, UMLAUT, FREEZE]),
        ("::It suffers <fault>[kill]", [KILL]),
        (":9", [STOPS]),
        (":14", [KILL, UMLAUT, FREEZE]),
        (":21", [UMLAUT]),
        (":33", [BREAKS]),
    ],
)
def test_a_name_or_a_line_selects(project: Project, address: str, expected: list[str]) -> None:
    """A line means the scenario it lies in, from its tags to its end; a row's line that row."""
    assert project.ids(project.feature() + address) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((7, 8, 9, 10, 11), [STOPS]),
        ((14, 15, 16, 17, 18, 19, 22, 23, 24, 25), [KILL, UMLAUT, FREEZE]),
        ((20,), [KILL]),
        ((21,), [UMLAUT]),
        ((26,), [FREEZE]),
        ((31, 32, 33, 34), [BREAKS]),
        ((1, 2, 3, 4, 5, 6, 12, 13, 27, 28, 29, 30, 35, 999), []),
    ],
)
def test_a_line_belongs_to_one_scenario_or_to_none(
    project: Project, lines: tuple[int, ...], expected: list[str]
) -> None:
    """From a scenario's first tag to its last row; headers, rules and gaps belong to none."""
    document = read(project.pytester.path / project.feature(), "replica.feature")
    names = [name.partition("::")[2] for name in expected]
    assert [names_at(document, line) for line in lines] == [names] * len(lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (":20:33", [KILL, BREAKS]),
        (":33:20:9", [BREAKS, KILL, STOPS]),
        (":20-21", [KILL, UMLAUT]),
        (":9-26", [STOPS, KILL, UMLAUT, FREEZE]),
        (":9:20-21:33", [STOPS, KILL, UMLAUT, BREAKS]),
        (":20:20:20", [KILL]),
    ],
)
def test_several_lines_are_several_addresses(
    project: Project, lines: str, expected: list[str]
) -> None:
    """In the order that they are named in; from one to another all that lies between."""
    assert project.ids(project.feature() + lines) == expected


def test_one_of_several_lines_in_no_scenario_is_refused(project: Project) -> None:
    """By its own address: a run that silently leaves it out would be green."""
    result = project.run(f"{project.feature()}:20:13")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*expected a line inside a scenario, *replica.feature:13 is in*"])


def test_a_name_with_brackets_and_a_line(project: Project) -> None:
    """What a name holds is no pattern."""
    path = project.feature("Feature: F\n  Scenario: It [x] stops: 1-2\n    Given a system\n")
    assert project.ids(f"{path}:2") == [f"{path}::It [x] stops: 1-2"]


def test_an_address_finds_the_configuration_of_its_project(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the file alone would, wherever pytest was started."""
    path = project.pytester.path / project.feature()
    project.write("pytest.ini", "[pytest]\naddopts = -k freeze\nmarkers = own: of the project\n")
    monkeypatch.chdir(tmp_path)
    result = project.run("--collect-only", "-q", f"{path}:14")
    assert [line for line in result.outlines if "::" in line] == [FREEZE]


class TestRoot:
    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> Path:
        """A folder of another project, with a configuration of its own."""
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --not-for-us\n")
        (tmp_path / "out").mkdir()
        return tmp_path / "out"

    @pytest.mark.parametrize("address", ["", ":8", "::It stops"])
    @pytest.mark.parametrize("configured", [True, False])
    def test_the_value_of_an_option_does_not_move_it(
        self, project: Project, elsewhere: Path, address: str, configured: bool
    ) -> None:
        """Nor the configuration with it, where the project has one."""
        if configured:
            project.write("pytest.ini", "[pytest]\naddopts = --strict-markers -v\n")
        else:
            (elsewhere.parent / "pytest.ini").unlink()
        project.write(
            "features/conftest.py",
            "def pytest_addoption(parser): parser.addoption('--of-the-team', action='store_true')",
        )
        project.write("options.py", "def pytest_addoption(parser): parser.addoption('--drill-x')")
        project.pytester.syspathinsert()
        result = project.run(
            *("-p", "options", "--drill-x", str(elsewhere), "--of-the-team"),
            *(project.feature() + address, "-k", "stops"),
        )
        result.assert_outcomes(passed=1, deselected=0 if address else 4)
        result.stdout.fnmatch_lines([f"rootdir: {project.pytester.path}"])
        if configured:
            result.stdout.fnmatch_lines(["configfile: pytest.ini", f"{STOPS} PASSED*"])


def test_a_line_in_no_scenario_is_refused(project: Project) -> None:
    """The error says so and lists where the scenarios are; nothing runs."""
    line = 13
    result = project.run(f"{project.feature()}:{line}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            f"*expected a line inside a scenario, features/replica.feature:{line} is in none*",
            "*features/replica.feature:7-11: It stops",
            "*features/replica.feature:14-26: It suffers <fault>",
        ]
    )


def test_an_address_is_read_from_where_pytest_was_started(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are relative to the working directory, ids to the root directory."""
    project.write("pytest.ini", "[pytest]\n")
    project.feature()
    monkeypatch.chdir(project.pytester.path / "features")
    assert (
        project.ids("replica.feature:20") == project.ids("../features/replica.feature:20") == [KILL]
    )


def test_a_line_of_a_file_that_is_not_there_is_refused(project: Project) -> None:
    """The message is the one that pytest has for it."""
    result = project.run("features/absent.feature:3")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*not found: features/absent.feature:3*"])


def test_lines_and_files_can_be_mixed(project: Project) -> None:
    """Several arguments select what each of them would."""
    path, other = project.feature(), project.feature(OTHER, "other")
    assert project.ids(f"{path}:20", other, f"{path}:8") == [
        KILL,
        f"{other}::Another",
        STOPS,
    ]


def test_the_conftest_beside_a_file_named_by_line_adds_options(project: Project) -> None:
    """A conftest next to the feature file is known early enough for its command-line options."""
    path = project.feature()
    project.write(
        "features/conftest.py", "def pytest_addoption(parser): parser.addoption('--patience')"
    )
    assert project.ids(f"{path}:8", "--patience=1") == [STOPS]


def test_another_plugin_can_bring_this_one(project: Project) -> None:
    """A plugin that names this one in its ``pytest_plugins`` has all of it, lines included."""
    project.write("bringer.py", 'pytest_plugins = ["drills.plugin.gherkin"]\n')
    project.pytester.syspathinsert()
    result = project.pytester.runpytest_inprocess(
        *PLUGINS[:-1], "bringer", "--collect-only", "-q", f"{project.feature()}:20"
    )
    assert result.outlines[0] == KILL


def test_keyword_marks_and_deselect_choose(project: Project) -> None:
    """``-k``, ``-m`` and ``--deselect`` work as on any test."""
    path = project.feature()
    assert project.ids(path, "-k", "stops or freeze") == [STOPS, FREEZE]
    assert project.ids(path, "-m", "stops or slow") == [STOPS, FREEZE]
    assert project.ids(path, "-m", "read-replica-down and not ruled") == IDS[:-1]
    assert project.ids(path, "--deselect", STOPS, "--deselect", f"{path}::It suffers") == [BREAKS]


def test_last_failed_runs_what_failed(project: Project) -> None:
    """``--lf`` runs the failed scenario alone."""
    path = project.feature()
    project.run(path)
    project.run("--lf", path).assert_outcomes(failed=1)


def test_an_edit_between_two_runs_of_one_process_is_seen(project: Project) -> None:
    """What pytest-bdd parsed before the edit, and keeps by path, is not used."""
    path = str(project.pytester.path / project.feature())
    get_feature("", path)
    project.feature(FEATURE.replace("suffers stop", "suffers kill"))
    result = project.run("-s", path, "-k", "stops")
    result.stdout.fnmatch_lines(["*db suffered kill*"])
    assert path not in features


def test_xdist_workers_agree_on_ids(project: Project) -> None:
    """Two workers collect the same rows under the same ids, also by line."""
    path = project.feature()
    project.run(path, "-n", "2").assert_outcomes(passed=4, failed=1)
    project.run(f"{path}:14", f"{path}:8", "-n", "2").assert_outcomes(passed=4)


def test_junit_names_scenarios(project: Project) -> None:
    """A JUnit report carries the file and the scenario's name with its row."""
    project.run(project.feature(), "--junitxml=junit.xml")
    cases = ET.parse(project.pytester.path / "junit.xml").iter("testcase")  # noqa: S314
    assert [(case.get("classname"), case.get("name")) for case in cases][1] == (
        "features.replica.feature",
        "It suffers <fault>[kill]",
    )


def test_verbose_lines_show_the_feature_file_as_the_place(project: Project) -> None:
    """No line points into pytest-bdd's own files."""
    result = project.run(project.feature(), "-vv")
    result.stdout.fnmatch_lines([f"{STOPS} PASSED*"])


@pytest.mark.parametrize("argument", ["features", "features/nested", "features/../features"])
def test_a_directory_of_feature_files_can_be_named(project: Project, argument: str) -> None:
    """All files below it are collected."""
    project.feature(OTHER, "nested/other")
    assert project.ids(argument) == ["features/nested/other.feature::Another"]


def test_configured_testpaths_are_collected(project: Project) -> None:
    """A bare ``pytest`` runs the feature files of ``testpaths``."""
    project.feature(OTHER)
    project.write("pytest.ini", "[pytest]\ntestpaths = features\n")
    assert project.ids() == ["features/replica.feature::Another"]


def test_a_bare_run_leaves_feature_files_alone(project: Project) -> None:
    """Without arguments and without configuration no feature file is collected."""
    project.feature(OTHER)
    assert project.run().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_feature_files_bound_by_test_modules_do_not_run_twice(project: Project) -> None:
    """In a directory with Python test modules the feature files are theirs, unless named."""
    project.write("tests/features/bound.feature", OTHER)
    project.write(
        "tests/steps/test_bound.py",
        "from pytest_bdd import scenarios\nscenarios('../features/bound.feature')\n",
    )
    bound = ["tests/steps/test_bound.py::test_another"]
    assert project.ids("tests") == project.ids() == project.ids(".") == bound
    named = project.ids("tests/features/bound.feature", "tests")
    assert sorted(named) == ["tests/features/bound.feature::Another", *bound]


def test_a_configured_directory_is_always_collected(project: Project) -> None:
    """``drill_features`` lists directories whose feature files belong to this plugin."""
    project.feature(OTHER)
    project.write("test_python.py", "def test_something(): pass\n")
    project.write("pytest.ini", "[pytest]\ndrill_features = features\n")
    expected = ["features/replica.feature::Another", "test_python.py::test_something"]
    assert project.ids() == project.ids(".") == expected
