"""Whether the runbook's procedures work, step by step, as they were carried out."""

from __future__ import annotations

from drills.journal.fact import Fact
from drills.journal.facts import (
    Attested,
    CommandTried,
    ResponseAborted,
    ResponseEnded,
    ResponseStarted,
    ResponseStep,
)
from drills.judgement.detection import announced
from drills.judgement.metric import Observations
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS, Interval


def time_to_respond(seen: Observations, subject: str) -> Measurement:
    """From the page to the first that somebody, or the runbook by itself, did about it.

    A line of the runbook that was followed as it is written counts, too.
    What people attest after the drill was watched is not timed, and is none.
    """
    page = announced(seen, subject)
    if isinstance(page, Unmeasured):
        return Unmeasured(f"nobody was called: {page.reason}")
    answer = first_answer(seen, page.at_ns)
    if answer is None:
        waited = max(0.0, (seen.until_ns - page.at_ns) / NS)
        return Unmeasured("nobody responded to the page", waited)
    seconds = max(0.0, (answer[0] - page.at_ns) / NS)
    return Measured(Interval.exact(seconds), f"the first action after {page.name}")


def first_answer(seen: Observations, since_ns: int) -> tuple[int, Fact] | None:
    """The first that somebody, or the runbook by itself, did from then on, and when."""
    told = seen.timeline
    done: list[tuple[int, Fact]] = [(each.at_ns, each) for each in told.all(ResponseStarted)]
    done += [(step.begun_ns, step) for step in told.all(ResponseStep)]
    done += [(each.begun_ns, each) for each in told.all(CommandTried, disturbed=True)]
    done += [(said.at_ns, said) for said in told.all(Attested) if said.at_ns <= seen.until_ns]
    done = [each for each in done if each[0] >= since_ns]
    return min(done, key=lambda each: each[0], default=None)


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
