"""Coming back by itself: what a restart policy did, and nobody else."""

from __future__ import annotations

import pytest

from drills.journal.timeline import Json, Kind
from drills.judgement.restart import time_to_restart
from drills.judgement.verdict import Measured, Unmeasured
from tests.doubles.observed import Told, ns

INSTANCES = {"i1": "c1", "i2": "c2"}


def hit(told: Told, injection: str = "i1", at: float = 10) -> Told:
    """An instance of api dies at once."""
    container = INSTANCES[injection]
    return told.fault(
        at,
        error=0.1,
        injection=injection,
        service="api",
        container=container,
        restarts=0,
        undo={"operation": "start", "container_id": container},
    )


def started(told: Told, at: float, container: str = "c1") -> Told:
    """The engine tells that it runs again."""
    return told.tell(at, Kind.ENGINE, action="start", container_id=container, error_ns=0)


def undone(told: Told, at: float, injection: str = "i1", **facts: Json) -> Told:
    """The drill asks for a start, and sees that it runs."""
    told.tell(at, Kind.UNDO_CALLED, injection=injection)
    return told.tell(at + 0.1, Kind.UNDO_VERIFIED, "", {"injection": injection, **facts})


def test_counts_from_the_death_to_the_engine_s_own_start() -> None:
    """With the bounds of the death."""
    told = undone(started(hit(Told()), 13), 40, restarts=1)
    found = time_to_restart(told.seen(), "api")
    assert isinstance(found, Measured)
    assert found.interval.value == pytest.approx(3)
    assert [found.interval.low, found.interval.high] == pytest.approx([2.9, 3.1])
    assert "c1" in found.source


def test_of_two_instances_the_last_one_counts() -> None:
    """Each from its own death, and one that stays away is not made up for by the other."""
    both = hit(hit(Told(), "i1", 10), "i2", 12)
    alone = time_to_restart(started(both, 11).seen(), "api")
    assert isinstance(alone, Unmeasured)
    assert "c2 did not come back" in alone.reason
    together = time_to_restart(started(both, 17, "c2").seen(), "api")
    assert isinstance(together, Measured)
    assert together.interval.value == pytest.approx(5)


@pytest.mark.parametrize("told", [hit(Told()), undone(started(hit(Told()), 41), 40)])
def test_what_the_undo_started_did_not_come_back(told: Told) -> None:
    """It was watched for until the undo was called, or until now."""
    found = time_to_restart(told.seen(40), "api")
    assert isinstance(found, Unmeasured)
    assert found.at_least == pytest.approx(29.9)


def test_what_the_response_started_did_not_come_back_by_itself() -> None:
    """The runbook's restart of that service, from the moment it was begun."""
    told = started(hit(Told()), 25).tell(
        26, Kind.RESPONSE_STEP, action="restart", begun_ns=ns(20), detail={"service": "api"}
    )
    found = time_to_restart(told.seen(), "api")
    assert isinstance(found, Unmeasured)
    assert found.at_least == pytest.approx(9.9)
    other = started(hit(Told()), 25).tell(
        26, Kind.RESPONSE_STEP, action="restart", begun_ns=ns(20), detail={"service": "db"}
    )
    assert isinstance(time_to_restart(other.seen(), "api"), Measured)


def test_what_somebody_s_hand_started_did_not_come_back_by_itself() -> None:
    """The engine counts what its policy started; a start by hand begins that count anew."""
    found = time_to_restart(undone(started(hit(Told()), 13), 40, restarts=0).seen(), "api")
    assert isinstance(found, Unmeasured)
    assert "not by its restart policy" in found.reason


def test_of_a_service_that_nothing_happened_to_it_is_unmeasured() -> None:
    """So that a misspelt name is never met."""
    found = time_to_restart(hit(Told()).seen(), "apo")
    assert found == Unmeasured("no fault took effect on apo")
    assert isinstance(time_to_restart(Told().seen(), "api"), Unmeasured)
