"""Who would have been told, where no incident says what announces it: by what the team has named.

Something that nobody hears of tells nobody, and what is so since before the fault tells nothing of
it. Where a service is named that has nothing to do with the fault, or what happened before happened
again, it is not known whether that told of the fault: then nothing is measured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from drills.journal.facts import (
    DrillStarted,
    ErrorNote,
    FaultIntended,
    Signal,
    StackReady,
    UndoCalled,
)
from drills.journal.observed import CONTAINER, ENGINE, LOG, PAGER
from drills.judgement.metric import NO_FAULT, Observations, once
from drills.judgement.verdict import Unmeasured

HOW = (
    "Add [monitoring.webhook] with the name that your alerting notifies (or a pager), or "
    "tells = true to a log pattern, to [monitoring.containers] or to a field of "
    "[monitoring.health]."
)
NOBODY = (
    "nothing would have told anybody: no [monitoring.webhook], no pager and no detector with "
    "tells = true is configured"
)
NO_ALERTS = (
    "no alert would have told anybody: neither [monitoring.webhook] nor a pager is configured"
)
MOMENTARY = frozenset({LOG, ENGINE})  # detectors of what happens, and is not so for a while
_LABELS = ("service", "compose_service", "container_label_com_docker_compose_service", "container")


def nobody(seen: Observations) -> str:
    """That nothing would have told anybody of the incident; "" where something would, or may."""
    started = seen.timeline.first(DrillStarted)
    if started is None or not started.names_told:
        return ""
    return told_by_nobody(started.told_by, started.alerts, started.unhealthy)


def untold(seen: Observations, alerts: Collection[str], unhealthy: Collection[str]) -> str:
    """The same of these alerts and these services that are reported unhealthy."""
    started = seen.timeline.first(DrillStarted)
    if started is None or not started.names_told:
        return ""
    return told_by_nobody(started.told_by, alerts, unhealthy)


def told_by_nobody(
    told_by: Mapping[str, str], alerts: Collection[str], unhealthy: Collection[str]
) -> str:
    """The same of what is configured, and of an incident's alerts and unhealthy services."""
    if unhealthy or (told_by and not alerts) or PAGER in told_by:
        return ""
    return NO_ALERTS if told_by else NOBODY


def whose(signal: Signal) -> object:
    """What tells apart two of the same name: each is taken back by itself."""
    return signal.container_id, *sorted((key, str(value)) for key, value in signal.labels.items())


@once
def told(seen: Observations) -> Signal | Unmeasured:
    """The first thing that told somebody of the fault, or why there is none that would count."""
    fault, started = seen.fault(), seen.timeline.first(DrillStarted)
    if fault is None:
        return NO_FAULT
    if started is None or not started.names_told:
        return Unmeasured("the scenario names no incident whose alerts would count")
    if why := nobody(seen):
        return Unmeasured(why)
    open_: list[str] = []
    for signal, early in _wrong(seen, fault.low_ns):
        if early and signal.detector in MOMENTARY:
            open_.append(f"{signal.text}, and so it did before the fault")
        elif other := _elsewhere(seen, signal):
            open_.append(f"{signal.text}, but {other} does not depend on what was broken")
        elif not early:
            return signal
    if blind := _blind(seen, started):
        open_.append(blind)
    if open_:
        said = "; ".join(dict.fromkeys(open_))
        return Unmeasured(f"it is not known whether anything told anybody: {said}")
    listed = "; ".join(started.told_by.values())
    return Unmeasured(f"nothing told anybody, of {listed}", seen.watched())


def _heard(signal: Signal) -> bool:
    return signal.heard or signal.detector == PAGER


def _is_wrong(signal: Signal) -> bool:
    return signal.wrong or (signal.detector == PAGER and signal.state == "firing")


def _wrong(seen: Observations, fault_ns: int) -> Iterator[tuple[Signal, bool]]:
    """What somebody hears of and is wrong, when it became so, and whether it was so before.

    What the engine tells of the drill's own undo is left out.
    """
    undo = seen.timeline.first(UndoCalled, after_ns=fault_ns)
    lasting: dict[object, Signal] = {}
    for signal in sorted(seen.timeline.all(Signal), key=lambda each: each.at_ns):
        key = (signal.detector, signal.name, whose(signal))
        if not _heard(signal):
            continue
        if not _is_wrong(signal):
            lasting.pop(key, None)
            continue
        before = lasting.setdefault(key, signal)
        if signal.at_ns < fault_ns or (
            signal.detector == ENGINE and undo is not None and signal.at_ns >= undo.at_ns
        ):
            continue
        if before.at_ns < fault_ns or before is signal:
            yield signal, before.at_ns < fault_ns


def _elsewhere(seen: Observations, signal: Signal) -> str:
    """The service that a signal is of, where that has nothing to do with the fault; or ""."""
    known, related = _related(seen)
    service = signal.service or (signal.name if signal.detector == CONTAINER else "")
    named = [service] if service else [str(signal.labels.get(label, "")) for label in _LABELS]
    found = [each for each in named if each in known]
    return found[0] if found and not related.intersection(found) else ""


@once
def _related(seen: Observations) -> tuple[frozenset[str], frozenset[str]]:
    """All services, where the stack told what they depend on, and those that a fault concerns.

    These are the faults' own, and whatever depends on them.
    """
    ready = seen.timeline.first(StackReady)
    depends_on = {k: v.split(",") for k, v in ready.depends_on.items()} if ready else {}
    concerned = {one.service for one in seen.timeline.all(FaultIntended)}
    concerned |= {name for name in depends_on if _beside(seen, name)}
    while more := {n for n, on in depends_on.items() if concerned & {*on}} - concerned:
        concerned |= more
    return frozenset(depends_on), frozenset(concerned)


def _beside(seen: Observations, service: str) -> bool:
    """Whether it is at the other end of a link that a fault cut, as the fault is told."""
    words = (one.text.split() for one in seen.timeline.all(FaultIntended))
    return any(service in each for each in words)


def _blind(seen: Observations, started: DrillStarted) -> str:
    """Why something could not be seen that would have told somebody; "" where all was."""
    told_by = {LOG, PAGER} & started.told_by.keys()
    notes = [each for each in seen.timeline.all(ErrorNote) if each.detector in told_by]
    return notes[0].text if notes else ""
