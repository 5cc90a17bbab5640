"""Hand-made observations: samples and events in seconds from the start of a drill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from drills.journal.observed import REPLICATION
from drills.journal.sample import Outcome, Sample
from drills.journal.timeline import Event, Json, Kind, Timeline
from drills.judgement.metric import Observations
from drills.judgement.metrics import metric
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.stack.database import FinalRead
from drills.units import NS, Interval

ZERO = 1_000 * NS
WALL = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * NS
STARTED: Mapping[str, Json] = {
    "id": "abc123",
    "wall_ns": WALL,
    "error_ns": 1000,
    "feature": "Losing a replica",
    "scenario": "It stops",
    "severity": "P2",
    "incident": "read-replica-down",
    "incident_title": "Read replica down",
    "alerts": ["ReplicaDown"],
    "impact": ["Features degraded"],
    "affected": ["Reporting"],
    "prevention": ["Rehearse."],
    "workaround": "Reads go to the primary.",
    "primary": "postgres",
    "writes": "orders",
    "hold_s": 2.0,
}


def ns(seconds: float) -> int:
    """The monotonic instant of so many seconds after the drill's start."""
    return ZERO + round(seconds * NS)


def sample(
    lane: str,
    due: float,
    outcome: Outcome = Outcome.OK,
    *,
    took: float = 0.01,
    route: str = "",
    subject: str = "",
    detail: str = "",
) -> Sample:
    """One due request, sent at once, over ``took`` seconds later."""
    return Sample(
        *(lane, round(due * 1000), ns(due), ns(due), ns(due + took), outcome),
        route=route,
        subject=subject,
        detail=detail,
    )


def lane(
    name: str,
    begin: float,
    end: float,
    bad: Sequence[tuple[float, float]] = (),
    *,
    every: float = 0.1,
    outcome: Outcome = Outcome.REFUSED,
    route: str = "",
) -> list[Sample]:
    """A lane from ``begin`` to ``end`` that fails in ``bad`` stretches."""
    dues = [begin + index * every for index in range(round((end - begin) / every) + 1)]
    return [
        sample(
            name,
            due,
            outcome if any(low <= due < high for low, high in bad) else Outcome.OK,
            route=route,
        )
        for due in dues
    ]


class Told:
    """Events told one after the other; ``timeline`` is what a journal of them holds."""

    def __init__(self, **changes: Json) -> None:
        self.events: list[Event] = []
        self.tell(0, Kind.DRILL_STARTED, facts={**STARTED, **changes})

    def tell(
        self,
        at: float,
        kind: Kind,
        text: str = "",
        facts: Mapping[str, Json] | None = None,
        **data: Json,
    ) -> Told:
        """Add an event at so many seconds; its data are ``facts`` and the keywords."""
        said = text or f"{kind.value} happened"
        both = {**(facts or {}), **data}
        self.events.append(Event(len(self.events), ns(at), kind, said, both))
        return self

    def fault(self, at: float, *, error: float = 0.0, **data: Json) -> Told:
        """A fault that took effect, give or take ``error`` seconds."""
        facts: dict[str, Json] = {"injection": "i1", "container": "replica-1", **data}
        self.tell(at - 0.1, Kind.FAULT_INTENDED, "", {"fault": "stop", **facts})
        self.tell(at - 0.05, Kind.FAULT_CALLED, "", facts)
        facts |= {"low_ns": ns(at - error), "high_ns": ns(at + error)}
        return self.tell(at, Kind.FAULT_EFFECTIVE, "the replica stopped", facts)

    def undone(self, at: float, injection: str = "i1", *, took: float = 0.0) -> Told:
        """The fault as proven undone at so many seconds; its undo was called ``took`` before."""
        self.tell(at - took, Kind.UNDO_CALLED, injection=injection)
        return self.tell(at, Kind.UNDO_VERIFIED, "it runs", injection=injection)

    def alert(self, at: float, name: str = "ReplicaDown", state: str = "firing") -> Told:
        """An alert as it reached the pager."""
        return self.tell(
            at, Kind.SIGNAL, detector="alertmanager", name=name, state=state, error_ns=1_000_000
        )

    def seen(
        self,
        until: float = 60,
        samples: Mapping[str, Sequence[Sample]] | None = None,
        final: FinalRead | None = None,
    ) -> Observations:
        """Everything observed until then, with a hold window of two seconds."""
        return Observations(Timeline(self.events), samples or {}, 2.0, ns(until), final)


def replicating(*lost: tuple[float, float], until: float = 30) -> list[Sample]:
    """The replication lane: no replica in ``lost``, otherwise a lag of 0.2 seconds."""
    samples = lane(REPLICATION, 0, until, list(lost), outcome=Outcome.ERROR)
    return [
        sample(REPLICATION, index / 10, each.outcome, detail="0.200" if each.outcome.good else "")
        for index, each in enumerate(samples)
    ]


def measure(name: str, seen: Observations, subject: str = "") -> Measurement:
    """The metric of that name."""
    return metric(name).measure(seen, subject)


def interval(name: str, seen: Observations, subject: str = "") -> Interval:
    """The interval of a metric that was measured."""
    found = measure(name, seen, subject)
    assert isinstance(found, Measured), found
    return found.interval


def unmeasured(name: str, seen: Observations, subject: str = "") -> Unmeasured:
    """Why a metric could not be measured."""
    found = measure(name, seen, subject)
    assert isinstance(found, Unmeasured), found
    return found
