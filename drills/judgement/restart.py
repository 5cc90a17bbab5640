"""Whether a service that died was started again by its restart policy, and how soon."""

from __future__ import annotations

from drills.journal.timeline import Event, Json, Kind
from drills.judgement.metric import NO_FAULT, Observations, since
from drills.judgement.outage import Instant
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS


def time_to_restart(seen: Observations, subject: str) -> Measurement:
    """The engine started every container that the fault took down, and nobody asked it to.

    Each is counted from its own fault, and the last one counts. What the response or the undo
    started did not come back by itself; of the service ``subject`` where it names one.
    """
    if seen.fault() is None:
        return NO_FAULT
    hit = [
        intended
        for intended in seen.timeline.all(Kind.FAULT_INTENDED)
        if subject in ("", intended.string("service"))
        and seen.timeline.first(Kind.FAULT_EFFECTIVE, injection=intended.string("injection"))
    ]
    if not hit:
        return Unmeasured(f"no fault took effect on {subject}")
    times = [_of(seen, intended) for intended in hit]
    open_ = [time for time in times if not isinstance(time, Measured)]
    measured = [time for time in times if isinstance(time, Measured)]
    return open_[0] if open_ else max(measured, key=lambda time: time.interval.value)


def _of(seen: Observations, intended: Event) -> Measurement:
    injection, name = intended.string("injection"), intended.string("container")
    effective = seen.timeline.first(Kind.FAULT_EFFECTIVE, injection=injection)
    assert effective is not None
    low, high = (effective.integer(key, effective.at_ns) for key in ("low_ns", "high_ns"))
    fault = Instant(effective.at_ns, low, high)
    until_ns = _somebody_acted_ns(seen, intended) or seen.until_ns
    watched = max(0.0, (until_ns - fault.high_ns) / NS)
    start = next(
        (
            event
            for event in seen.timeline.all(Kind.ENGINE, action="start")
            if event.string("container_id") == _container_id(intended)
            and fault.low_ns <= event.at_ns < until_ns
        ),
        None,
    )
    if start is None:
        return Unmeasured(f"{name} did not come back by itself", watched)
    undone = seen.timeline.first(Kind.UNDO_VERIFIED, injection=injection)
    before = intended.integer("restarts", -1)
    if undone and before >= 0 and undone.integer("restarts", before + 1) <= before:
        return Unmeasured(f"{name} was started, but not by its restart policy", watched)
    return since(
        fault,
        Instant.at(start.at_ns, start.integer("error_ns")),
        f"the engine's own start of {name}, which nobody asked for",
    )


def _container_id(intended: Event) -> str:
    undo: Json = intended.data.get("undo")
    return str(undo.get("container_id", "")) if isinstance(undo, dict) else ""


def _somebody_acted_ns(seen: Observations, intended: Event) -> int | None:
    """When the undo, or a step of the response, first asked for a start of the service."""
    undo = seen.timeline.first(Kind.UNDO_CALLED, injection=intended.string("injection"))
    acted = [undo.at_ns] if undo else []
    for step in seen.timeline.all(Kind.RESPONSE_STEP, action="restart"):
        detail = step.data.get("detail")
        service = detail.get("service") if isinstance(detail, dict) else None
        if service in (None, intended.string("service")):
            acted.append(step.integer("begun_ns", step.at_ns))
    return min(acted, default=None)
