"""The course of an incident: when each of its phases began, who or what it was, and how we know.

What was not measured is a phase without a time, and says why.
"""

from __future__ import annotations

import math
from datetime import datetime

from drills.journal.facts import (
    Attested,
    CommandTried,
    DrillEnded,
    DrillStarted,
    FaultEffective,
    ResponseEnded,
    ResponseStarted,
    ResponseStep,
    Signal,
)
from drills.journal.observed import PAGER
from drills.judgement.alerting import alerting
from drills.judgement.detection import announced, said, signs
from drills.judgement.metric import Observations
from drills.judgement.metrics import metric
from drills.judgement.moment import Floor, Moment, PhaseName
from drills.judgement.outage import Instant
from drills.judgement.procedures import first_answer
from drills.judgement.recovery import UNHARMED
from drills.judgement.settling import measured_for_good
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS, Interval

_ROUND_NS = 1_000_000  # alerts are stamped to the millisecond


def course(seen: Observations) -> list[Moment]:
    """The phases in their order; none where no fault took effect."""
    fault, effect = seen.fault(), seen.timeline.first(FaultEffective)
    if fault is None or effect is None:
        return []
    return [
        _at("fault", fault, fault, effect.text, "the engine's or the kernel's own evidence"),
        _of_metric(seen, "symptom", "time to symptom"),
        _pending(seen, fault),
        _firing(seen, fault),
        _notified(seen),
        _acknowledged(seen, fault),
        _mitigated(seen, fault),
        _recovered(seen),
    ]


def _at(name: PhaseName, fault: Instant, instant: Instant, by: str, why: str) -> Moment:
    offsets = (instant.ns - fault.ns, instant.low_ns - fault.ns, instant.high_ns - fault.ns)
    value, low, high = (each / NS for each in offsets)
    return Moment(name=name, offset_s=value, low_s=low, high_s=high, by=by, why=why)


def _unknown(name: PhaseName, why: str) -> Moment:
    return Moment(name=name, offset_s=None, low_s=None, high_s=None, why=why)


def _measured(name: PhaseName, found: Measurement, by: str = "") -> Moment:
    if not isinstance(found, Measured):
        return _unknown(name, found.reason)
    return _between(name, found.interval, by, found.source)


def _between(name: PhaseName, interval: Interval, by: str, why: str) -> Moment:
    ends = [x if math.isfinite(x) else None for x in (interval.low, interval.high)]
    return Moment(name=name, offset_s=interval.value, low_s=ends[0], high_s=ends[1], by=by, why=why)


def _of_metric(seen: Observations, name: PhaseName, measured: str, by: str = "") -> Moment:
    return _measured(name, measured_for_good(seen, metric(measured)), by)


def _notified(seen: Observations) -> Moment:
    signal = announced(seen, "")
    by = said(signal) if isinstance(signal, Signal) else ""
    return _of_metric(seen, "notified", "time to detect", by)


def _firing(seen: Observations, fault: Instant) -> Moment:
    """Since when the alert fires, by the stamp that it carries: its sender's clock."""
    signal = announced(seen, "")
    if isinstance(signal, Unmeasured):
        return _unknown("firing", signal.reason)
    if signal.detector != PAGER:
        return _unknown("firing", f"{said(signal)} is no alert that pends and fires")
    stamped = _stamp(seen, signal.starts_at)
    if stamped is None:
        return _unknown("firing", f"{said(signal)} does not say since when it fires")
    if not fault.low_ns <= stamped.high_ns or not stamped.low_ns <= signal.at_ns:
        return _unknown(
            "firing", f"{said(signal)} is stamped with a time that is not between fault and page"
        )
    return _at("firing", fault, stamped, said(signal), "the alert's own stamp, its sender's clock")


def _pending(seen: Observations, fault: Instant) -> Moment:
    """Since when the alert pends, by what Prometheus said of it when evidence was kept."""
    signal = announced(seen, "")
    if isinstance(signal, Unmeasured):
        return _unknown("pending", signal.reason)
    dates = alerting(seen.evidence).active.get(signal.name, [])
    stamps = [each for date in dates if (each := _stamp(seen, date))]
    fitting = [
        each for each in stamps if fault.low_ns <= each.high_ns and each.low_ns <= signal.at_ns
    ]
    if not fitting:
        return _unknown("pending", f"no evidence says since when {said(signal)} is active")
    why = "the evidence of Prometheus's alerts: activeAt, its own clock"
    return _at("pending", fault, min(fitting, key=lambda each: each.ns), said(signal), why)


def floor(seen: Observations) -> Floor | None:
    """What the monitoring's configuration implies for the alert that told, or should have.

    None where no evidence says anything of it.
    """
    known, signal = alerting(seen.evidence), announced(seen, "")
    names = [signal.name] if isinstance(signal, Signal) else []
    names += [sign.name for sign in signs(seen, "") if sign.detector == PAGER]
    name = next((each for each in names if each in known.rules), "")
    if not name:
        return None
    rule = known.rules[name]
    scrape, job = known.scraped(name)
    return Floor(
        alert=name,
        scrape_s=scrape,
        scrape_job=job,
        evaluation_s=rule.every,
        for_s=rule.pends,
        group_wait_s=known.group_wait,
    )


def _stamp(seen: Observations, text: str) -> Instant | None:
    """A date of an alert on our clock; None where it is none, or nothing ties the two."""
    started, ended = seen.timeline.first(DrillStarted), seen.timeline.last(DrillEnded)
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    if started is None or date.tzinfo is None:
        return None
    drift = abs(started.anchor.drift_ns(ended.anchor)) if ended else 0
    at_ns = started.anchor.to_monotonic(round(date.timestamp() * 1_000_000) * 1000)
    return Instant.at(at_ns, started.anchor.error_ns + drift + _ROUND_NS)


def _acknowledged(seen: Observations, fault: Instant) -> Moment:
    page = announced(seen, "")
    since = page.at_ns if isinstance(page, Signal) else fault.ns
    answer = first_answer(seen, since)
    if answer is None:
        return _unknown("acknowledged", "nobody responded")
    at_ns, fact = answer
    why = f"the journal's event {fact.kind}"
    return _at("acknowledged", fault, Instant.at(at_ns), _who(fact), why)


def _who(fact: object) -> str:
    if isinstance(fact, Attested):
        return fact.by
    if isinstance(fact, CommandTried):
        return f"the runbook as it is written, {fact.file}:{fact.line}"
    if isinstance(fact, ResponseStep):
        return f"the procedure {fact.procedure}" if fact.procedure else "a procedure"
    if isinstance(fact, ResponseStarted):
        return fact.text.removeprefix(f"{fact.alert}: ").replace("runbook, ", "the procedure ", 1)
    return ""


def _mitigated(seen: Observations, fault: Instant) -> Moment:
    """Failed over; where nothing can, the end of the first procedure that was verified."""
    found = measured_for_good(seen, metric("time to fail over"))
    if isinstance(found, Measured):
        return _between("mitigated", found.interval, "failed over", found.source)
    ended = [each for each in seen.timeline.all(ResponseEnded) if each.at_ns >= fault.ns]
    if not ended:
        return _unknown("mitigated", found.reason)
    instant = Instant.at(ended[0].at_ns)
    return _at("mitigated", fault, instant, "a procedure was verified", ended[0].text)


def _recovered(seen: Observations) -> Moment:
    found = measured_for_good(seen, metric("time to recover"))
    if isinstance(found, Measured) and found.source == UNHARMED:
        return _unknown("recovered", UNHARMED)
    return _measured("recovered", found)
