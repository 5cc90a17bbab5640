"""Whether data was lost or altered: the ledger of acknowledged writes against the final read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drills.journal.facts import DrillStarted, FinalReadDone, RestoreBegun
from drills.journal.roles import primary_now
from drills.judgement.criterion import WRITES, measured
from drills.judgement.dwell import windows
from drills.judgement.metric import Observations, once
from drills.judgement.outage import good
from drills.judgement.score import Judged
from drills.judgement.verdict import Measured, Measurement, Unmeasured, Unsettled, Verdict
from drills.observers.ledger import Reconciliation, WriteOutcome, count, reconcile
from drills.units import NS, Interval

LOST, ALTERED = f"lost {WRITES}", f"altered {WRITES}"
DUPLICATED, STALE_WRITES = f"duplicated {WRITES}", f"stale {WRITES}"
RECOVERY_POINT = "recovery point"
NO_CONTENT = "the final read gives ids alone: [data] content names no columns to compare"
NO_REPLICA = "no replica answered the final read"
LEDGER = "the ledger of acknowledged writes against a final read of the primary"
STALE = "acknowledged writes missing in a final read of a replica"


@once
def reconciliation(seen: Observations) -> Reconciliation | None:
    """The ledger against the final read; None where either is missing, see ``unproven``."""
    started = seen.timeline.first(DrillStarted)
    if seen.final is None or started is None or unproven(seen):
        return None
    leads = primary_now(seen.timeline, started.primary)
    primary = seen.final[leads]
    replicas = [held for node, held in seen.final.items() if node != leads]
    return reconcile(seen.samples[started.writes], primary, replicas)


def unproven(seen: Observations) -> str:
    """Why the ledger cannot be held against a final read; "" where it can.

    A workload that nobody acknowledged proves nothing.
    """
    started = seen.timeline.first(DrillStarted)
    writes = seen.samples.get(started.writes, ()) if started else ()
    if not count(writes)[WriteOutcome.ACKNOWLEDGED]:
        return "no write was acknowledged"
    primary = primary_now(seen.timeline, started.primary) if started else ""
    if seen.final is None or primary not in seen.final:
        read = seen.timeline.last(FinalReadDone)
        said = read.failed.get(primary, "") if read else ""
        return "no final read of the primary" + (f": {said}" if said else "")
    return ""


def counted(
    number: Callable[[Reconciliation], int | None], source: str, otherwise: str = NO_REPLICA
) -> Callable[[Observations, str], Measurement]:
    """A metric that counts something of the reconciliation; ``source`` says of what.

    ``otherwise`` is why there is no such number.
    """

    def measure(seen: Observations, _subject: str) -> Measurement:
        found = reconciliation(seen)
        if found is None:
            return Unmeasured(unproven(seen))
        counted = number(found)
        if counted is None:
            return Unmeasured(otherwise)
        read = seen.timeline.last(FinalReadDone)
        gone = read.gone if read else {}
        why = "".join(f"; {node}: {said}" for node, said in sorted(gone.items()))
        return Measured(Interval.exact(counted), source + why)

    return measure


def at_stake(
    number: Callable[[Reconciliation], int | None], source: str, otherwise: str = NO_REPLICA
) -> Callable[[Observations, str], Measurement]:
    """A metric that counts something of the ledger; none is only proven where a fault could harm.

    ``otherwise`` is why there is no such number.
    """
    count = counted(number, source, otherwise)

    def measure(seen: Observations, subject: str) -> Measurement:
        started = seen.timeline.first(DrillStarted)
        writes = seen.samples.get(started.writes, ()) if started else ()
        until_ns = max((window.end_ns for window in windows(seen)), default=0)
        found = count(seen, subject)
        nothing = isinstance(found, Measured) and not found.interval.high
        if nothing and not any(good(write) and write.ended_ns <= until_ns for write in writes):
            return Unmeasured("no write was acknowledged before the fault was undone")
        return found

    return measure


def stale_writes(seen: Observations, subject: str) -> Measurement:
    """Acknowledged writes that a replica lacks; every replica of the stack must have answered."""
    started = seen.timeline.first(DrillStarted)
    nodes = (started.primary, *started.replicas) if started and started.replicas else ()
    leads = primary_now(seen.timeline, nodes[0]) if nodes else ""
    silent = [name for name in nodes if name != leads and name not in (seen.final or {})]
    if silent:
        return Unmeasured(f"no replica answered the final read: {', '.join(silent)}")
    return at_stake(lambda r: r.stale, STALE)(seen, subject)


def altered(found: Reconciliation) -> int | None:
    """How many acknowledged writes say something else; None where content is not proven."""
    return None if found.altered is None else len(found.altered)


def recovery_point(seen: Observations, subject: str) -> Measurement:
    """How far the database was set back: from the oldest lost write to the last moment of its data.

    That is when a backup began to take its place, or else the last lost acknowledgement; nought
    where nothing is lost.
    """
    lost = at_stake(lambda found: len(found.lost), LEDGER)(seen, subject)
    found, started = reconciliation(seen), seen.timeline.first(DrillStarted)
    if not isinstance(lost, Measured) or found is None or started is None:
        return lost
    gone = set(found.lost)
    told = [write.ended_ns for write in seen.samples[started.writes] if write.subject in gone]
    begun = seen.timeline.last(RestoreBegun)
    ends = [*told, begun.at_ns] if begun else told
    seconds = (max(ends) - min(told)) / NS if told else 0.0
    return Measured(Interval.exact(seconds), f"{len(gone)} lost writes; {lost.source}")


def harmed(found: Reconciliation | None, judged: Sequence[Judged]) -> dict[str, int]:
    """How many acknowledged writes were lost or altered, by metric, where nothing allows it.

    A criterion on just that allows it where it is met: at most so many may be lost, say, or those
    of so many seconds. So does one that was met until the drill was cut off.
    """
    if found is None:
        return {}
    met = {
        measured(each.criterion.metric)
        for each in judged
        if each.verdict is Verdict.MET or isinstance(each.measurement, Unsettled)
    }
    allowed = met | ({LOST} if RECOVERY_POINT in met else set())
    numbers = {LOST: len(found.lost), ALTERED: altered(found) or 0}
    return {metric: n for metric, n in numbers.items() if n and metric not in allowed}
