"""Whole drills on paper of a stack whose alerting notifies the drill's own receiver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drills.errors import GroundGaveWay
from drills.faults import Restart
from drills.faults.target import Target
from drills.journal.facts import DrillStarted
from drills.judgement.telling import NOBODY
from tests.doubles.drilled import DETECTED, events, steady
from tests.doubles.world import World
from tests.paper.test_smallest import HOME, SMALLEST, smallest

WEBHOOK: dict[str, Any] = {"webhook": {"as": "oncall.internal", "port": 9095}}
PAGE = json.dumps({"alerts": [{"status": "firing", "labels": {"alertname": "AppDown"}}]}).encode()


def test_what_is_sent_to_the_receiver_is_when_it_was_detected(
    world: World, directory: Path
) -> None:
    """The stack is asked for one before anything is awaited; what came before does not count."""
    drill = steady(smallest(world, directory, SMALLEST | {"monitoring": WEBHOOK}))
    assert [reception.names for reception in world.stack.received] == [("oncall.internal",)]
    (started,) = events(drill, DrillStarted)
    assert started.told_by == {"alertmanager": "alerts that are sent to oncall.internal:9095"}
    with drill.inject(Restart(), Target("app", instance=1)):
        world.stack.inbox.send(PAGE)
        drill.expect(DETECTED)
        drill.expect(HOME)
        result = drill.conclude(None)
    assert result.verdict == "met", result.reason
    assert world.stack.inbox.closed
    assert result.untold == ""


def test_a_receiver_that_is_gone_ends_the_drill_without_a_verdict_on_the_system(
    world: World, directory: Path
) -> None:
    """Whether anybody was told is not known then."""
    drill = steady(smallest(world, directory, SMALLEST | {"monitoring": WEBHOOK}))
    world.stack.inbox.vanish()
    with pytest.raises(GroundGaveWay), drill.inject(Restart(), Target("app", instance=1)):
        drill.expect(DETECTED)
    result = drill.conclude(None)
    assert result.verdict == "inconclusive"
    assert "the ground gave way, not the system: somebody removed it" in result.reason


def test_where_nobody_would_be_told_the_result_says_so(world: World, directory: Path) -> None:
    """And the criterion is not measured, however long it was watched."""
    drill = steady(smallest(world, directory))
    with drill.inject(Restart(), Target("app", instance=1)):
        drill.expect(HOME)
        result = drill.conclude(None)
    assert (result.verdict, result.untold) == ("met", NOBODY)
    assert result.metrics["time to detect"].reason == NOBODY
