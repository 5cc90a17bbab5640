"""Whether backups agree with the ledger, as the journal and what was read of them tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from drills.journal.sample import Outcome
from drills.journal.timeline import Kind
from drills.judgement.metric import Observations
from drills.judgement.verdict import Measured
from drills.stack.database import Holding
from drills.units import Interval
from tests.doubles.observed import Told, interval, measure, ns, sample, unmeasured

ALL, EMERGENCY = "backup differences", "emergency backup differences"
WRITES = [sample("orders", at, subject=f"w{at}") for at in (1, 2, 12, 14)]
REFUSED = sample("orders", 3, Outcome.REFUSED, subject="w3")


def backed_up(told: Told, at: float, reason: str = "") -> int:
    """A backup that took a second; returns its number."""
    instants = {"begun_ns": ns(at), "ended_ns": ns(at + 1)}
    facts = {"service": "postgres", "database": "erp", "file": f"/b{at:g}", "reason": reason}
    told.tell(at + 1, Kind.BACKED_UP, "", {**facts, **instants})
    return len(told.events) - 1


def read(told: Told, backup: int, key: str = "1", reason: str = "") -> None:
    """It was restored and read, or could not be."""
    told.tell(15, Kind.BACKUP_READ, backup=backup, database="scratch", read=key, reason=reason)


def seen(told: Told, **backups: Holding) -> Observations:
    """Everything, and what was read of backups."""
    held: Mapping[str, Holding] = {key.lstrip("_"): held for key, held in backups.items()}
    return replace(told.seen(20, {"orders": [*WRITES, REFUSED]}), backups=held or None)


@pytest.mark.parametrize(
    ("held", "differences"),
    [
        ({"w1": 1, "w2": 1}, 0),
        ({"w1": 1, "w2": 1, "w12": 1}, 0),
        ({"w1": 1}, 1),
        ({}, 2),
        ({"w1": 1, "w2": 2}, 1),
        ({"w1": 1, "w2": 1, "w14": 1}, 1),
    ],
    ids=["all", "one that came meanwhile", "one short", "empty", "one twice", "one from later"],
)
def test_a_backup_is_held_against_what_was_acknowledged_before_it(
    held: Holding, differences: int
) -> None:
    """What came while it was made may be in it; what was sent after that may not."""
    told = Told().fault(10)
    read(told, backed_up(told, 11.5))
    for name in (ALL, EMERGENCY):
        assert interval(name, seen(told, _1=held)) == Interval.exact(differences)


def test_what_a_write_says_counts() -> None:
    """Where both are known."""
    told = Told().fault(10)
    read(told, backed_up(told, 11.5))
    said = [one._replace(content="one") for one in WRITES]
    all_ = replace(told.seen(20, {"orders": said}), backups={"1": {"w1": ("one",), "w2": ("two",)}})
    assert interval(EMERGENCY, all_) == Interval.exact(1)


@pytest.mark.parametrize("why", ["torn", "of another database"])
def test_one_that_cannot_be_made_or_restored_holds_nothing(why: str) -> None:
    """The reason is told."""
    made, restored = Told().fault(10), Told().fault(10)
    backed_up(made, 11.5, reason=why)
    read(restored, backed_up(restored, 11.5), key="", reason=why)
    for told in (made, restored):
        found = measure(EMERGENCY, seen(told))
        assert isinstance(found, Measured)
        assert found.interval == Interval.exact(2)
        assert found.source.endswith(f"; 2 of 2 writes acknowledged before it are missing; {why}")


def test_one_that_nobody_restored_proves_nothing() -> None:
    """Nor does one of which what was read is lost, or one that had to hold nothing, or none."""
    told = Told().fault(10)
    assert unmeasured(ALL, seen(told)).reason == "no backup was made"
    first = backed_up(told, 11.5)
    assert unmeasured(ALL, seen(told)).reason == "the backup /b11.5 was not restored"
    read(told, first)
    assert unmeasured(ALL, seen(told)).reason == "what the backup /b11.5 held cannot be read"
    early = Told().fault(10)
    read(early, backed_up(early, 0.5))
    reason = unmeasured(ALL, seen(early, _1={})).reason
    assert reason == "no write was acknowledged before the backup /b0.5"


def test_one_from_before_the_fault_is_no_emergency_backup() -> None:
    """It counts among all; one bad one among good ones is enough."""
    told = Told().fault(10)
    read(told, backed_up(told, 5), "1")
    found = seen(told, _1={"w1": 1})
    assert unmeasured(EMERGENCY, found).reason == "no backup was made during the incident"
    assert interval(ALL, found) == Interval.exact(1)
    read(told, backed_up(told, 11.5), "2")
    both = seen(told, _1={"w1": 1}, _2={"w1": 1, "w2": 1})
    assert interval(EMERGENCY, both) == Interval.exact(0)
    assert interval(ALL, both) == Interval.exact(1)
