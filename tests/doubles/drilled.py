"""What tests of whole drills ask of one."""

from __future__ import annotations

import json

from drills.faults.target import Target
from drills.journal.fact import Fact
from drills.journal.facts import UndoVerified
from drills.journal.timeline import F
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.result import DrillResult
from drills.lifecycle.drill import Drill
from tests.doubles.world import World

DETECTED = Criterion("we notice", "time to detect", Comparator.AT_MOST, 300)
FAILED_OVER = Criterion("reads go on", "time to fail over", Comparator.AT_MOST, 300)
NOTHING_LOST = Criterion("nothing is lost", "lost writes", Comparator.EXACTLY, 0)
READ = Criterion("they read", "availability", Comparator.AT_LEAST, 0.5, "reads")
STREAMS = Criterion("streams again", "replication lag", Comparator.AT_MOST, 1)
REPLICA = Target("replica")


def steady(drill: Drill) -> Drill:
    drill.reach_steady_state()
    return drill


def events(drill: Drill, *facts: type[F]) -> list[F]:
    return drill.journal.timeline().all(*facts)


def texts(drill: Drill, fact: type[Fact]) -> str:
    return "\n".join(told.text for told in events(drill, fact))


def wound_up(world: World, drill: Drill, result: DrillResult) -> None:
    """Nothing is left of it but its report, which is on disk."""
    folder = drill.journal.directory
    assert not world.stack.is_up
    assert (folder / "report.html").stat().st_size > 0
    assert (folder / "incident.md").stat().st_size > 0
    assert json.loads((folder / "drill.json").read_text("utf-8"))["verdict"] == result.verdict
    assert (folder.parent / "latest").resolve() == folder.resolve()
    if drill.watching:
        assert not drill.observers._prober.alive


def lasted_s(result: DrillResult) -> float:
    """For how long the one fault was in effect."""
    (fault,) = result.faults
    assert fault.lasted_s is not None
    return fault.lasted_s


def undone(world: World, drill: Drill) -> bool:
    return world.replicates and len(events(drill, UndoVerified)) == 1
