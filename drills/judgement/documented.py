"""Whether people and journal said what there is to say of the incident: metrics of its record.

The record is a part of the result, whose library is only loaded when somebody judges.
"""

from __future__ import annotations

from drills.journal.facts import Attested, DrillEnded, DrillStarted, FaultEffective
from drills.judgement.metric import NO_FAULT, Observations
from drills.judgement.verdict import Measured, Measurement, Unassessed, Unmeasured
from drills.runbook.promised import promised
from drills.units import Interval


def discussed(seen: Observations, subject: str) -> Measurement:
    """What only people can do, counted by those who attested it."""
    attested = seen.timeline.all(Attested, subject=subject)
    if not attested:
        return Unassessed("only people can do this, and no person took part")
    return Measured(Interval.exact(1), f"attested by {attested[-1].by}")


def _untold(seen: Observations) -> Unmeasured | None:
    """Why there is nothing to document: no incident, or a drill that was cut short."""
    if seen.fault() is None:
        return NO_FAULT
    ended = seen.timeline.last(DrillEnded)
    if ended is None or ended.status == "aborted":
        return Unmeasured("the drill did not run to its end")
    return None


def missing_fields(seen: Observations, _subject: str) -> Measurement:
    """How many required fields of the incident record nothing filled."""
    if (untold := _untold(seen)) is not None:
        return untold
    from drills.judgement.record import build

    record = build(seen)
    required = promised(seen.timeline.first(DrillStarted)).required
    source = f"{len(required)} required fields of the runbook's record"
    if record.missing:
        source += f"; missing: {', '.join(record.missing)}"
    return Measured(Interval.exact(len(record.missing)), source)


def root_cause_facts(seen: Observations, _subject: str) -> Measurement:
    """How many findings on the cause the record holds beyond the injection itself."""
    if (untold := _untold(seen)) is not None:
        return untold
    from drills.judgement.record import root_cause

    injected = len(seen.timeline.all(FaultEffective))
    facts = root_cause(seen)[injected:]
    return Measured(Interval.exact(len(facts)), "; ".join(facts) or "no findings")


def prevention_section(seen: Observations, _subject: str) -> Measurement:
    """How many prevention measures the record proposes for the team to discuss."""
    if (untold := _untold(seen)) is not None:
        return untold
    from drills.judgement.record import build

    record = build(seen)
    return Measured(Interval.exact(len(record.prevention)), "the record's prevention section")
