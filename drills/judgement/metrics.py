"""Every metric a criterion may name.

All times count from the moment the (first) fault took effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from drills.journal.sample import Sample
from drills.journal.timeline import Kind
from drills.judgement.criterion import Unit
from drills.judgement.data import ALTERED, LOST, NO_CONTENT, NO_REPLICA, altered, counted
from drills.judgement.detection import (
    crashes_before_detection,
    time_to_detect,
    time_to_symptom,
    time_to_unhealthy,
)
from drills.judgement.dwell import least_requests, rates, windows
from drills.judgement.metric import NO_FAULT, Metric, Observations, Settles
from drills.judgement.outage import good
from drills.judgement.outcomes import count_good, harm_of
from drills.judgement.recovery import time_to_fail_over, time_to_recover, time_to_recover_after_undo
from drills.judgement.redundancy import replication_lag, time_to_restore_redundancy
from drills.judgement.restart import time_to_restart
from drills.judgement.subjects import Subject
from drills.judgement.verdict import Measured, Measurement, Unassessed, Unmeasured
from drills.observers.ledger import Reconciliation
from drills.units import Interval, format_ratio


def availability(seen: Observations, subject: str) -> Measurement:
    """Good answers over all due requests of a journey, from the fault to the end of watching.

    A long watch dilutes nothing: the share is never above that while a fault was in effect. An
    acknowledged write that is gone afterwards was no good answer.
    """
    if seen.fault() is None:
        return NO_FAULT
    samples = seen.journeys().get(subject, [])
    if not samples:
        return Unmeasured(f"journey {subject} was not asked after the fault")
    during = [each for window in windows(seen) for each in window.within(samples)]
    if unasked := _unasked(seen, subject, len(during)):
        return unasked
    harm = harm_of(seen)
    whole, then = _share(samples, harm), _share(during, harm)
    source = f"{len(samples)} due requests of journey {subject}"
    if during and then < whole:
        source = f"{len(during)} due requests of journey {subject} with a fault in effect"
        source += f" ({format_ratio(whole)} to the end of watching)"
    return Measured(Interval.exact(min(whole, then)), source)


def _share(samples: Sequence[Sample], harm: Mapping[str, str]) -> float:
    return count_good(samples, harm) / len(samples) if samples else 1.0


def _unasked(seen: Observations, journey: str, due: int) -> Unmeasured | None:
    """Why nothing is known of a journey: too few of its requests fell into the faults' time."""
    least, rate = least_requests(seen), rates(seen).get(journey, 0.0)
    if due < least:
        return Unmeasured(
            f"only {due} requests of journey {journey} were due while a fault was in effect, "
            f"expected at least {least}"
        )
    expected = rate * sum(window.seconds for window in windows(seen))
    if due < expected / 2 - 1:
        return Unmeasured(
            f"{due} requests of journey {journey} were due while a fault was in effect, "
            f"at {rate:g} a second it had to be {expected:.0f}: who asks stood still"
        )
    return None


def discussed(seen: Observations, subject: str) -> Measurement:
    """What only people can do, counted by those who attested it."""
    attested = seen.timeline.all(Kind.ATTESTED, subject=subject)
    if not attested:
        return Unassessed("only people can do this, and no person took part")
    return Measured(Interval.exact(1), f"attested by {attested[-1].string('by')}")


def at_stake(
    number: Callable[[Reconciliation], int | None], source: str, otherwise: str = NO_REPLICA
) -> Callable[[Observations, str], Measurement]:
    """A metric that counts something of the ledger; none is only proven where a fault could harm.

    ``otherwise`` is why there is no such number.
    """
    count = counted(number, source, otherwise)

    def measure(seen: Observations, subject: str) -> Measurement:
        started = seen.timeline.first(Kind.DRILL_STARTED)
        writes = seen.samples.get(started.string("writes"), ()) if started else ()
        until_ns = max((window.end_ns for window in windows(seen)), default=0)
        found = count(seen, subject)
        nothing = isinstance(found, Measured) and not found.interval.high
        if nothing and not any(good(write) and write.ended_ns <= until_ns for write in writes):
            return Unmeasured("no write was acknowledged before the fault was undone")
        return found

    return measure


def stale_orders(seen: Observations, subject: str) -> Measurement:
    """Acknowledged writes that a replica lacks; every replica of the stack must have answered."""
    started = seen.timeline.first(Kind.DRILL_STARTED)
    replicas = started.strings("replicas") if started else ()
    silent = [name for name in replicas if name not in (seen.final or {})]
    if silent:
        return Unmeasured(f"no replica answered the final read: {', '.join(silent)}")
    return at_stake(lambda r: r.stale, _STALE)(seen, subject)


_STALE = "acknowledged writes missing in a final read of a replica"
_LEDGER = "the ledger of acknowledged writes against a final read of the primary"
_BY_CONTENT = f"{_LEDGER}, by content"


S = Unit.SECONDS

METRICS = {
    metric.name: metric
    for metric in (
        Metric("time to symptom", S, Settles.LIVE, time_to_symptom, Subject.JOURNEY),
        Metric("time to detect", S, Settles.LIVE, time_to_detect, Subject.ALERT),
        Metric("time to unhealthy", S, Settles.LIVE, time_to_unhealthy, Subject.PART, True),
        Metric(
            *("crashes before detection", Unit.COUNT, Settles.LIVE),
            *(crashes_before_detection, Subject.ALERT),
        ),
        Metric("time to fail over", S, Settles.LIVE, time_to_fail_over, Subject.SWITCHING),
        Metric("time to recover", S, Settles.LIVE, time_to_recover, Subject.JOURNEY),
        Metric("time to restart", S, Settles.LIVE, time_to_restart, Subject.SERVICE),
        Metric(
            *("time to recover after undo", S, Settles.UNDONE),
            *(time_to_recover_after_undo, Subject.JOURNEY),
        ),
        Metric(
            *("time to restore redundancy", S, Settles.UNDONE),
            *(time_to_restore_redundancy, Subject.REPLICA),
        ),
        Metric("replication lag", S, Settles.UNDONE, replication_lag, Subject.REPLICA),
        Metric("availability", Unit.RATIO, Settles.END, availability, Subject.JOURNEY, True),
        Metric(LOST, Unit.COUNT, Settles.END, at_stake(lambda r: len(r.lost), _LEDGER)),
        Metric(ALTERED, Unit.COUNT, Settles.END, at_stake(altered, _BY_CONTENT, NO_CONTENT)),
        Metric(
            "duplicated orders", Unit.COUNT, Settles.END, at_stake(lambda r: r.duplicated, _LEDGER)
        ),
        Metric("stale orders", Unit.COUNT, Settles.END, stale_orders),
        Metric("attestation", Unit.COUNT, Settles.END, discussed, Subject.TOPIC, True),
    )
}
