"""Tags of a feature file as marks, and as a value of the scenario."""

from __future__ import annotations

import pytest

from drills.plugin.gherkin import ScenarioInfo, scenario_of, tags_of
from tests.paper.gherkin.project import Project

STRICT = ("--strict-markers", "--strict-config")
INHERITED = {"P2", "read-replica-down"}
TAGGED = "{tags}\nFeature: F\n  Scenario: A\n    Given a system\n"


def test_tags_come_from_feature_rule_scenario_and_row(project: Project) -> None:
    """``tags_of`` is the union of what stands above an item."""
    stops, kill, _, freeze, breaks = project.items(*STRICT, project.feature())
    assert tags_of(stops) == INHERITED | {"stops"}
    assert tags_of(kill) == INHERITED
    assert tags_of(freeze) == INHERITED | {"slow", "severity:P3"}
    assert tags_of(breaks) == INHERITED | {"ruled"}


def test_every_tag_is_a_registered_mark(project: Project) -> None:
    """Under ``--strict-markers`` tags need no entry in the configuration."""
    stops, _, _, freeze, breaks = project.items(*STRICT, project.feature())
    assert {mark.name for mark in stops.iter_markers()} == INHERITED | {"stops"}
    assert freeze.get_closest_marker("slow") is not None
    assert breaks.get_closest_marker("ruled") is not None


@pytest.mark.parametrize("where", ["feature", "rule", "scenario"])
def test_a_severity_is_a_mark_with_a_level(project: Project, where: str) -> None:
    """``@severity:P1`` is ``severity(level="P1")``, wherever it stands."""
    tags = {
        place: "@severity:P1" if place == where else "" for place in ("feature", "rule", "scenario")
    }
    text = (
        f"{tags['feature']}\nFeature: F\n  {tags['rule']}\n  Rule: R\n"
        f"    {tags['scenario']}\n    Scenario: A\n      Given a system\n"
    )
    (item,) = project.items(*STRICT, project.feature(text))
    mark = item.get_closest_marker("severity")
    assert mark is not None
    assert mark.kwargs == {"level": "P1"}
    assert tags_of(item) == {"severity:P1"}


def test_a_severity_on_examples_is_a_mark_of_the_row(project: Project) -> None:
    """Only the rows below it carry the mark."""
    _, kill, _, freeze, _ = project.items(*STRICT, project.feature())
    mark = freeze.get_closest_marker("severity")
    assert mark is not None
    assert mark.kwargs == {"level": "P3"}
    assert kill.get_closest_marker("severity") is None


def test_another_tag_with_a_value_is_a_mark_with_an_argument(project: Project) -> None:
    """``@owner:erin`` is ``owner("erin")``."""
    (item,) = project.items(*STRICT, project.feature(TAGGED.format(tags="@owner:erin")))
    mark = item.get_closest_marker("owner")
    assert mark is not None
    assert mark.args == ("erin",)


@pytest.mark.parametrize(
    ("tag", "name", "arguments", "named"),
    [
        ("issue(42)", "issue", (42,), {}),
        ("issue(ERP-42)", "issue", ("ERP-42",), {}),
        ("issue('a',2)", "issue", ("a", 2), {}),
        ("flaky(reruns=2)", "flaky", (), {"reruns": 2}),
        ("issue()", "issue", (), {}),
        ("_internal", "_internal", (), {}),
        ("_internal:x", "_internal", ("x",), {}),
        ("a:b:c", "a", ("b:c",), {}),
        (":x", ":x", (), {}),
        ("x:", "x", ("",), {}),
        ("issue#42", "issue#42", (), {}),
        ("größe", "größe", (), {}),
        ("ERP-42", "ERP-42", (), {}),
        ("a.b/c", "a.b/c", (), {}),
        ("(", "(", (), {}),
        ("f(", "f(", (), {}),
        ("class", "class", (), {}),
        ("None", "None", (), {}),
        ("with_args", "with_args", (), {}),
    ],
)
@pytest.mark.parametrize("where", ["feature", "examples"])
def test_any_tag_is_a_mark(
    project: Project,
    tag: str,
    name: str,
    arguments: tuple[object, ...],
    named: dict[str, object],
    where: str,
) -> None:
    """No tag that Gherkin takes breaks the collection, also under ``--strict-markers``."""
    above, below = (f"@{tag}", "") if where == "feature" else ("", f"@{tag}")
    text = (
        f"{above}\nFeature: F\n  Scenario Outline: A <x>\n    Given a system\n    {below}\n"
        "    Examples:\n      | x |\n      | 1 |\n"
    )
    path = project.feature(text)
    (item,) = project.items(*STRICT, "-W", "error", path)
    mark = item.get_closest_marker(name)
    assert mark is not None
    assert (mark.args, mark.kwargs) == (arguments, named)
    assert tags_of(item) == {tag}


TWO = """\
Feature: F
  @{}
  Scenario: A
    Given a system
  Scenario: B
    Given a system
"""


def test_a_mark_expression_may_say_name_and_value(project: Project) -> None:
    """Where markers are not strict: a marker with a colon can never be registered."""
    path = project.feature(TWO.format("owner:erin"))
    assert project.ids(path, "-m", "owner:erin") == [f"{path}::A"]
    assert project.ids(path, "-m", "owner:sam") == []


@pytest.mark.parametrize(
    ("tag", "expression"),
    [
        ("issue(42)", "issue"),
        ("flaky(reruns=2)", "flaky(reruns=2)"),
        ("_internal", "_internal"),
        ("a:b:c", "a"),
        ("größe", "größe"),
        ("ERP-42", "ERP-42"),
    ],
)
def test_a_mark_expression_selects_by_a_tag(project: Project, tag: str, expression: str) -> None:
    """Wherever pytest's own grammar can say it."""
    path = project.feature(TWO.format(tag))
    assert project.ids(*STRICT, path, "-m", expression) == [f"{path}::A"]
    assert project.ids(*STRICT, path, "-m", f"not ({expression})") == [f"{path}::B"]


@pytest.mark.parametrize(
    "tag", ["parametrize", "parametrize(x,[1])", "skipif", "usefixtures", "filterwarnings"]
)
def test_a_mark_of_pytest_s_own_without_its_value_is_refused(project: Project, tag: str) -> None:
    """With its line, not with a traceback out of pytest."""
    result = project.run(project.feature(TAGGED.format(tags=f"@P2\n@{tag}")))
    result.stdout.fnmatch_lines(
        ["features/replica.feature:2: expected a tag that pytest can take *"]
    )


@pytest.mark.parametrize("tag", ["usefixtures(tmp_path)", "filterwarnings(ignore)", "skip"])
def test_a_mark_of_pytest_s_own_does_what_it_does(project: Project, tag: str) -> None:
    """The tag is the mark."""
    result = project.run(project.feature(TAGGED.format(tags=f"@{tag}")), *STRICT)
    result.assert_outcomes(**{"skipped" if tag == "skip" else "passed": 1})


def test_whitespace_in_a_tag_is_told_with_its_line(project: Project) -> None:
    """Gherkin allows none, and says so."""
    result = project.run(project.feature(TAGGED.format(tags="@P2\n@with space")))
    result.stdout.fnmatch_lines(
        ["features/replica.feature:2: *", "*tag may not contain whitespace"]
    )


def test_a_project_gives_a_meaning_to_tags_with_values_too(project: Project) -> None:
    """They are asked about before they become marks."""
    project.more_steps("""
        def pytest_bdd_apply_tag(tag, function):
            if tag.startswith("todo("):
                pytest.mark.skip(reason=tag)(function)
                return True
    """)
    result = project.run(
        *STRICT, "-rs", project.feature(TAGGED.format(tags="@todo(later) @issue(1)"))
    )
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*todo(later)"])


def test_a_check_is_told_with_the_line_of_the_tag(project: Project) -> None:
    """Or of the scenario or row, where it is of no tag."""
    project.more_steps("""
        from drills.plugin.gherkin import at_collection, tags_of

        def check(item):
            return [(tag, f"bad {tag}") for tag in tags_of(item) if tag.startswith("x")] or [
                ("", "no tag")
            ]

        def pytest_configure(config): at_collection(config, check)
    """)
    text = (
        "@P2 @xf\nFeature: F\n  @xr\n  Rule: R\n    @P3\n    @xs\n    Scenario Outline: A <x>\n"
        "      Given a system\n      @xe\n      Examples:\n        | x |\n        | 1 |\n"
    )
    result = project.run(project.feature(text))
    told = [line for line in result.outlines if "bad" in line]
    lines = {"xf": 1, "xr": 3, "xs": 6, "xe": 9}
    assert told == [f"features/replica.feature:{line}: bad {tag}" for tag, line in lines.items()]
    result = project.run(project.feature(text.replace("@x", "@y")))
    result.stdout.fnmatch_lines(["features/replica.feature:12: no tag"])


def test_a_project_can_still_give_tags_a_meaning(project: Project) -> None:
    """A ``pytest_bdd_apply_tag`` in a conftest is asked about plain tags."""
    project.more_steps("""
        def pytest_bdd_apply_tag(tag, function):
            if tag == "later":
                pytest.mark.skip(reason="later")(function)
                return True
    """)
    path = project.feature(TAGGED.format(tags="@later @severity:P1"))
    project.run(path).assert_outcomes(skipped=1)


def test_pytest_bdd_still_knows_all_tags_when_the_scenario_runs(project: Project) -> None:
    """Hooks of others are given the scenario with every tag of the file."""
    project.more_steps("""
        def pytest_bdd_before_scenario(feature, scenario):
            print("TAGS", sorted(feature.tags), sorted(scenario.tags))
    """)
    text = TAGGED.format(tags="@severity:P1 @slow").replace(
        "  Scenario", "  @owner:erin\n  Scenario"
    )
    result = project.run("-s", project.feature(text))
    result.stdout.fnmatch_lines(["*TAGS [[]'severity:P1', 'slow'] [[]'owner:erin']*"])


def test_a_scenario_tells_what_it_is(project: Project) -> None:
    """``scenario_of`` has names, place, description, tags and the steps as they will run."""
    items = project.items(project.feature())
    assert scenario_of(items[0]) == ScenarioInfo(
        feature_name="The replica",
        feature_path="features/replica.feature",
        scenario_name="It stops",
        description="Words about it.",
        tags=frozenset(INHERITED | {"stops"}),
        line=8,
        steps=(
            "Given a system",
            'When the "db" service suffers stop',
            "Then it works",
        ),
    )


def test_an_outline_is_told_with_its_row_filled_in(project: Project) -> None:
    """Name and steps have the row's values, and the line is the row's."""
    info = scenario_of(project.items(project.feature())[2])
    assert info is not None
    assert (info.scenario_name, info.line) == ("It suffers Größe", 21)
    assert info.steps[1] == 'When the "db" service suffers Größe'


def test_other_tests_have_no_scenario(project: Project) -> None:
    """A Python test has neither scenario nor tags."""
    project.write("test_python.py", "def test_something(): pass\n")
    (item,) = project.items("test_python.py")
    assert scenario_of(item) is None
    assert tags_of(item) == frozenset()


def test_equal_rows_are_two_tests(project: Project) -> None:
    """Rows that read alike, also across columns, are numbered; each keeps its own values."""
    text = (
        "Feature: F\n  Scenario Outline: A\n    <a> and <b>\n    Given a system\n    Examples:\n"
        "      | a   | b   |\n      | x-y | z   |\n      | x   | y-z |\n"
    )
    items = project.items(*STRICT, project.feature(text))
    assert [item.name for item in items] == ["A[x-y-z]", "A[x-y-z-2]"]
    assert [info.line for item in items if (info := scenario_of(item))] == [7, 8]
