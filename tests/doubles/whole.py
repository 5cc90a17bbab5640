"""A whole drill to judge, made by hand: fault, alert, response, undo, end."""

from __future__ import annotations

from drills.journal.observed import REPLICATION
from drills.journal.timeline import Json, Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.metric import Observations
from tests.doubles.observed import STARTED, Told, lane, replicating, sample

SAMPLES = {
    "orders": [sample("orders", at / 2, subject=f"w{at}") for at in range(80)],
    "reads": lane("reads", 0, 40, [(10, 12)]),
    REPLICATION: replicating((10, 20), until=40),
}
FINAL = {
    "postgres": {f"w{at}": 1 for at in range(80)},
    "replica": {f"w{at}": 1 for at in range(80)},
}
ANCHOR: dict[str, Json] = {"wall_ns": STARTED["wall_ns"], "error_ns": 0}
LOST = Criterion("No order is lost", "lost orders", Comparator.EXACTLY, 0)
NOTICED = Criterion("We notice", "time to detect", Comparator.AT_MOST, 5)


def whole_drill(*criteria: Criterion) -> Told:
    """A drill as it should be: fault, alert, response, undo, end."""
    told = Told().tell(1, Kind.STEADY).tell(1, Kind.LANE_STARTED, lane="reads")
    told.tell(2, Kind.STACK_READY, engine="26.1", images={"app": "sha256:1"})
    told.fault(10).alert(12).tell(13, Kind.RESPONSE_STARTED)
    for criterion in criteria:
        told.tell(11, Kind.CRITERION, criterion.name, criterion.stated().data())
    told.tell(14, Kind.RESPONSE_STEP, "pointed", action="point", acts=True)
    told.tell(15, Kind.RESPONSE_ENDED).tell(18, Kind.UNDO_CALLED, injection="i1")
    told.tell(19, Kind.UNDO_VERIFIED, "it runs", injection="i1").tell(39, Kind.LANES_ENDED)
    return told.tell(39, Kind.FINAL_READ)


def ended(told: Told, status: str = "completed", **data: Json) -> Told:
    return told.tell(40, Kind.DRILL_ENDED, "", {"status": status, **ANCHOR, **data})


def seen(told: Told) -> Observations:
    return told.seen(39, SAMPLES, FINAL)
