"""How the service came back: failed over, restored, and by what."""

from __future__ import annotations

from drills.metric import NO_FAULT, Observations, since
from drills.outage import all_held_from, good
from drills.timeline import Kind
from drills.verdict import Measurement, Unmeasured


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
