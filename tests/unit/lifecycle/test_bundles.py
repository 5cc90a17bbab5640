"""Evidence at steady state, at detection and at the end, and nothing after a drill was closed."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from drills.errors import EngineError
from drills.journal.facts import EvidenceKept, Note
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.lifecycle.bundles import Bundles, told
from drills.lifecycle.plan import Watched
from drills.observers.monitoring import Monitoring
from drills.stack.data import Data, Node
from drills.stack.runtime import Container, Executed
from drills.stack.system import Diagnostic, Endpoint
from drills.testing import FakeDatabase, FakeRuntime, ManualClock
from tests.doubles.observed import Told

DATA = Data(
    writes="orders",
    final_read="SELECT 1",
    nodes={"db": Node(service="db", dsn="host={host} port={port}", role="primary")},
    statistics={"activity": "SELECT activity"},
)
WATCHED = Watched(
    entry=Endpoint("web", 80),
    journeys={},
    login=None,
    data=DATA,
    monitoring=Monitoring(),
    audited=False,
    diagnostics={"disk": Diagnostic(service="db", command=("df", "-h"))},
)


class World:
    """A stack of two containers on paper, whose evidence is kept."""

    def __init__(self, directory: Path) -> None:
        clock = ManualClock()
        self.runtime = FakeRuntime(clock, {"web": 1, "db": 1})
        self.runtime.ports["db", 5432] = ("127.0.0.1", 5432)
        self.runtime.answer("df", "-h", with_=Executed(0, b"/data 10M"))
        database = FakeDatabase()
        database.on("SELECT activity", [(1, "idle")])
        self.journal = Journal(directory / "drill", clock, Redactor())
        self.bundles = Bundles(WATCHED, self.runtime, database, self.journal)

    def kept(self) -> dict[str, str]:
        """What was kept, by its file's name."""
        return {
            fact.path.removeprefix("evidence/"): (self.journal.directory / fact.path).read_text()
            for fact in self.journal.timeline().all(EvidenceKept)
        }


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A stack on paper."""
    return World(tmp_path)


def test_everything_is_kept_beside_what_goes_on(world: World) -> None:
    """Logs, use, processes, what commands and the database say; under the moment's name."""
    world.bundles.begin("steady state")
    world.bundles.finish("steady state")
    kept = world.kept()
    assert kept.keys() == {
        f"steady-state-{name}.txt"
        for name in (
            *("db-1-log", "db-1-stats", "db-1-processes", "db-1-disk", "activity"),
            *("web-1-log", "web-1-stats", "web-1-processes"),
        )
    }
    assert kept["steady-state-db-1-disk.txt"] == "/data 10M"
    assert kept["steady-state-activity.txt"] == "1\tidle"
    facts = world.journal.timeline().all(EvidenceKept)
    assert {fact.moment for fact in facts} == {"steady state"}
    assert {fact.bundle for fact in facts} == {"logs", "system", "database"}


def test_a_moment_is_kept_once(world: World) -> None:
    """Whoever asks again changes nothing."""
    for _ in range(2):
        world.bundles.begin("detection")
        world.bundles.finish("detection")
    assert len(world.kept()) == 8


def test_what_cannot_be_had_says_why(world: World) -> None:
    """In the artefact itself: that it could not be had then is evidence."""
    world.runtime.answer("df", "-h", with_=Executed(1, b"no such device"))
    world.runtime.fail_next("logs", EngineError("the log driver is broken"))
    world.bundles.begin("detection")
    world.bundles.finish("detection")
    kept = world.kept()
    assert kept["detection-db-1-disk.txt"] == "not to be had: exit 1: no such device"
    assert "not to be had: the log driver is broken" in kept.values()
    assert len(kept) == 8


def test_nothing_is_kept_once_it_was_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is sealed then."""
    asked, go_on, logs = Event(), Event(), world.runtime.logs

    def waits(container: Container, tail: int) -> bytes:
        asked.set()
        assert go_on.wait(30)
        return logs(container, tail)

    monkeypatch.setattr(world.runtime, "logs", waits)
    world.bundles.begin("detection")
    assert asked.wait(30)
    world.bundles.stop(0)
    go_on.set()
    world.bundles.finish("detection")
    world.bundles.begin("another")
    assert world.kept() == {}


def test_what_comes_after_its_moment_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault may be in effect by then; that it is missing is told."""
    go_on, logs = Event(), world.runtime.logs

    def waits(container: Container, tail: int) -> bytes:
        assert go_on.wait(30)
        return logs(container, tail)

    monkeypatch.setattr(world.runtime, "logs", waits)
    world.bundles.begin("steady state")
    world.bundles.finish("steady state", within=0)
    go_on.set()
    world.bundles.stop(30)
    assert world.kept() == {}
    (note,) = world.journal.timeline().all(Note)
    assert note.text == "evidence at steady state: db-1 log and what follows it came too late"


@pytest.mark.parametrize(
    ("at", "state", "heard"),
    [
        (2.0, "firing", True),
        (2.0, "unhealthy", True),
        (2.0, "resolved", False),
        (0.5, "firing", False),
    ],
)
def test_detection_is_when_anything_tells_of_the_fault(at: float, state: str, heard: bool) -> None:
    """Any alert or health check, but none from before it."""
    seen = Told().fault(1.0).alert(at, state=state).seen()
    assert told(seen) is heard
    assert not told(Told().alert(2.0).seen())


def test_what_is_kept_at_detection_begins_with_the_first_alert(world: World) -> None:
    """And no earlier."""
    world.bundles.heed(Told().fault(1.0).seen())
    world.bundles.stop(30)
    assert world.kept() == {}
    world = World(world.journal.directory.parent / "another")
    world.bundles.heed(Told().fault(1.0).alert(2.0).seen())
    world.bundles.finish("detection")
    assert len(world.kept()) == 8
