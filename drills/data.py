"""Whether data was lost: the ledger of acknowledged writes against the final read."""

from __future__ import annotations

from collections.abc import Callable

from drills.ledger import Reconciliation, WriteOutcome, count, reconcile
from drills.metric import Observations
from drills.timeline import Kind
from drills.units import Interval
from drills.verdict import Measured, Measurement, Unmeasured


def reconciliation(seen: Observations) -> Reconciliation | None:
    """The ledger against the final read; None where either is missing."""
    started = seen.timeline.first(Kind.DRILL_STARTED)
    if seen.final is None or started is None:
        return None
    primary = seen.final.get(started.string("primary"))
    writes = seen.samples.get(started.string("writes"))
    if primary is None or not writes:
        return None
    if not count(writes)[WriteOutcome.ACKNOWLEDGED]:
        return None  # a workload that nobody acknowledged proves nothing
    replicas = [ids for node, ids in seen.final.items() if node != started.string("primary")]
    return reconcile(writes, primary, replicas)


def counted(
    number: Callable[[Reconciliation], int | None], source: str
) -> Callable[[Observations, str], Measurement]:
    """A metric that counts something of the reconciliation; ``source`` says of what."""

    def measure(seen: Observations, _subject: str) -> Measurement:
        found = reconciliation(seen)
        if found is None:
            return Unmeasured("no write was acknowledged, or no final read of the primary")
        counted = number(found)
        if counted is None:
            return Unmeasured("no replica answered the final read")
        return Measured(Interval.exact(counted), source)

    return measure
