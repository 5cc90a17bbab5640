"""How a drill's failure is told: its own errors in words, a team's with its traceback."""

from __future__ import annotations

import pytest

from tests.paper.project import INCONCLUSIVE, MET, MISSED, Project

AWAY = """
from drills.errors import EngineError, StackError

@given("the engine is away")
def _(drill):
    WORLDS[-1].stack.fail_next("up", EngineError("no container engine answers"))

@given("somebody's own step fails")
def _(drill):
    ask_their_service()

def ask_their_service():
    raise StackError("their service is down")
"""


@pytest.fixture
def its(project: Project) -> Project:
    project.write("conftest.py", (project.path / "conftest.py").read_text("utf-8") + AWAY)
    return project


def first(step: str) -> str:
    """The scenario that is met otherwise, with this step before all others."""
    return MET.replace("Given", f"{step}\n    And", 1)


def test_no_steady_state_is_told_in_words(its: Project) -> None:
    """With the sentence that asked for it and each criterion; of this package's code nothing."""
    its.feature(It_stops=first("Given the engine is away"))
    result = its.run()
    out = result.stdout.str()
    assert result.ret == 75
    result.stdout.fnmatch_lines(
        [
            "E * inconclusive: no steady state: no container engine answers*",
            "E *inconclusive: *not measured*",
            "E *drill.feature:*steady state",
        ]
    )
    assert ".py:" not in out.partition("short test summary")[0].partition("FAILURES")[2]


@pytest.mark.parametrize("scenario", [INCONCLUSIVE, MISSED])
def test_an_outcome_is_told_in_words(its: Project, scenario: str) -> None:
    """Each criterion that was not met, and no line of this package's code."""
    its.feature(It_stops=scenario)
    out = its.run().stdout.str()
    assert "E   Criteria" in out
    assert "__tracebackhide__" not in out
    assert "drills/plugin/" not in out


def test_what_a_team_s_step_raised_keeps_its_traceback(its: Project) -> None:
    """It says where in their code it was, whatever kind of error they chose."""
    its.feature(It_stops=first("Given somebody's own step fails"))
    its.run().stdout.fnmatch_lines(["*conftest.py:*", "*their service is down*"])
