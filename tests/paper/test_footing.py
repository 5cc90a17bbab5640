"""What a drill stands on gives way: it ends at once, inconclusive, and blames nobody."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drills.clock import SystemClock
from drills.errors import DrillError, EngineError, GroundGaveWay
from drills.faults import Stop
from drills.journal.facts import GroundFailed, Note, UndoFailed, UndoVerified
from drills.journal.journal import Journal
from drills.journal.sample import Outcome, Sample
from drills.lifecycle.drill import Drill
from drills.observers.footing import Footing
from drills.testing import ManualClock
from drills.units import NS
from tests.doubles.drilled import (
    DETECTED,
    FAILED_OVER,
    NOTHING_LOST,
    REPLICA,
    events,
    lasted_s,
    steady,
    texts,
    undone,
    wound_up,
)
from tests.doubles.world import World


class Ground:
    """A journal on a manual clock and what watches the ground."""

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock()
        self.journal = Journal(directory, self.clock)
        self.footing = Footing(self.journal, self.clock)

    def sample(self, lane: str = "reads") -> dict[str, list[Sample]]:
        """One answer of a lane, now."""
        now = self.clock.monotonic_ns()
        return {lane: [Sample(lane, 0, now, now, now, Outcome.OK)]}

    def events(self) -> list[str]:
        return [event.text for event in self.journal.timeline().all(GroundFailed)]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path / "drill")


class TestMachine:
    def test_one_that_was_suspended_saw_nothing_meanwhile(self, ground: Ground) -> None:
        """Told at the next look, with for how long."""
        ground.footing.check()
        ground.clock.suspend(75)
        with pytest.raises(GroundGaveWay, match="suspended for 75 s"):
            ground.footing.check()
        assert len(ground.events()) == 1

    @pytest.mark.parametrize("seconds", [3600, -3600])
    def test_a_wall_clock_that_was_set_harms_nothing(self, ground: Ground, seconds: float) -> None:
        """Spans are monotonic, and dates come from one anchor."""
        ground.footing.check()
        ground.clock.step_wall(seconds)
        ground.footing.check()

    def test_this_machine_tells_for_how_long_it_was_suspended(self) -> None:
        """Never less than nothing."""
        assert SystemClock().suspended_ns() >= 0


class TestProber:
    def test_one_that_tells_nothing_stands_still(self, ground: Ground) -> None:
        """Later than the quickest lane's time-out, since when is told."""
        ground.footing.expect_lane("reads", timeout=2.0, rate=10)
        ground.footing.expect_lane("exports", timeout=30.0, rate=1)
        seen = ground.sample()
        ground.clock.advance(30 + 5 + 0.9)
        ground.footing.watch_prober(seen, alive=True)
        ground.footing.check()
        ground.clock.advance(0.2)
        ground.footing.watch_prober(seen, alive=True)
        with pytest.raises(GroundGaveWay, match="told nothing for 36"):
            ground.footing.check()
        (event,) = ground.journal.timeline().all(GroundFailed)
        assert (ground.clock.monotonic_ns() - event.at_ns) / NS == pytest.approx(36.1)

    def test_without_a_lane_there_is_nothing_to_tell(self, ground: Ground) -> None:
        """Nor for one that was ended."""
        ground.footing.expect_lane("reads", timeout=2.0, rate=10)
        ground.footing.forget_lane("reads")
        ground.clock.advance(600)
        ground.footing.watch_prober({}, alive=True)
        ground.footing.check()


def test_only_what_gave_way_first_is_told(ground: Ground) -> None:
    """The rest follows from it."""
    ground.footing.gave_way("engine", "the engine is gone")
    ground.footing.watch_prober({}, alive=False)
    with pytest.raises(GroundGaveWay, match="the engine is gone"):
        ground.footing.check()
    assert ground.events() == ["the engine is gone"]


def prober_killed(_: World, drill: Drill) -> None:
    os.kill(drill.observers._prober.pid, signal.SIGKILL)
    drill.observers._prober._process.wait(30)  # type: ignore[union-attr]


def engine_gone(world: World, _: Drill) -> None:
    world.runtime.break_events("no container engine answers")


def engine_back(world: World, _: Drill) -> None:
    """It was started anew, and has forgotten what happened."""
    world.runtime.break_events("no container engine answers")
    world.runtime.resume_events(complete=False)


def watchdog_killed(_: World, drill: Drill) -> None:
    def gone() -> None:
        raise DrillError("the watchdog died")

    drill.footing._guard = gone


def suspended(_: World, drill: Drill) -> None:
    drill.footing._suspended_ns -= 9 * NS


@pytest.mark.parametrize(
    ("gives_way", "words"),
    [
        (prober_killed, "the prober died"),
        (engine_gone, "the engine is not heard: no container engine answers"),
        (engine_back, "the engine was not heard for"),
        (watchdog_killed, "the watchdog died"),
        (suspended, "suspended for 9 s"),
    ],
)
def test_a_drill_whose_ground_gives_way_ends_at_once(
    gives_way: Callable[[World, Drill], None], words: str, world: World, drills: Any
) -> None:
    """Undone and taken down; inconclusive and without a score, whatever was missed by then."""
    world.alerting = False
    drill: Drill = steady(drills(patience=600.0))
    with drill.inject(Stop(), REPLICA):
        gives_way(world, drill)
        with pytest.raises(GroundGaveWay, match=words) as noticed:
            drill.expect(DETECTED)
        result = drill.conclude(noticed.value)
    assert result.verdict == "inconclusive"
    assert result.reason.startswith("the ground gave way, not the system: ")
    assert result.score.value is None
    assert words in texts(drill, GroundFailed)
    assert undone(world, drill)
    wound_up(world, drill, result)


def test_a_fault_is_undone_though_the_ground_gives_way_while_it_lasts(
    world: World, drills: Any
) -> None:
    """Its block is left with an error, and without the fault."""
    world.alerting = False
    drill: Drill = steady(drills(hold=1.0))

    def breaks() -> None:
        with drill.inject(Stop(), REPLICA):
            suspended(world, drill)

    with pytest.raises(GroundGaveWay):
        breaks()
    assert undone(world, drill)


def test_a_stream_that_broke_and_lost_nothing_ends_no_drill(world: World, drills: Any) -> None:
    """A proxy closed it, say; that is noted."""
    drill: Drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        world.runtime.break_events("the stream ended")
        world.runtime.resume_events(complete=True)
        drill.expect(DETECTED)
    result = drill.conclude(None)
    assert result.verdict == "met"
    assert "what happened meanwhile was told afterwards" in texts(drill, Note)
    assert events(drill, GroundFailed) == []


def test_what_was_not_seen_to_the_end_is_named(world: World, drills: Any) -> None:
    """An engine that stays away."""
    drill: Drill = steady(drills(patience=0.1))
    world.runtime.break_events("no container engine answers")
    drill.conclude(None)
    assert "from then on nothing of it was seen" in texts(drill, Note)


def test_an_undo_that_failed_with_the_ground_and_was_proven_later_did_not_fail(
    world: World, drills: Any
) -> None:
    """The engine was started anew in between, and the stack is gone in the end."""
    world.alerting = False
    drill: Drill = steady(drills(undo_within=0.1))
    with drill.inject(Stop(), REPLICA):
        world.runtime.fail_next("start", EngineError("no container engine answers"))
        engine_gone(world, drill)
        with pytest.raises(GroundGaveWay) as noticed:
            drill.expect(DETECTED)
        result = drill.conclude(noticed.value)
    assert events(drill, UndoFailed)
    assert events(drill, UndoVerified)
    assert result.verdict == "inconclusive"


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_step_during_a_drill_changes_no_duration(
    seconds: int, world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set forward or back in the middle of it: each is as long as it took, and the step is told."""
    wall, time_ns = time.time, time.time_ns
    drill: Drill = steady(drills())
    drill.start_workload({"orders": 20.0})
    began_ns = time.monotonic_ns()
    with drill.inject(Stop(), REPLICA), monkeypatch.context() as later:
        later.setattr(time, "time", lambda: wall() + seconds)
        later.setattr(time, "time_ns", lambda: time_ns() + seconds * NS)
        for criterion in (DETECTED, FAILED_OVER, NOTHING_LOST):
            drill.expect(criterion)
        result = drill.conclude(None)
    passed = (time.monotonic_ns() - began_ns) / NS
    assert result.verdict == "met", result.reason
    assert f"the wall clock moved {seconds * 1000:+}.00 ms" in result.environment.clock
    for name in ("time to detect", "time to fail over", "time to recover"):
        metric = result.metrics[name]
        assert metric.low is not None
        assert metric.high is not None
        assert metric.high <= passed
        assert metric.low >= -passed
    assert lasted_s(result) <= passed
    spans = [span for each in result.availability.values() for span in each.outages]
    assert all(span.end_s is None or 0 <= span.end_s - span.start_s <= passed for span in spans)
