"""Step functions that cannot be trusted, and the record of steps."""

from __future__ import annotations

import pytest

from tests.paper.gherkin.project import PLUGINS, Project

SHOW = """
    from drills.plugin.gherkin import at_scenario_end, steps_of

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(report): print("REPORT", report.when, report.outcome)

    @pytest.fixture(autouse=True)
    def shown(request):
        yield
        for step in steps_of(request.node):
            print("STEP", step.line, step.outcome, step.seconds > 0, step.text)
"""
ENDING = """
    class Missed(Exception): pass

    @pytest.fixture(autouse=True)
    def judged(request):
        def judge(error):
            print("JUDGED", repr(error))
            raise Missed("detected after 6 min, limit 5 min")
        at_scenario_end(request.node, judge)
"""


def feature(*steps: str) -> str:
    return "Feature: F\n  Scenario: A\n" + "".join(f"    {step}\n" for step in steps)


def test_undefined_steps_are_all_told_before_anything_runs(project: Project) -> None:
    """At collection, each with its line and a function to paste."""
    text = feature("Given a system", 'When the "db" is {gone}', "And it's late", "Then it works")
    result = project.run(project.feature(text))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "features/replica.feature:4: no step function matches 'When the \"db\" is {gone}'",
            "*@when('the \"db\" is {gone}')",
            "*def _() -> None:",
            "features/replica.feature:5: no step function matches 'And it's late'",
            '*@when("it\'s late")',
            '*    raise NotImplementedError("it\'s late")',
        ]
    )
    result.stdout.no_fnmatch_line("*replica.feature:3*")


def test_an_undefined_step_of_an_outline_is_suggested_with_parameters(project: Project) -> None:
    """One suggestion for all rows, which matches when pasted."""
    text = (
        "Feature: F\n  Scenario Outline: A\n    Given <a thing> on {fire} at <1>\n"
        "    Examples:\n      | a thing | 1 |\n      | db      | 9 |\n      | app     | 8 |\n"
    )
    path = project.feature(text)
    lines = project.run(path).outlines
    start = next(number for number, line in enumerate(lines) if "@given" in line)
    assert lines[start].strip() == ("@given(parsers.cfparse('{a_thing} on {{fire}} at {value_1}'))")
    project.more_steps(
        "\n".join(" " * 4 + line.strip() for line in lines[start : start + 2]) + " pass"
    )
    project.run(path).assert_outcomes(passed=2)


def test_the_nearest_step_is_named(project: Project) -> None:
    """A slip of the pen is told by the step that was meant."""
    result = project.run(project.feature(feature("Given a sistem")))
    result.stdout.fnmatch_lines(["*the nearest is @given('a system') at *conftest.py:*"])


def test_a_step_of_another_kind_does_not_count(project: Project) -> None:
    """A Then is no Given."""
    result = project.run(project.feature(feature("Given it works")))
    result.stdout.fnmatch_lines(["*:3: no step function matches 'Given it works'"])


def test_a_nearer_definition_wins(project: Project) -> None:
    """A conftest beside the feature file overrides the step of the root, also for the guards."""
    project.more_steps('@given("a place")\nasync def _(): pass')
    project.write(
        "features/conftest.py",
        'from pytest_bdd import given\n@given("a place")\ndef _(): print("near")\n',
    )
    result = project.run("-s", project.feature(feature("Given a place")))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*near*"])


@pytest.mark.parametrize("body", ["pass", "yield"])
def test_an_async_step_is_refused(project: Project, body: str) -> None:
    """At collection, since it would never be awaited and pass."""
    project.more_steps(f'@then("we wait")\nasync def _(): {body}')
    result = project.run(project.feature(feature("Given a system", "Then we wait")))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*replica.feature:4: expected a plain function * 'async def'*"])


@pytest.mark.parametrize(
    ("decorator", "word"),
    [
        ('then("a check")', "Then"),
        ('then("a check", target_fixture="x")', "Then"),
        ('when("a check")', "When"),
        ('given("a check")', "Given"),
    ],
)
@pytest.mark.parametrize("value", ["False", "True", "0"])
def test_a_step_that_returns_a_value_fails(
    project: Project, decorator: str, word: str, value: str
) -> None:
    """Whatever it returns: pytest-bdd would drop it."""
    project.more_steps(f"@{decorator}\ndef _(): return {value}")
    result = project.run(project.feature(feature(f"{word} a check")))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"*expected the step function at *conftest.py:* to return None, it returned {value}:*",
            f"*features/replica.feature:3: {word} a check",
        ]
    )


def test_a_step_that_hands_out_a_coroutine_fails(project: Project) -> None:
    """An ``async def`` behind a decorator is caught when it is called."""
    project.more_steps("""
        class Awaitable:
            def __await__(self): yield

        def wrapped():
            return Awaitable()

        then("a check")(wrapped)
    """)
    project.run(project.feature(feature("Then a check"))).assert_outcomes(failed=1)


def test_fixtures_and_generators_are_left_alone(project: Project) -> None:
    """A Given may return its ``target_fixture``; a generator step yields and is finalized."""
    project.more_steps("""
        @given("a number", target_fixture="number")
        def _(): return 7

        @when("it is lent")
        def _(number):
            yield "something"
            print("returned", number)
    """)
    result = project.run("-s", project.feature(feature("Given a number", "When it is lent")))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*returned 7*"])


def test_steps_after_a_failure_are_recorded_as_not_run(project: Project) -> None:
    """The record has every step with line, outcome and time."""
    project.more_steps(SHOW)
    text = feature("Given a system", "Then it breaks", "And it works")
    result = project.run("-s", project.feature(text))
    result.stdout.fnmatch_lines(
        [
            "STEP 3 passed True Given a system",
            "STEP 4 failed True Then it breaks",
            "STEP 5 not run False And it works",
        ]
    )


def test_steps_are_shown_below_a_failure(project: Project) -> None:
    """With what failed, its place in the feature file, and what never ran."""
    text = feature("Given a system", "Then it breaks", "And it works")
    result = project.run(project.feature(text))
    result.stdout.fnmatch_lines(
        [
            "E *RuntimeError: it broke",
            "E *features/replica.feature:4: Then it breaks",
            "* Steps *",
            "passed *Given a system",
            "failed *Then it breaks",
            "not run *And it works",
        ]
    )
    result.stdout.no_fnmatch_line("*call_fixture_func*")


def test_a_step_that_is_left_by_an_interrupt_did_not_pass(project: Project) -> None:
    """pytest-bdd tells nobody; the record does."""
    project.more_steps(SHOW + '\n    @when("we stop")\n    def _(): raise KeyboardInterrupt\n')
    text = feature("When we stop", "Then it works")
    result = project.pytester.runpytest_subprocess(*PLUGINS, "-s", project.feature(text))
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*STEP 3 failed True When we stop", "STEP 4 not run *"])


def test_an_ending_fails_the_test_in_its_call_phase(project: Project) -> None:
    """A judgement after the last step is a failure of the test, not an error of its teardown."""
    project.more_steps(SHOW + ENDING)
    result = project.run("-s", project.feature(feature("Given a system", "Then it works")))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*JUDGED None", "*REPORT call failed", "*REPORT teardown passed"])
    result.stdout.fnmatch_lines(["E *Missed: detected after 6 min, limit 5 min"])


def test_a_failed_step_and_an_ending_are_both_reported(project: Project) -> None:
    """The judge is told of the step's exception, and the failure shows both."""
    project.more_steps(SHOW + ENDING)
    result = project.run("-s", project.feature(feature("Then it breaks")))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*JUDGED RuntimeError('it broke')",
            "E *RuntimeError: it broke",
            "E *replica.feature:3: Then it breaks",
            "*direct cause of the following exception*",
            "E *Missed: detected after 6 min, limit 5 min",
        ]
    )


def test_endings_run_all_and_before_generator_steps_are_finalized(project: Project) -> None:
    """One that raises does not keep the next from running; its message is not lost."""
    project.more_steps(
        SHOW
        + ENDING
        + """
    @pytest.fixture(autouse=True)
    def second(request, judged):
        def judge(error): raise Missed("lost 2 orders")
        at_scenario_end(request.node, judge)

    @when("it is lent")
    def _():
        yield
        print("FINALIZED")
    """
    )
    result = project.run("-s", project.feature(feature("When it is lent")))
    result.stdout.fnmatch_lines(["*JUDGED None*", "*FINALIZED*"])
    result.stdout.fnmatch_lines(["E *Missed: detected after 6 min, limit 5 min", "*lost 2 orders"])
