"""Whether a service that died was started again by its restart policy, and how soon."""

from __future__ import annotations

from drills.journal.facts import (
    EngineTold,
    FaultEffective,
    FaultIntended,
    ResponseStep,
    UndoCalled,
    UndoVerified,
)
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
        for intended in seen.timeline.all(FaultIntended)
        if subject in ("", intended.service)
        and seen.timeline.first(FaultEffective, injection=intended.injection)
    ]
    if not hit:
        return Unmeasured(f"no fault took effect on {subject}")
    times = [_of(seen, intended) for intended in hit]
    open_ = [time for time in times if not isinstance(time, Measured)]
    measured = [time for time in times if isinstance(time, Measured)]
    return open_[0] if open_ else max(measured, key=lambda time: time.interval.value)


def _of(seen: Observations, intended: FaultIntended) -> Measurement:
    injection, name = intended.injection, intended.container
    effective = seen.timeline.first(FaultEffective, injection=injection)
    assert effective is not None
    fault = Instant(effective.at_ns, effective.low_ns, effective.high_ns)
    until_ns = _somebody_acted_ns(seen, intended) or seen.until_ns
    watched = max(0.0, (until_ns - fault.high_ns) / NS)
    start = next(
        (
            told
            for told in seen.timeline.all(EngineTold, action="start")
            if told.container_id == intended.container_id and fault.low_ns <= told.at_ns < until_ns
        ),
        None,
    )
    if start is None:
        return Unmeasured(f"{name} did not come back by itself", watched)
    undone = seen.timeline.first(UndoVerified, injection=injection)
    if undone and 0 <= undone.restarts <= intended.restarts:
        return Unmeasured(f"{name} was started, but not by its restart policy", watched)
    return since(
        fault,
        Instant.at(start.at_ns, start.error_ns),
        f"the engine's own start of {name}, which nobody asked for",
    )


def _somebody_acted_ns(seen: Observations, intended: FaultIntended) -> int | None:
    """When the undo, or a step of the response, first asked for a start of the service."""
    undo = seen.timeline.first(UndoCalled, injection=intended.injection)
    restarts = seen.timeline.all(ResponseStep, action="restart")
    acted = [
        step.begun_ns for step in restarts if step.detail.get("service") in (None, intended.service)
    ]
    return min([*acted, undo.at_ns] if undo else acted, default=None)
