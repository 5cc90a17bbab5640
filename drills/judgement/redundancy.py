"""Whether the replica streams, and how far it lags."""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise

from drills.journal.observed import REPLICATION
from drills.journal.sample import Sample
from drills.judgement.metric import NO_FAULT, Observations, once, since
from drills.judgement.outage import all_held_from, due_ns, failures
from drills.judgement.recovery import last_failure, undone_at
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS, Interval


@once
def time_to_restore_redundancy(seen: Observations, _subject: str) -> Measurement:
    """From the fault to the hold window, after the last loss, in which the replica streams.

    Of several replicas all must, and the slowest one counts: the view tells no more of them.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    watched = seen.samples.get(REPLICATION, ())
    samples = watched[bisect_left(watched, fault.low_ns, key=due_ns) :]
    if not samples:
        return Unmeasured("replication was not watched")
    if not failures(samples):
        return Unmeasured("redundancy was never lost")
    undone = undone_at(seen)
    last = last_failure([samples], undone.high_ns if undone else seen.until_ns)
    instant = all_held_from([samples], after_ns=last, hold=seen.hold) if last is not None else None
    if instant is None:
        return Unmeasured("the replica did not stream within the allowed lag", seen.watched())
    return since(fault, instant, "the primary's view of its replica, pg_stat_replication")


def replication_lag(seen: Observations, _subject: str) -> Measurement:
    """The largest lag in seconds over the last hold window, all faults undone; the slowest's."""
    samples = seen.samples.get(REPLICATION, ())
    undone = undone_at(seen)
    if undone is None or not samples:
        return Unmeasured("replication was not watched after an undo")
    begin = samples[-1].intended_ns - int(seen.hold * NS)
    if begin < undone.ns:
        return Unmeasured("the replica was not watched for a hold window after the undo")
    window = samples[bisect_left(samples, begin, key=due_ns) :]
    lags = [_lag(sample) for sample in window]
    if not all(map(math.isfinite, lags)):
        return Unmeasured("the replica was not streaming at the end", math.inf)
    # A position may have been passed, and replayed, anywhere between two looks at it.
    unseen = 2 * max((b.ended_ns - a.sent_ns for a, b in pairwise(window)), default=0) / NS
    return Measured(
        Interval(max(lags), max(lags), max(lags) + unseen),
        "age of the oldest position not replayed by the replica",
    )


def _lag(sample: Sample) -> float:
    """Seconds of lag that a sample of the replication lane saw; infinite without a replica."""
    try:
        lag = float(sample.detail)
    except ValueError:
        return math.inf
    return lag if lag >= 0 else math.inf
