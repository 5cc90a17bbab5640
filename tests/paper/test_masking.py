"""Marks, tags and plugins that make a red test a green one have no say over a drill."""

from __future__ import annotations

import pytest

from tests.paper.project import INCONCLUSIVE, MET, MISSED, Project

MARKED = """
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xfail({arguments}))
"""
# What plugins do that let some failures pass.
FORGIVING = """
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        report.outcome = {outcome!r}
        report.wasxfail = "known"
    return report
"""


def more(project: Project, text: str) -> None:
    before = (project.path / "conftest.py").read_text("utf-8")
    project.write("conftest.py", before + text)


@pytest.mark.parametrize("tag", ["@xfail", "@xfail(reason='known')", "@xfail:known"])
def test_the_tag_xfail_is_refused_at_collection(project: Project, tag: str) -> None:
    """With its line and why, in a project whose manifest is its own fixture too."""
    project.feature(f"@P2 @no-incident\n{tag}", It_is_missed=MISSED)
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([f"*drill.feature:2: {tag} would turn a missed criterion*@skip*"])
    assert project.reports() == []


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("", ()),
        ("strict=True", ()),
        ("raises=Exception", ()),
        ("raises=ValueError", ()),
        ("", ("--runxfail",)),
        ("", ("-p", "no:skipping")),
    ],
)
def test_a_missed_drill_that_is_marked_fails(
    project: Project, arguments: str, options: tuple[str, ...]
) -> None:
    """Whichever way the mark came, and whatever it says."""
    more(project, MARKED.format(arguments=arguments))
    project.feature(It_is_missed=MISSED)
    result = project.run(*options)
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["E *CriteriaMissed: missed: explained*"])


@pytest.mark.parametrize("arguments", ["", "strict=True"])
def test_a_met_drill_that_is_marked_passes(project: Project, arguments: str) -> None:
    """It is no unexpected pass: nobody has a say about it."""
    more(project, MARKED.format(arguments=arguments))
    project.feature(It_stops=MET)
    result = project.run()
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_an_inconclusive_drill_that_is_marked_is_still_worth_another_try(project: Project) -> None:
    """Its exit code is 75."""
    more(project, MARKED.format(arguments=""))
    project.feature(It_stops=INCONCLUSIVE)
    assert project.run("--drill-patience", "100 ms").ret == 75


def test_a_drill_that_cannot_be_run_as_written_fails_though_it_is_marked(project: Project) -> None:
    """What its fixture raises counts as what its steps raise; in a dry run too."""
    more(project, MARKED.format(arguments=""))
    project.feature("@P2 @no-such @another", It_stops=MET)
    result = project.run()
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert project.run("--drill-dry-run").ret == pytest.ExitCode.TESTS_FAILED


def test_a_drill_that_a_mark_keeps_from_being_run_is_no_pass(project: Project) -> None:
    """``xfail(run=False)`` leaves it out where nobody sees it; ``skip`` is for that."""
    more(project, MARKED.format(arguments="run=False, reason='not today'"))
    project.feature(It_stops=MET)
    result = project.run()
    result.assert_outcomes(errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["E *not today*", "E *Hint: the mark skip*"])


def test_a_step_that_calls_for_xfail_is_no_pass(project: Project) -> None:
    """Nor one that skips once the drill has begun: it was aborted."""
    for call in ("xfail('known')", "skip('not here')"):
        more(project, f"\n@when('somebody says {call[:4]}')\ndef _(drill): pytest.{call}\n")
        steps = MET.replace("Then", f"And somebody says {call[:4]}\n    Then")
        project.feature(It_stops=steps)
        result = project.run()
        result.assert_outcomes(failed=1)
        assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("outcome", ["skipped", "passed"])
def test_a_plugin_that_forgives_failures_does_not_forgive_a_drill(
    project: Project, outcome: str
) -> None:
    """And the failure says that something tried."""
    more(project, FORGIVING.format(outcome=outcome))
    project.feature(It_is_missed=MISSED)
    result = project.run()
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*a drill's outcome is never passed over*"])


def test_a_run_that_a_step_leaves_with_0_does_not_exit_with_0(project: Project) -> None:
    """The drill was cut off: nothing was proven."""
    more(project, "\n@when('somebody leaves')\ndef _(drill): pytest.exit('enough', returncode=0)\n")
    project.feature(It_stops=MET.replace("Then", "And somebody leaves\n    Then"))
    assert project.run().ret == pytest.ExitCode.TESTS_FAILED


def test_other_tests_may_be_expected_to_fail(project: Project) -> None:
    """A project's own tests are its own affair; a drill that is skipped is shown as skipped."""
    project.write(
        "test_other.py",
        "import pytest\n@pytest.mark.xfail\ndef test_other(): assert False\n",
    )
    project.feature("@P2 @read-replica-down @skip", It_stops=MET)
    result = project.run("test_other.py", "drill.feature")
    result.assert_outcomes(xfailed=1, skipped=1)
    assert result.ret == pytest.ExitCode.OK
