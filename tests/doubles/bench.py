"""What the acting parts of a drill stand on in these tests: a fake runtime and a real journal."""

from __future__ import annotations

from pathlib import Path

from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius
from drills.journal.facts import DrillStarted, FaultIntended
from drills.journal.journal import Journal, read_timeline
from drills.journal.timeline import F, Kind
from drills.observers.engine import EngineWatch
from drills.stack.runtime import DRILL_LABEL
from drills.testing import FakeRuntime, ManualClock


def intended(injection: str = "d-1", text: str = "a fault") -> FaultIntended:
    """A fault of which nothing else is known."""
    return FaultIntended(text, injection=injection, fault="stop", service="app", container="app-1")


class Bench:
    """Two app instances and a replica on paper, with rollbacks and an injector around them."""

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock()
        self.runtime = FakeRuntime(self.clock, {"app": 2, "replica": 1})
        self.runtime.labels[DRILL_LABEL] = "d"
        self.journal = Journal(directory, self.clock)
        self.journal.write(DrillStarted("began", alerts=("ReplicaDown",)))
        self.rollbacks = RollbackStack(self.runtime, self.journal, self.clock)
        self.watch = EngineWatch(self.runtime, self.journal)

    def injector(self, *services: str, at_once: int = 1) -> Injector:
        radius = BlastRadius(services or ("app", "replica"), at_once)
        return Injector(self.runtime, self.watch, self.rollbacks, radius, self.journal, self.clock)

    def on_disk(self, *facts: type[F]) -> list[F]:
        """What another process would read of the journal now."""
        return read_timeline(self.journal.directory).all(*facts)

    def kinds(self) -> list[Kind]:
        """The kinds written so far, in the order of writing."""
        events = sorted(self.journal.timeline(), key=lambda event: event.seq)
        return [event.kind for event in events]

    def event(self, fact: type[F]) -> F:
        """The one fact of that class."""
        (told,) = self.journal.timeline().all(fact)
        return told
