"""How a drill under way stands, at one look."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Kind
from drills.judgement.criterion import Comparator, Criterion
from drills.judgement.metrics import METRICS
from drills.judgement.standing import Served, standing
from tests.doubles.observed import Told, lane, replicating

REPLICATION = "replication"


def verdicts(told: Told, until: float = 30) -> dict[str, str]:
    seen = told.seen(until, {REPLICATION: replicating((10, 60), until=until)})
    return {one.name: one.verdict for one in standing(seen).criteria}


def declared(*criteria: Criterion) -> Told:
    told = Told().fault(10)
    for one in criteria:
        told.tell(11, Kind.CRITERION, one.name, one.stated().data())
    return told


def test_customers_success_is_that_of_the_last_seconds() -> None:
    """What went wrong before is over, and a lane that is not asked has no customers."""
    told = Told().tell(1, Kind.LANE_STARTED, lane="reads").tell(1, Kind.LANE_STARTED, lane="orders")
    samples = {
        "reads": lane("reads", 1, 30, [(2, 15), (25, 26)]),
        "orders": [],
        REPLICATION: replicating(until=30),
    }
    served = standing(told.seen(30, samples)).served
    assert served == {"orders": Served(0, 0), "reads": Served(91, 101)}


def test_what_a_drill_can_know_by_now_is_decided() -> None:
    """The alert came in time; a limit on time that is over is missed, whatever comes."""
    noticed = Criterion("noticed", "time to detect", Comparator.AT_MOST, 5)
    told = declared(noticed)
    assert verdicts(told, until=12) == {"noticed": "inconclusive"}
    assert verdicts(told, until=17) == {"noticed": "missed"}
    assert verdicts(told.alert(12)) == {"noticed": "met"}


def test_a_replica_that_does_not_stream_yet_may_still_do_so() -> None:
    """As the drill waits for it, so it is shown: open."""
    lag = Criterion("streams", "replication lag", Comparator.AT_MOST, 1)
    assert verdicts(declared(lag).undone(20)) == {"streams": "inconclusive"}


@pytest.mark.parametrize("name", [n for n, each in METRICS.items() if not each.decides])
def test_what_only_the_end_decides_is_open(name: str) -> None:
    """Nothing is green while the drill runs that may be red when it is read back."""
    one = Criterion("in the end", name, Comparator.AT_LEAST, 0, "reads")
    assert verdicts(declared(one)) == {"in the end": "inconclusive"}


def test_what_was_not_reached_yet_is_there_and_open() -> None:
    """After those that were; a criterion that nobody can read is left to the judge."""
    noticed = Criterion("noticed", "time to detect", Comparator.AT_MOST, 5)
    told = declared(noticed).alert(12)
    told.tell(0, Kind.DECLARED, "", {**noticed.stated().data(), "sentence": "we are told"})
    told.tell(0, Kind.DECLARED, "", sentence="all is well")
    told.tell(13, Kind.CRITERION, "torn", comparator="nearly")
    assert verdicts(told) == {"noticed": "met", "all is well": "inconclusive"}
