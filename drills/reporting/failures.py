"""What of a journey failed, in words: outages, degraded stretches, and failures that are neither.

Nothing below every request reads as nobody: where there was no outage, the failures are counted.
"""

from __future__ import annotations

from drills.judgement.result import Availability, Degradation, Outage
from drills.reporting.figures import offset, with_error
from drills.reporting.words import grouped, plural

HARM = ("lost", "altered")  # outcomes of writes that failed nobody when they were made
LISTED = 20  # outages that are told each by itself; the others are counted


def words(one: Availability) -> list[str]:
    """One line each; a single ``none`` where every request was answered rightly and in time."""
    if not one.intended:
        return ["nothing was asked"]
    harmed = {name: one.outcomes[name] for name in HARM if name in one.outcomes}
    failed = one.intended - one.outcomes.get("ok", 0) - sum(harmed.values())
    gone = [f"{grouped(n)} acknowledged and then {name}" for name, n in harmed.items()]
    lines = [_degraded(each) for each in one.degraded]
    if not one.outages:
        what = "no outage by itself; " if lines else "no outage; "
        counts = [f"{what}{grouped(failed)} of {grouped(one.intended)} requests failed"]
        return [*lines, *(counts if failed else []), *gone] or ["none"]
    lines += [_outage(each) for each in one.outages[:LISTED]]
    if more := one.outages[LISTED:]:
        lost = plural(sum(each.failures for each in more), "failure")
        lines.append(f"and {plural(len(more), 'more outage')}, {lost}")
    if one.single_failures:
        lines.append(f"and {plural(one.single_failures, 'failure')} outside any outage")
    return lines + gone


def _degraded(each: Degradation) -> str:
    end = "not over at the end" if each.end_s is None else f"to {offset(each.end_s)}"
    counts = f"{grouped(each.failures)} of {grouped(each.due)} requests failed"
    return f"degraded from {offset(each.start_s)}, {end}: {counts}"


def _outage(each: Outage) -> str:
    lasted = "not over at the end"
    if each.seconds is not None:
        lasted = with_error(each.seconds, each.half_width_s or 0)
    return f"{lasted} from {offset(each.start_s)}, {plural(each.failures, 'failure')}"
