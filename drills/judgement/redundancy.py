"""Whether the replica streams, and how far it lags."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from drills.journal.sample import Sample, SeriesKind
from drills.judgement.held import all_held_from
from drills.judgement.metric import NO_FAULT, Observations, once, since
from drills.judgement.outage import Instant, due_ns, failures
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
    watched = [
        samples[bisect_left(samples, fault.low_ns, key=due_ns) :]
        for samples in seen.series(SeriesKind.REDUNDANCY).values()
    ]
    if not all(watched) or not watched:
        return Unmeasured("replication was not watched")
    if not any(map(failures, watched)):
        return Unmeasured("redundancy was never lost")
    undone = undone_at(seen)
    last = last_failure(watched, undone.high_ns if undone else seen.until_ns)
    instant = all_held_from(watched, after_ns=last, hold=seen.hold) if last is not None else None
    if instant is None:
        return Unmeasured("the replica did not stream within the allowed lag", seen.watched())
    return since(fault, instant, "how far the replica follows its primary, by their own positions")


def replication_lag(seen: Observations, _subject: str) -> Measurement:
    """The largest lag in seconds over the last hold window, all faults undone; the slowest's."""
    undone, watched = undone_at(seen), seen.series(SeriesKind.REDUNDANCY)
    if undone is None or not watched or not all(watched.values()):
        return Unmeasured("replication was not watched after an undo")
    lags = [_lag_at_the_end(samples, undone, seen.hold) for samples in watched.values()]
    return max(lags, key=lambda lag: lag.interval.high if isinstance(lag, Measured) else math.inf)


def _lag_at_the_end(samples: Sequence[Sample], undone: Instant, hold: float) -> Measurement:
    begin = samples[-1].intended_ns - int(hold * NS)
    if begin < undone.ns:
        return Unmeasured("the replica was not watched for a hold window after the undo")
    window = samples[bisect_left(samples, begin, key=due_ns) :]
    lag = max(sample.value for sample in window)
    if not math.isfinite(lag):
        return Unmeasured("the replica was not streaming at the end", math.inf)
    # A position may have been passed, and replayed, anywhere between two looks at it.
    unseen = 2 * max((b.ended_ns - a.sent_ns for a, b in pairwise(window)), default=0) / NS
    return Measured(
        Interval(lag, lag, lag + unseen),
        "age of the oldest position not replayed by the replica",
    )
