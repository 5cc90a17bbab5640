"""A drill that cannot be run as written: said once, without a traceback, and final."""

from __future__ import annotations

import pytest

from tests.paper.project import CONFTEST, MET, Project

REFUSES = """
    from drills.errors import PlanError, StackError

    KIND = {kind}

    @given("a file that is wrong")
    def _(drill):
        WORLDS[-1].stack.fail_next("up", KIND("as written:\\n- no service wbe\\n- no image db"))
"""
WRONG = MET.replace("Given", "Given a file that is wrong\n    And")


def run(project: Project, kind: str) -> pytest.RunResult:
    project.write("conftest.py", CONFTEST + REFUSES.format(kind=kind))
    project.feature(It_stops=WRONG)
    return project.run()


def test_it_exits_with_one_and_says_everything_once(project: Project) -> None:
    """No code is wrong, so none is shown; the place in the feature file is."""
    result = run(project, "PlanError")
    assert result.ret == 1
    said = result.stdout.str()
    failure = said[said.index("FAILURES") : said.index("Steps")]
    assert failure.count("- no service wbe") == failure.count("- no image db") == 1
    assert "drill.feature:6: And the ERP is in steady state" in failure
    assert ".py" not in failure
    assert project.result()["status"] == "aborted"


def test_what_the_engine_does_wrong_is_another_try(project: Project) -> None:
    """It may be well in a moment."""
    assert run(project, "StackError").ret == 75
