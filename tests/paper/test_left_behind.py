"""What a drill could not remove is told, with what to type, and is no green run."""

from __future__ import annotations

from typing import Any, Self

import pytest

from drills.plugin.terminal import EXIT_NOT_UNDONE
from tests.paper.project import MET, MISSED, Project

STAYS = """
from drills.errors import StackError

@given("somebody debugs on its network")
def _(drill):
    stack = WORLDS[-1].stack
    held = "left: network n. n is held by the container debug: docker network disconnect n debug"
    stack.fail_next("down", StackError(held))

def pytest_sessionfinish():
    WORLDS[-1].stack.is_up = False
"""
HELD = MET.replace("When", "And somebody debugs on its network\n    When")


class PaperGuard:
    """In the place of a watchdog that would look for an engine. ``left`` is what it leaves."""

    left = ""
    root: object = None  # of the last one's project

    def __init__(self, *_: object, **more: object) -> None:
        type(self).root = more["root"]
        self.clean: Any = lambda: False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nobody is there."""

    def check(self) -> None:
        """It is there."""

    def undoes(self, _operation: str) -> bool:
        """Whatever there is to undo."""
        return True


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> type[PaperGuard]:
    monkeypatch.setattr("drills.plugin.fixture.Guard", PaperGuard)
    return PaperGuard


def holding(project: Project) -> Project:
    """A project whose stack cannot be taken down."""
    project.write("conftest.py", (project.path / "conftest.py").read_text("utf-8") + STAYS)
    return project


def test_a_stack_that_stays_is_no_green_run(project: Project) -> None:
    """The criteria are met and judged so; the run exits with 70, and says what to type."""
    holding(project).feature(It_stops=HELD)
    result = project.run()
    result.assert_outcomes(passed=1)
    assert project.result()["verdict"] == "met"
    assert result.ret == EXIT_NOT_UNDONE
    drill = project.result()["id"]
    result.stdout.fnmatch_lines(
        [f"LEFT BEHIND: *docker network disconnect n debug. Then: drills heal {drill}"]
    )
    assert "stack.left" in project.kinds()
    assert "stack.down" not in project.kinds()


def test_it_outranks_a_missed_criterion(project: Project) -> None:
    """Whoever looks at the exit code alone has to look further."""
    holding(project).feature(It_stops=MISSED.replace("When", HELD.split("\n")[2] + "\n    When"))
    assert project.run().ret == EXIT_NOT_UNDONE


def test_what_the_watchdog_leaves_is_told_too(
    project: Project, guard: type[PaperGuard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease on an engine that hangs by then, say."""
    monkeypatch.setattr(guard, "left", "the lease: the engine did not answer")
    project.feature(It_stops=MET)
    result = project.run()
    result.assert_outcomes(passed=1)
    assert result.ret == EXIT_NOT_UNDONE
    result.stdout.fnmatch_lines(["LEFT BEHIND: drill *: the lease: *did not answer*drills heal*"])


def test_a_drill_is_entered_with_its_project(project: Project, guard: type[PaperGuard]) -> None:
    """So that whoever halts this project's drills halts no other's."""
    project.feature(It_stops=MET)
    project.run()
    assert guard.root == project.path
