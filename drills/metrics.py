"""Every metric a criterion may name, as a pure function of what was observed.

All times count from the moment the (first) fault took effect. A metric that cannot be measured
says why; a time that was watched for and not seen says how much it must exceed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from drills.criteria import Unit
from drills.ledger import FinalRead, Reconciliation, WriteOutcome, count, reconcile
from drills.outage import Instant, OutageSpan, all_held_from, good, outages
from drills.probe import Sample
from drills.timeline import Event, Kind, Timeline
from drills.units import NS, Interval
from drills.verdict import Measured, Measurement, Unassessed, Unmeasured

REPLICATION = "replication"  # the lane that watches the replica; its detail is the lag in seconds
NO_FAULT = Unmeasured("no fault took effect")
KILLED = "137"  # the exit code of what a SIGKILL ended, an out-of-memory kill among them


@dataclass(frozen=True, slots=True)
class Observations:
    """Everything a judgement rests on: the events, the samples by lane, the final read.

    ``hold`` is the hold window in seconds, ``until_ns`` when watching ended (or now).
    """

    timeline: Timeline
    samples: Mapping[str, Sequence[Sample]]
    hold: float
    until_ns: int
    final: FinalRead | None = None

    def fault(self) -> Instant | None:
        """When the first fault took effect, with its bounds."""
        event = self.timeline.first(Kind.FAULT_EFFECTIVE)
        if event is None:
            return None
        low, high = event.integer("low_ns", event.at_ns), event.integer("high_ns", event.at_ns)
        return Instant(event.at_ns, low, high)

    def journeys(self) -> dict[str, list[Sample]]:
        """The samples of the lanes that customers make, from the fault on."""
        fault = self.fault()
        begin = fault.low_ns if fault else self.until_ns + 1
        return {
            lane: [sample for sample in samples if sample.intended_ns >= begin]
            for lane, samples in self.samples.items()
            if lane != REPLICATION
        }

    def outages(self) -> dict[str, list[OutageSpan]]:
        """The outages of each journey that were not over before the fault.

        They are looked for in the whole lane: what was good before the fault bounds their start.
        """
        fault = self.fault()
        return {
            lane: [
                span
                for span in outages(self.samples[lane])
                if fault and (span.end is None or span.end.high_ns >= fault.low_ns)
            ]
            for lane in self.journeys()
        }

    def lanes(self) -> dict[str, Event]:
        """How each lane was started, by name."""
        return {event.string("lane"): event for event in self.timeline.all(Kind.LANE_STARTED)}

    def watched(self) -> float:
        """Seconds from the fault to the end of watching."""
        fault = self.fault()
        return max(0.0, (self.until_ns - fault.high_ns) / NS) if fault else 0.0


class Settles(StrEnum):
    """When a metric can be known, and so what a step that names it waits for."""

    LIVE = "while the fault is in effect"
    UNDONE = "after the fault was undone"
    END = "after the final read"


@dataclass(frozen=True, slots=True)
class Metric:
    """A name that criteria use, its unit, when it settles, and how it is measured.

    ``measure`` takes the observations and the criterion's subject ("" for none).
    """

    name: str
    unit: Unit
    settles: Settles
    measure: Callable[[Observations, str], Measurement]


def since(fault: Instant, instant: Instant, source: str) -> Measured:
    """The time between two instants, each with its bounds, never below zero."""
    value, low, high = (
        max(0.0, ns / NS)
        for ns in (
            instant.ns - fault.ns,
            instant.low_ns - fault.high_ns,
            instant.high_ns - fault.low_ns,
        )
    )
    return Measured(Interval(value, min(low, value), max(high, value)), source)


def time_to_symptom(seen: Observations, subject: str) -> Measurement:
    """The first outage that a customer could see; of one journey where ``subject`` names it."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    spans = [
        span
        for lane, found in seen.outages().items()
        if subject in ("", lane)
        for span in found
        if span.start.high_ns >= fault.low_ns
    ]
    if not spans:
        return Unmeasured("no customer could see it: no journey failed twice in a row")
    first = min(spans, key=lambda span: span.start.ns)
    start = Instant.earliest(span.start for span in spans)
    return since(fault, start, f"first failed answers of journey {first.lane}")


def firing_before(seen: Observations, alert: str, fault: Instant) -> bool:
    """Whether the alert was already firing when the fault took effect."""
    before = [
        event
        for event in seen.timeline.all(Kind.SIGNAL, detector="alertmanager", name=alert)
        if event.at_ns < fault.low_ns
    ]
    return bool(before) and before[-1].string("state") == "firing"


def detection(seen: Observations, subject: str) -> Event | None:
    """The team's own first alert for the incident after the fault; by name with ``subject``."""
    fault = seen.fault()
    started = seen.timeline.first(Kind.DRILL_STARTED)
    if fault is None or started is None:
        return None
    expected = (subject,) if subject else started.strings("alerts")
    for event in seen.timeline.all(Kind.SIGNAL, detector="alertmanager", state="firing"):
        if event.at_ns >= fault.low_ns and event.string("name") in expected:
            return event
    return None


def time_to_detect(seen: Observations, subject: str) -> Measurement:
    """Alertmanager's notification of an alert that the incident expects, as the pager got it."""
    fault, started = seen.fault(), seen.timeline.first(Kind.DRILL_STARTED)
    if fault is None or started is None:
        return NO_FAULT
    expected = (subject,) if subject else started.strings("alerts")
    if not expected:
        return Unmeasured("the scenario names no incident whose alerts would count")
    early = [alert for alert in expected if firing_before(seen, alert, fault)]
    if early:
        return Unmeasured(f"alert {early[0]} was already firing before the fault")
    event = detection(seen, subject)
    if event is None:
        return Unmeasured(f"no alert {' or '.join(expected)} reached the pager", seen.watched())
    received = Instant.at(event.at_ns, event.integer("error_ns"))
    return since(fault, received, f"alert {event.string('name')} as the pager received it")


def crashes_before_detection(seen: Observations, subject: str) -> Measurement:
    """Containers or processes that died or ran out of memory before monitoring noticed.

    The fault's own doing (a stopped container) does not count.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    event = detection(seen, subject)
    undo = seen.timeline.first(Kind.UNDO_CALLED, after_ns=fault.ns)
    until = min(each.at_ns for each in (event, undo) if each) if event or undo else seen.until_ns
    commands = {call.string("command") for call in seen.timeline.all(Kind.FAULT_CALLED)} - {""}
    deaths = [
        death
        for death in seen.timeline.all(Kind.ENGINE)
        if (death.string("action") in ("oom", "die") or _was_killed(death, commands))
        and fault.high_ns < death.at_ns < until
    ]
    source = "the engine's events of deaths and out-of-memory kills between fault and alert"
    return Measured(Interval.exact(len(deaths)), source)


def _was_killed(death: Event, commands: set[str]) -> bool:
    return death.string("command") in commands and death.string("exit_code") == KILLED


def time_to_fail_over(seen: Observations, subject: str) -> Measurement:
    """Every journey with a fail-over route is good and served by it for the whole hold window."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    routes = {
        lane: event.string("fail_over_to")
        for lane, event in seen.lanes().items()
        if event.string("fail_over_to") and subject in ("", lane)
    }
    lanes = [samples for lane, samples in seen.journeys().items() if lane in routes]
    if not routes or not any(lanes):
        return Unmeasured("no journey that can fail over was watched")
    for lane in sorted(routes):
        before = [s for s in seen.samples.get(lane, ()) if s.ended_ns < fault.low_ns and good(s)]
        if before and before[-1].route == routes[lane]:
            return Unmeasured(f"{lane} was on its fail-over route already before the fault")
    instant = all_held_from(
        lanes,
        after_ns=fault.ns,
        hold=seen.hold,
        ok=lambda sample: good(sample) and sample.route == routes[sample.lane],
    )
    if instant is None:
        names = ", ".join(sorted(routes))
        return Unmeasured(f"{names} never held on the fail-over route", seen.watched())
    return since(fault, instant, f"answers of {', '.join(sorted(routes))} say who served them")


def mitigated_ns(seen: Observations) -> int | None:
    """When the last thing was done that could end the incident: the response, else the undo."""
    response = seen.timeline.first(Kind.RESPONSE_ENDED)
    acted = [event for event in seen.timeline.all(Kind.RESPONSE_STEP) if event.data.get("acts")]
    if response is not None and acted:
        return acted[-1].at_ns
    undone = seen.timeline.last(Kind.UNDO_VERIFIED)
    return undone.at_ns if undone else None


def time_to_recover(seen: Observations, subject: str) -> Measurement:
    """Service restored: all journeys good for a hold window once the incident was acted on."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    mitigated = mitigated_ns(seen)
    if mitigated is None:
        return Unmeasured("nobody responded and the fault was not undone", seen.watched())
    journeys = [lane for name, lane in seen.journeys().items() if subject in ("", name)]
    if not any(journeys):
        return Unmeasured("no journey was watched")
    instant = all_held_from(journeys, after_ns=mitigated, hold=seen.hold)
    if instant is None:
        return Unmeasured("the journeys were not all good for a hold window", seen.watched())
    return since(fault, instant, "all journeys good from there on for the hold window")


def time_to_restore_redundancy(seen: Observations, _subject: str) -> Measurement:
    """The replica streams again, within the allowed lag, for the whole hold window."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    samples = [s for s in seen.samples.get(REPLICATION, ()) if s.intended_ns >= fault.low_ns]
    if not samples:
        return Unmeasured("replication was not watched")
    if all(good(sample) for sample in samples):
        return Unmeasured("redundancy was never lost")
    undone = seen.timeline.last(Kind.UNDO_VERIFIED)
    first_bad = next(sample for sample in samples if not good(sample))
    begin = max(undone.at_ns if undone else 0, first_bad.intended_ns)
    instant = all_held_from([samples], after_ns=begin, hold=seen.hold)
    if instant is None:
        return Unmeasured("the replica did not stream within the allowed lag", seen.watched())
    return since(fault, instant, "the primary's view of its replica, pg_stat_replication")


def replication_lag(seen: Observations, _subject: str) -> Measurement:
    """The largest lag in seconds over the last hold window, all faults undone."""
    samples = seen.samples.get(REPLICATION, ())
    undone = seen.timeline.last(Kind.UNDO_VERIFIED)
    if undone is None or not samples:
        return Unmeasured("replication was not watched after an undo")
    begin = samples[-1].intended_ns - int(seen.hold * NS)
    if begin < undone.at_ns:
        return Unmeasured("the replica was not watched for a hold window after the undo")
    window = [sample for sample in samples if sample.intended_ns >= begin]
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


def _counted(
    number: Callable[[Reconciliation], int | None], source: str
) -> Callable[[Observations, str], Measurement]:
    def measure(seen: Observations, _subject: str) -> Measurement:
        found = reconciliation(seen)
        if found is None:
            return Unmeasured("no write was acknowledged, or no final read of the primary")
        counted = number(found)
        if counted is None:
            return Unmeasured("no replica answered the final read")
        return Measured(Interval.exact(counted), source)

    return measure


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
        Metric(
            "time to restore redundancy",
            Unit.SECONDS,
            Settles.UNDONE,
            time_to_restore_redundancy,
        ),
        Metric("replication lag", Unit.SECONDS, Settles.UNDONE, replication_lag),
        Metric("availability", Unit.RATIO, Settles.END, availability),
        Metric("lost orders", Unit.COUNT, Settles.END, _counted(lambda r: len(r.lost), _LEDGER)),
        Metric(
            "duplicated orders", Unit.COUNT, Settles.END, _counted(lambda r: r.duplicated, _LEDGER)
        ),
        Metric(
            "stale orders",
            Unit.COUNT,
            Settles.END,
            _counted(lambda r: r.stale, "acknowledged writes missing in a final read of a replica"),
        ),
        Metric("attestation", Unit.COUNT, Settles.END, discussed),
    )
}
