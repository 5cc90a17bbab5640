"""A drill on paper that dies where a test says, and the engine that it leaves behind."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from drills.clock import Clock
from drills.errors import DrillError
from drills.faults import Freeze, Kill
from drills.faults.fault import Fault
from drills.faults.injection import Injector
from drills.faults.rollback import RollbackStack
from drills.faults.target import BlastRadius, Target
from drills.journal.facts import DrillStarted, FaultIntended, UndoVerified
from drills.journal.journal import Journal, Listener, read_timeline
from drills.journal.timeline import Event
from drills.lifecycle.closing import anchored
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.heal import Healed, Healer
from drills.lifecycle.watchdog.registry import Claim, project_of
from drills.observers.engine import EngineWatch
from drills.stack.engines.lease import Remains
from drills.stack.runtime import DRILL_LABEL, Runtime
from drills.testing import FakeRuntime, ManualClock

# The machine sees which drills live, so each process that runs tests has one of its own; not its
# children, nor does each worker of one run share the controller's.
_RUN = os.environ.setdefault("PAPER_DRILL", secrets.token_hex(4))
DRILL = _RUN + os.environ.get("PYTEST_XDIST_WORKER", "")
PROJECT = project_of(DRILL)
WHO = "the test"


class Died(BaseException):
    """In the place of SIGKILL: nobody catches it, and what it meets is left as it is."""


class PaperGround:
    """An engine on paper. ``trouble`` is what ``ready`` raises, ``stuck`` what ``clear`` does.

    ``remains`` is what it has of drills at each look, of which the last one stays.
    """

    def __init__(self, fake: FakeRuntime) -> None:
        self.fake = fake
        self.attached = ""  # the project that the drill visits
        self.trouble: DrillError | None = None
        self.stuck: DrillError | None = None
        self.remains: list[dict[str, Remains]] = [{}]
        self.cleared: list[tuple[str, str]] = []

    def ready(self) -> None:
        if self.trouble:
            raise self.trouble

    def runtime(self, project: str) -> Runtime:
        assert project == PROJECT
        return self.fake

    def visited(self, project: str, drill_id: str) -> Runtime:
        assert (project, drill_id) == (self.attached, DRILL)
        return self.fake

    def clear(self, project: str, drill_id: str) -> None:
        if self.stuck:
            raise self.stuck
        self.cleared.append((project, drill_id))
        for container in self.fake.containers():
            self.fake.vanish(container)

    def drills(self) -> Mapping[str, Remains]:
        self.ready()
        return self.remains.pop(0) if len(self.remains) > 1 else self.remains[0]


class Paper:
    """A drill with two faults in effect (a killed app, a frozen replica), and its healer."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = ManualClock()
        self.runtime = FakeRuntime(self.clock, {"app": 1, "replica": 1})
        self.runtime.labels[DRILL_LABEL] = DRILL
        self.ground = PaperGround(self.runtime)

    def begin(self, listener: Listener | None = None) -> Claim:
        """Run the drill into both faults, or until ``listener`` raises; returns its entry."""
        held = registry.register(DRILL, self.directory, PROJECT)
        journal = Journal(self.directory, self.clock)
        if listener is not None:
            journal.listen(listener)
        watch = EngineWatch(self.runtime, journal)
        try:
            self._run(journal, watch)
        except Died:
            held.release()
        finally:
            watch.stop()
            journal.close()
        return held

    def _run(self, journal: Journal, watch: EngineWatch) -> None:
        anchored(journal, self.clock, DrillStarted(id=DRILL, schema=2))
        rollbacks = RollbackStack(self.runtime, journal, self.clock)
        radius = BlastRadius(("app", "replica"), 2)
        injector = Injector(self.runtime, watch, rollbacks, radius, journal, self.clock)
        faults: list[tuple[Fault, str]] = [(Kill(), "app"), (Freeze(), "replica")]
        for fault, service in faults:
            injector.inject(fault, Target(service), DRILL)

    def died(self) -> registry.Entry:
        """The entry of the drill after its process died in the middle of both faults."""
        held = self.begin()
        held.release()
        return held.entry

    def healer(self, hear: Listener | None = None, clock: Clock | None = None) -> Healer:
        return Healer(lambda *_: self.ground, clock or self.clock, hear)

    def heal(self, hear: Listener | None = None) -> Healed:
        """Heal the one drill that died."""
        (healed,) = self.healer(hear).heal_all(WHO)
        return healed

    def calls(self) -> list[str]:
        """What was done to the containers since the last look, in order."""
        done = [f"{call.method} {call.container}" for call in self.runtime.calls]
        self.runtime.calls.clear()
        return done


def dies_at(count: int) -> Callable[[Event], None]:
    """A listener that dies right after the event of that number (from 0) was written."""
    seen = [0]

    def hear(_: Event) -> None:
        if seen[0] == count:
            raise Died
        seen[0] += 1

    return hear


def undone(injection: str) -> UndoVerified:
    return UndoVerified(injection=injection, proof="running", exists=True)


def unfinished(paper: Paper) -> list[FaultIntended]:
    """The faults that the journal tells no end of."""
    timeline = read_timeline(paper.directory)
    done = {event.injection for event in timeline.all(UndoVerified)}
    return [event for event in timeline.all(FaultIntended) if event.injection not in done]
