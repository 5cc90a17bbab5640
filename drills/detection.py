"""Who noticed first: a customer, the team's own alert, or a crash."""

from __future__ import annotations

from drills.crashes import crashes
from drills.metric import NO_FAULT, Observations, since
from drills.outage import Instant
from drills.timeline import Event, Kind
from drills.units import Interval
from drills.verdict import Measured, Measurement, Unmeasured


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
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    event = announced(seen, subject)
    if isinstance(event, Unmeasured):
        return event
    received = Instant.at(event.at_ns, event.integer("error_ns"))
    return since(fault, received, f"alert {event.string('name')} as the pager received it")


def announced(seen: Observations, subject: str) -> Event | Unmeasured:
    """The team's own first alert after the fault, or why there is none that would count."""
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
    return event


def crashes_before_detection(seen: Observations, subject: str) -> Measurement:
    """Containers or processes that crashed before monitoring noticed, once it has noticed.

    Without a detection nothing came before it: unmeasured, with the crashes seen so far as what
    the number is at least. What follows the first undo is not counted.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    event = announced(seen, subject)
    undo = seen.timeline.first(Kind.UNDO_CALLED, after_ns=fault.ns)
    ends = [each.at_ns for each in (event, undo) if isinstance(each, Event)]
    found = crashes(seen.timeline, fault.high_ns, min(ends, default=seen.until_ns))
    names = ", ".join(death.text for death in found[:5])
    if isinstance(event, Unmeasured):
        so_far = f"; {len(found)} crashed so far: {names}" if found else ""
        return Unmeasured(f"{event.reason}{so_far}", len(found) or None)
    source = "the engine's events of deaths and out-of-memory kills between fault and alert"
    return Measured(Interval.exact(len(found)), f"{source}: {names}" if found else source)
