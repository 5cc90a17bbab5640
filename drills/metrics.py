"""Every metric a criterion may name.

All times count from the moment the (first) fault took effect.
"""

from __future__ import annotations

from drills.criteria import Unit
from drills.data import counted
from drills.detection import crashes_before_detection, time_to_detect, time_to_symptom
from drills.metric import NO_FAULT, Metric, Observations, Settles
from drills.outage import good
from drills.recovery import time_to_fail_over, time_to_recover, time_to_recover_after_undo
from drills.redundancy import replication_lag, time_to_restore_redundancy
from drills.restart import time_to_restart
from drills.timeline import Kind
from drills.units import Interval
from drills.verdict import Measured, Measurement, Unassessed, Unmeasured


def availability(seen: Observations, subject: str) -> Measurement:
    """Good answers over all due requests of a journey, from the fault to the end of watching."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    samples = seen.journeys().get(subject, [])
    if not samples:
        return Unmeasured(f"journey {subject} was not asked after the fault")
    ratio = sum(good(sample) for sample in samples) / len(samples)
    return Measured(Interval.exact(ratio), f"{len(samples)} due requests of journey {subject}")


def discussed(seen: Observations, subject: str) -> Measurement:
    """What only people can do, counted by those who attested it."""
    attested = seen.timeline.all(Kind.ATTESTED, subject=subject)
    if not attested:
        return Unassessed("only people can do this, and no person took part")
    return Measured(Interval.exact(1), f"attested by {attested[-1].string('by')}")


_LEDGER = "the ledger of acknowledged writes against a final read of the primary"


METRICS = {
    metric.name: metric
    for metric in (
        Metric("time to symptom", Unit.SECONDS, Settles.LIVE, time_to_symptom),
        Metric("time to detect", Unit.SECONDS, Settles.LIVE, time_to_detect),
        Metric("crashes before detection", Unit.COUNT, Settles.LIVE, crashes_before_detection),
        Metric("time to fail over", Unit.SECONDS, Settles.LIVE, time_to_fail_over),
        Metric("time to recover", Unit.SECONDS, Settles.LIVE, time_to_recover),
        Metric("time to restart", Unit.SECONDS, Settles.LIVE, time_to_restart),
        Metric(
            "time to recover after undo",
            Unit.SECONDS,
            Settles.UNDONE,
            time_to_recover_after_undo,
        ),
        Metric(
            "time to restore redundancy",
            Unit.SECONDS,
            Settles.UNDONE,
            time_to_restore_redundancy,
        ),
        Metric("replication lag", Unit.SECONDS, Settles.UNDONE, replication_lag),
        Metric("availability", Unit.RATIO, Settles.END, availability),
        Metric("lost orders", Unit.COUNT, Settles.END, counted(lambda r: len(r.lost), _LEDGER)),
        Metric(
            "duplicated orders", Unit.COUNT, Settles.END, counted(lambda r: r.duplicated, _LEDGER)
        ),
        Metric(
            "stale orders",
            Unit.COUNT,
            Settles.END,
            counted(lambda r: r.stale, "acknowledged writes missing in a final read of a replica"),
        ),
        Metric("attestation", Unit.COUNT, Settles.END, discussed),
    )
}
