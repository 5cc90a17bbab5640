"""Whether the runbook's procedures work, step by step, as they were carried out."""

from __future__ import annotations

from drills.journal.facts import ResponseAborted, ResponseEnded, ResponseStarted, ResponseStep
from drills.judgement.metric import Observations
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import Interval


def procedure_findings(seen: Observations, _subject: str) -> Measurement:
    """How many steps did not work, of every procedure that was begun; each must have ended."""
    steps = seen.timeline.all(ResponseStep)
    ended = seen.timeline.all(ResponseEnded, ResponseAborted)
    if not steps or not ended:
        return Unmeasured("no procedure was carried out")
    if len(ended) < len(seen.timeline.all(ResponseStarted)):
        return Unmeasured("a procedure did not come to its end")
    findings = [step.finding for step in steps if not step.works]
    source = "; ".join([f"{len(steps)} steps that were carried out", *findings])
    return Measured(Interval.exact(len(findings)), source)
