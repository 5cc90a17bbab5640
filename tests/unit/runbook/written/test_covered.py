"""Lines of the runbook, and the steps of procedures that carry them out."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.config.document import load
from drills.runbook.action import Action
from drills.runbook.document import read
from drills.runbook.written.blocks import commands_of
from drills.runbook.written.covered import uncovered

COMPOSE = Path(__file__).parents[4] / "compose"


def test_every_line_that_a_step_names_is_one() -> None:
    """Of the founding runbook: each is a command, or for people."""
    commands = commands_of(read(COMPOSE / "runbook.md"))
    steps = [
        step for each in load(COMPOSE / "drills.toml").incidents.values() for step in each.procedure
    ]
    known = {number for each in commands for number in range(each.line, each.last_line + 1)}
    named = [step for step in steps if step.runbook]
    assert len(named) > 20
    assert {step.runbook for step in named if not known & set(step.lines)} == set()


def test_what_no_step_names_is_found() -> None:
    """The scripts that only collect are nobody's yet; a restart is somebody's."""
    commands = commands_of(read(COMPOSE / "runbook.md"))
    incidents = load(COMPOSE / "drills.toml").incidents.values()
    left = {each.text for each in uncovered(commands, incidents)}
    assert "sudo docker-compose restart postgres" not in left
    assert {"free -h >> incident_resources.txt", "sudo docker stats"} <= left


@pytest.mark.parametrize(("place", "lines"), [("r.md:7", [7]), ("r.md:7-9", [7, 8, 9]), ("", [])])
def test_a_step_names_a_line_or_several(place: str, lines: list[int]) -> None:
    """Or none."""
    assert list(Action(action="revert", says="x", runbook=place).lines) == lines


@pytest.mark.parametrize("place", ["r.md", "r.md:0", "r.md:9-7", ":7", "r.md:x"])
def test_what_is_no_line_is_refused(place: str) -> None:
    """With what was expected."""
    with pytest.raises(ValueError, match=r"a line of the runbook"):
        Action(action="revert", says="x", runbook=place)
