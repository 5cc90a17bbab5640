"""A whole drill that waits for people: they are told how to say so, and it goes on once they do."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from drills.faults import Stop
from drills.journal.facts import PeopleAwaited, ResponseEnded, ResponseStep
from drills.journal.timeline import Event
from drills.lifecycle.drill import Drill
from drills.reporting.verify import verify
from tests.doubles.drilled import DETECTED, REPLICA, events, steady, wound_up
from tests.doubles.world import World

STEP = {"action": "people", "says": "Call the vendor"}


def drilled(world: World, drill: Drill) -> list[ResponseStep]:
    steady(drill)
    with drill.inject(Stop(), REPLICA):
        drill.expect(DETECTED)
    wound_up(world, drill, drill.conclude(None))
    return [step for step in events(drill, ResponseStep) if step.action == "people"]


def test_a_drill_goes_on_once_somebody_said_that_they_did_it(world: World, drills: Any) -> None:
    """By the line that they were told, from a shell beside it; and the drill is not judged yet."""
    world.steps = [STEP]
    said: list[subprocess.Popen[str]] = []

    def hear(event: Event) -> None:
        if PeopleAwaited.tells(event):
            line = event.text.split("`")[1].replace("NAME", "Ann").split()[1:]
            command = "import sys; from drills.cli import main; sys.exit(main(sys.argv[1:]))"
            words = [sys.executable, "-c", command, *line, "--note", "they come at noon"]
            said.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))

    drill = drills(people=60.0)
    drill.journal.listen(hear)
    (step,) = drilled(world, drill)
    (shell,) = said
    told, _ = shell.communicate(timeout=60)
    assert (shell.returncode, told) == (
        0,
        "Noted: step-1: Ann (they come at noon). The drill has not ended yet.\n",
    )
    assert step.works
    assert (step.detail["by"], step.detail["note"]) == ("Ann", "they come at noon")
    assert len(events(drill, ResponseEnded)) == 1
    folder = drill.journal.directory
    assert verify(folder) == []
    record = (folder / "incident.md").read_text("utf-8")
    assert "Call the vendor (done by Ann): they come at noon" in record


def test_what_nobody_did_in_time_is_a_finding(world: World, drills: Any) -> None:
    """The drill goes on without them, and says so in its record."""
    world.steps = [STEP]
    drill = drills(people=0.3)
    (step,) = drilled(world, drill)
    assert not step.works
    record = (drill.journal.directory / "incident.md").read_text("utf-8")
    assert "Call the vendor (did not work)" in record
    assert "step 2 of Read replica down (Call the vendor) does not work" in record


def test_without_the_option_nobody_is_waited_for(world: World, drills: Any) -> None:
    """The step is not done, and the record says so."""
    world.steps = [STEP]
    drill = drills()
    (step,) = drilled(world, drill)
    assert step.works
    assert events(drill, PeopleAwaited) == []
    record = (drill.journal.directory / "incident.md").read_text("utf-8")
    assert "Call the vendor (not done: only people can)" in record
