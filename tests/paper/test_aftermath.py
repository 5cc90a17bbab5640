"""The end of a drill, whatever happened in it: undone, judged, reported, and nothing left."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable
from threading import Barrier
from types import FrameType
from typing import Any

import pytest

from drills.errors import (
    DrillError,
    EngineError,
    JournalError,
)
from drills.faults import Freeze, Stop
from drills.journal.facts import ErrorNote, FinalReadDone, Note, Phase
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.judge import judge_directory
from drills.observers.health import HealthWatch
from drills.observers.pager import PagerWatch
from drills.reporting.verify import verify
from drills.stack.runtime import Container
from tests.doubles.drilled import (
    DETECTED,
    FAILED_OVER,
    REPLICA,
    events,
    steady,
    texts,
    undone,
    wound_up,
)
from tests.doubles.world import World


def test_a_step_that_raises(world: World, drills: Any) -> None:
    """Undone, watched to its recovery, judged, down; and never met."""
    drill = steady(drills())
    drill.start_workload({"orders": 20.0})
    error = TypeError("a bug in a step")
    with drill.inject(Stop(), REPLICA):
        drill.expect(DETECTED)
        result = drill.conclude(error)
    assert (result.verdict, result.status) == ("inconclusive", "aborted")
    assert result.reason == "TypeError: a bug in a step"
    assert undone(world, drill)
    assert events(drill, FinalReadDone)
    wound_up(world, drill, result)


def test_ctrl_c_in_a_step_and_again_while_undoing(world: World, drills: Any) -> None:
    """Undone all the same, aborted, reported, down; nobody waits for recovery."""
    drill = steady(drills())
    first, second = KeyboardInterrupt("first"), KeyboardInterrupt("second")
    with drill.inject(Stop(), REPLICA):
        world.runtime.fail_next("start", second)  # type: ignore[arg-type]
        result = drill.conclude(first)
    assert (result.verdict, result.status) == ("inconclusive", "aborted")
    assert result.reason == "interrupted: first"
    assert undone(world, drill)
    assert drill.interrupt is second
    assert "recovery" not in [event.phase for event in events(drill, Phase)]
    wound_up(world, drill, result)


@pytest.mark.parametrize("method", ["logs", "stats"])
def test_ctrl_c_while_evidence_is_collected(world: World, drills: Any, method: str) -> None:
    """What was collected by then is kept; the run is left once all is down."""
    drill = steady(drills())
    world.runtime.fail_next(method, KeyboardInterrupt())  # type: ignore[arg-type]
    result = drill.conclude(None)
    assert result.status == "aborted"
    assert isinstance(drill.interrupt, KeyboardInterrupt)
    wound_up(world, drill, result)


def test_ctrl_c_while_the_stack_goes_down(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is raised when all is gone; the report is written all the same."""
    drill = steady(drills())
    down = world.stack.down

    def interrupted() -> None:
        down()
        raise KeyboardInterrupt

    monkeypatch.setattr(world.stack, "down", interrupted)
    result = drill.conclude(None)
    assert isinstance(drill.interrupt, KeyboardInterrupt)
    assert result.status == "aborted"
    wound_up(world, drill, result)


class Struck:
    """Ctrl-C at the so-manieth line that this thread runs of the rooms that end a drill."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.settrace(self._entered)

    def __exit__(self, *exception: object) -> None:
        sys.settrace(None)
        signal.signal(signal.SIGINT, self._before)

    def _entered(self, frame: FrameType, event: str, arg: object) -> Any:
        of = frame.f_globals.get("__name__", "")
        return (
            self._line if of in ("drills.lifecycle.aftermath", "drills.lifecycle.drill") else None
        )

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
        return self._line


@pytest.mark.parametrize(
    "at",
    [
        *range(3, 10),
        *range(25, 420, 30),
        *(pytest.param(at, marks=pytest.mark.thorough) for at in range(10, 420, 30)),
    ],
)
def test_ctrl_c_at_any_moment_of_the_end(world: World, drills: Any, at: int) -> None:
    """Wherever it comes, in a part or between two: all is undone, down, judged and sealed."""
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA), Struck(at) as struck:
        try:
            drill.conclude(None)
        except KeyboardInterrupt as error:  # it came when all was done
            drill.interrupt = drill.interrupt or error
    assert isinstance(drill.interrupt, KeyboardInterrupt), struck
    assert undone(world, drill)
    assert verify(drill.journal.directory) == []
    wound_up(world, drill, judge_directory(drill.journal.directory))


@pytest.mark.parametrize("part", ["undo", "stand_down", "settle", "down"])
def test_a_time_out_of_the_test_is_raised_when_all_is_down(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """pytest-timeout fails a test with what is no Exception; swallowed, the test would pass."""
    drill = steady(drills())
    owner: Any = world.stack if part == "down" else drill
    inner = getattr(owner, part)
    struck: list[BaseException] = []

    def overdue(*arguments: Any) -> None:
        if not struck:
            struck.append(pytest.fail.Exception("Timeout (>60.0s) from pytest-timeout."))
            raise struck[0]
        inner(*arguments)

    def gone() -> None:
        inner()
        overdue()

    monkeypatch.setattr(owner, part, gone if part == "down" else overdue)
    with drill.inject(Stop(), REPLICA):
        result = drill.conclude(None)
    assert drill.interrupt is struck[0]
    assert (result.status, result.verdict) == ("aborted", "inconclusive")
    assert undone(world, drill)
    wound_up(world, drill, result)


def test_an_error_that_is_none_of_ours_is_kept_for_the_end(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one, whatever else goes wrong; the rest is done all the same."""
    drill = steady(drills())
    bug = TypeError("a bug")
    world.runtime.fail_next("logs", bug)  # type: ignore[arg-type]
    monkeypatch.setattr(drill, "stand_down", failing_with(bug))
    monkeypatch.setattr(drill, "settle", failing_with(OSError("another")))
    with drill.inject(Stop(), REPLICA):
        result = drill.conclude(None)
    assert drill.unexpected is bug
    assert drill.interrupt is None
    wound_up(world, drill, result)


def failing_with(error: Exception) -> Callable[..., None]:
    def fail(*_arguments: Any) -> None:
        raise error

    return fail


def test_a_step_that_fails_the_test_does_not_hurry_the_end(world: World, drills: Any) -> None:
    """``pytest.fail`` in a step is no time-out: the system recovers and the databases are read."""
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        result = drill.conclude(pytest.fail.Exception("the page is empty"))
    assert drill.interrupt is None
    assert events(drill, FinalReadDone)
    wound_up(world, drill, result)


def test_a_drill_is_concluded_once(world: World, drills: Any) -> None:
    """Its record is sealed: a second conclusion would read as tampering."""
    drill = steady(drills())
    drill.conclude(None)
    before = {path: path.read_bytes() for path in drill.journal.directory.glob("*.*")}
    with pytest.raises(JournalError, match=r"concluded already, its record is sealed"):
        drill.conclude(None)
    assert before == {path: path.read_bytes() for path in drill.journal.directory.glob("*.*")}
    assert verify(drill.journal.directory) == []


def test_one_ctrl_c_in_the_recovery_leaves_out_the_final_read(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who wants to leave does not wait for databases."""
    drill = steady(drills())

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(drill, "settle", interrupted)
    with drill.inject(Stop(), REPLICA):
        result = drill.conclude(None)
    assert events(drill, FinalReadDone) == []
    assert undone(world, drill)
    wound_up(world, drill, result)


def test_a_fault_that_cannot_be_undone_fails_the_drill(world: World, drills: Any) -> None:
    """Missed, with what to do by hand; and once concluded nobody tries again."""
    drill = steady(drills(undo_within=0.2, patience=0.2))
    with drill.inject(Freeze(), REPLICA):
        world.runtime.ignore_next("unpause", times=9)
        result = drill.conclude(None)
        calls = len(world.runtime.calls)
    assert result.verdict == "missed"
    assert "By hand: docker unpause fake-replica-1" in result.reason
    assert len(world.runtime.calls) == calls
    wound_up(world, drill, result)


def test_evidence_that_cannot_be_had_does_not_stop_the_rest(world: World, drills: Any) -> None:
    """What is missing is told, with its reason."""
    drill = steady(drills())
    world.runtime.fail_next("logs", EngineError("the log driver is broken"))
    world.service.on("/health", (500, "gone"))
    result = drill.conclude(None)
    names = {item.name for item in result.evidence if item.moment == "end"}
    assert "pg_stat_activity" in names
    assert len([name for name in names if name.endswith(" log")]) == 5
    told = texts(drill, ErrorNote)
    assert re.search(r"evidence \S+-\d log: the log driver is broken", told)
    assert "evidence health: /health: 500" in told


def test_evidence_is_asked_for_several_at_a_time_and_kept_in_order(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two logs are only had where somebody asks for both; they are told as containers are."""
    drill, both, logs = steady(drills()), Barrier(2, timeout=30), world.runtime.logs

    def together(container: Container, tail: int) -> bytes:
        if container.service == "app":
            both.wait()
        return logs(container, tail)

    monkeypatch.setattr(world.runtime, "logs", together)
    names = [item.name for item in drill.conclude(None).evidence if item.moment == "end"]
    kept = [name for name in names if name.endswith(" log")]
    services = [f"{one.service}-{one.instance}" for one in world.runtime.containers()]
    assert kept == [f"{service} log" for service in services]


def test_who_watches_is_ended_together(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits for its last answer, and none for another's."""
    drill, both = steady(drills()), Barrier(2, timeout=30)
    for watch in (PagerWatch, HealthWatch):
        stop = watch.stop

        def together(self: Any, stop: Callable[[Any], None] = stop) -> None:
            both.wait()
            stop(self)

        monkeypatch.setattr(watch, "stop", together)
    result = drill.conclude(None)
    assert not both.broken
    wound_up(world, drill, result)


def test_patience_bounds_the_wait_for_what_never_comes(world: World, drills: Any) -> None:
    """The limit of five minutes had not passed by then, so it is inconclusive."""
    world.alerting = False
    drill = steady(drills(patience=0.2))
    with drill.inject(Stop(), REPLICA):
        drill.expect(DETECTED)
        result = drill.conclude(None)
    assert "patience ended: we notice: not within 200 ms" in texts(drill, Note)
    (criterion,) = result.criteria
    assert (criterion.verdict, result.verdict) == ("inconclusive", "inconclusive")
    assert "no alert ReplicaDown reached the pager" in criterion.reason


def test_a_limit_that_passed_unseen_is_missed(world: World, drills: Any) -> None:
    """Waiting ends with the limit, however much patience is left."""
    world.alerting = False
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        drill.expect(Criterion("we notice", "time to detect", Comparator.AT_MOST, 0.1))
        result = drill.conclude(None)
    assert result.verdict == "missed"
    assert "patience ended: we notice" not in texts(drill, Note)


def test_a_drill_whose_prober_died_is_blind_and_ends(world: World, drills: Any) -> None:
    """It would wait in vain for what it cannot see."""
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        prober = drill.observers._prober._process
        assert prober
        prober.kill()
        prober.wait()
        with pytest.raises(DrillError, match="the prober died") as blind:
            drill.expect(FAILED_OVER)
        result = drill.conclude(blind.value)
    assert result.verdict == "inconclusive"
    assert undone(world, drill)
    wound_up(world, drill, result)


def test_a_full_disk_leaves_nothing_running(world: World, drills: Any) -> None:
    """The fault is undone and the stack is down, though nothing of it can be written."""
    drill = steady(drills())
    with drill.inject(Stop(), REPLICA):
        drill.journal.close()
        result = drill.conclude(None)
    assert result.status == "crashed"
    assert world.replicates
    wound_up(world, drill, result)


def test_a_report_that_cannot_be_written_costs_no_verdict(
    world: World, drills: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was judged is known, the stack is down, and why there is no report is told."""
    drill = steady(drills())

    def broken(*_: object) -> None:
        raise JournalError("no space left on device")

    monkeypatch.setattr("drills.lifecycle.closing.write_report", broken)
    result = drill.conclude(None)
    assert result.verdict == "inconclusive"
    assert drill.unwritten == "no space left on device"
    assert not world.stack.is_up
