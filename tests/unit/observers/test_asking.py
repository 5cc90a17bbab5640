"""A journey that this process asks: due instants that nothing moves, a sample for each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from drills.clock import SystemClock
from drills.errors import DrillError, EngineError
from drills.journal.observed import NO_OUTCOME
from drills.journal.sample import Outcome, Sample
from drills.journal.samples import read_samples
from drills.observers.asking import IN_FLIGHT, AskedLane, Asker, Inquiry
from drills.testing import ManualClock

RIGHT = (Outcome.OK, "")


class Later(Executor):
    """Runs what it is given when the test says."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        self.waiting.append(lambda: fn(*args))
        return Future()

    def run(self) -> None:
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            one()


class Scene:
    """One lane on a clock that the test moves; ``answer`` is what the next questions come to."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = ManualClock()
        self.pool = Later()
        self.answer: tuple[Outcome, str] | Exception = RIGHT
        self.takes = 0.0
        self.asked: list[tuple[str, float]] = []
        self.lane: AskedLane

    def begin(self, **changes: Any) -> None:
        words = {"name": "jobs", "rate": 1.0, "timeout": 2.0, "slow": 1.0, "ask": self.ask}
        inquiry = Inquiry(**{**words, **changes})
        self.stalls: list[tuple[int, int]] = []
        self.lane = AskedLane(inquiry, self.directory, self.clock, self.pool, self.stalled)

    def stalled(self, at_ns: int, gap_ns: int) -> None:
        self.stalls.append((at_ns, gap_ns))

    def ask(self, subject: str, left: float) -> tuple[Outcome, str]:
        self.asked.append((subject, left))
        self.clock.advance(self.takes)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def after(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.lane.meet_due()

    def samples(self) -> list[Sample]:
        return list(read_samples(self.directory)["jobs"])

    def told(self) -> list[tuple[str, str]]:
        return [(sample.outcome.value, sample.detail) for sample in self.samples()]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_what_is_due_is_asked_once(scene: Scene) -> None:
    """At its instant, with the time that it has left, and its sample says so."""
    scene.begin()
    scene.after(0.9)
    assert not scene.pool.waiting
    scene.after(0.1)
    scene.clock.advance(0.25)
    scene.pool.run()
    assert scene.asked == [("", 1.75)]
    (sample,) = scene.samples()
    assert (sample.outcome, sample.latency, sample.subject) == (Outcome.OK, 0.25, "")


@pytest.mark.parametrize(
    ("takes", "answer", "told"),
    [
        (0.5, RIGHT, ("ok", "")),
        (1.5, RIGHT, ("slow", "")),
        (2.5, RIGHT, ("timeout", "answered too late")),
        (0.5, (Outcome.WRONG, "0 rows"), ("wrong", "0 rows")),
        (2.5, (Outcome.ERROR, "exit code 1"), ("timeout", "exit code 1")),
        (2.5, (Outcome.REFUSED, "no container"), ("refused", "no container")),
        (0.1, EngineError("the engine is gone"), ("error", "the engine is gone")),
        (0.1, ZeroDivisionError("oh"), ("error", "ZeroDivisionError: oh")),
    ],
)
def test_what_it_comes_to_is_told(
    scene: Scene, takes: float, answer: Any, told: tuple[str, str]
) -> None:
    """Too late is too late, whatever is said then; a program's own mistake is no success."""
    scene.takes, scene.answer = takes, answer
    scene.begin()
    scene.after(1)
    scene.pool.run()
    assert scene.told() == [told]


def test_a_request_whose_time_is_over_is_told_before_it_ends(scene: Scene) -> None:
    """Once, and what comes later changes nothing; until then it is in flight."""
    scene.begin(rate=0.1)
    scene.after(10)
    scene.after(1.9)
    assert "jobs" in read_samples(scene.directory)
    assert scene.samples() == []
    scene.after(0.1)
    assert scene.told() == [("timeout", "no answer")]
    scene.pool.run()
    assert scene.told() == [("timeout", "no answer")]


def test_nothing_piles_up(scene: Scene) -> None:
    """What is due while too much is in flight is dropped, which counts as failed."""
    scene.begin(timeout=60.0)
    for _ in range(IN_FLIGHT + 1):
        scene.after(1)
    assert len(scene.pool.waiting) == IN_FLIGHT
    assert scene.told() == [("dropped", f"{IN_FLIGHT} in flight")]
    scene.pool.run()
    scene.after(1)
    assert len(scene.pool.waiting) == 1


def test_a_process_that_stood_still_asks_nothing_late(scene: Scene) -> None:
    """What it missed is told as its own stall, and the schedule does not move."""
    scene.begin(rate=2.0)
    scene.after(3.2)
    assert scene.told() == [("dropped", "prober stalled")] * 5
    assert len(scene.pool.waiting) == 1
    assert scene.lane.due_ns - scene.clock.monotonic_ns() == 300_000_000
    assert scene.stalls == [(scene.clock.monotonic_ns(), 2_700_000_000)]


def test_a_write_has_an_id_that_is_noted_first(scene: Scene) -> None:
    """So a drill that dies amid one knows that it may be there."""
    scene.begin(writes=True)
    scene.after(1)
    (sample,) = read_samples(scene.directory, final=True)["jobs"]
    assert (sample.outcome, sample.detail) == (Outcome.TIMEOUT, NO_OUTCOME)
    scene.pool.run()
    assert [subject for subject, _ in scene.asked] == [sample.subject]
    (sample,) = read_samples(scene.directory, final=True)["jobs"]
    assert (sample.outcome, len(sample.subject)) == (Outcome.OK, 36)


def test_what_ends_after_the_files_are_closed_stays_without_an_outcome(scene: Scene) -> None:
    """Nobody waits for ever for an engine that hangs."""
    scene.begin(writes=True)
    scene.after(1)
    scene.lane.finish(0.0)
    scene.pool.run()
    (sample,) = read_samples(scene.directory, final=True)["jobs"]
    assert (sample.outcome, sample.detail) == (Outcome.TIMEOUT, NO_OUTCOME)


def test_an_asker_asks_until_it_is_stopped(tmp_path: Path) -> None:
    """On threads of its own, in real time; stopping twice is no error."""
    asker, answered = Asker(tmp_path, SystemClock(), lambda *_: None), threading.Event()

    def ask(_subject: str, _left: float) -> tuple[Outcome, str]:
        answered.set()
        return RIGHT

    asker.add(Inquiry("jobs", 50.0, 30.0, 30.0, ask))
    assert answered.wait(30)
    asker.stop("jobs")
    asker.stop("jobs")
    asker.end()
    samples = read_samples(tmp_path)["jobs"]
    assert Outcome.OK in {sample.outcome for sample in samples}
    asker.end()


def test_a_name_is_asked_once(tmp_path: Path) -> None:
    """A second lane of that name would write over the first one's samples."""
    asker = Asker(tmp_path, SystemClock(), lambda *_: None)
    inquiry = Inquiry("jobs", 1.0, 1.0, 1.0, lambda *_: RIGHT)
    asker.add(inquiry)
    with pytest.raises(DrillError, match=r"cannot create .*jobs\.jsonl"):
        asker.add(inquiry)
    asker.end()
