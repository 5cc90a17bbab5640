"""Whether the host itself was too busy to tell: then a miss proves nothing about the system.

The prober notes every time in which it did not run although it was due (its hiccup meter). Where
that adds up to more than ``TOLERATED`` of the watch, what looks like a slow system may be a slow
host, so what was missed becomes inconclusive. What was met in spite of it stays met.
"""

from __future__ import annotations

from dataclasses import replace

from drills.journal.facts import ProberStalled
from drills.judgement.criterion import Unit
from drills.judgement.metric import Observations
from drills.judgement.score import Judged
from drills.judgement.verdict import Measured, Unmeasured, Verdict
from drills.units import NS, format_ratio

TOLERATED = 0.02  # seen: below 0.01 on a host of our own, 0.026 to 0.075 on one with too much to do


def stalled_share(seen: Observations) -> float:
    """The share of the time from the fault on in which the prober itself stood still."""
    fault, watched = seen.fault(), seen.watched()
    if fault is None or watched <= 0:
        return 0.0
    stalls = [one for one in seen.timeline.all(ProberStalled) if one.at_ns >= fault.low_ns]
    return sum(stall.gap_ns for stall in stalls) / NS / watched


def excused(judged: Judged, share: float) -> Judged:
    """The same criterion; inconclusive where it was missed by time on a starved host."""
    by_time = judged.unit in (Unit.SECONDS, Unit.RATIO)
    if share <= TOLERATED or judged.verdict is not Verdict.MISSED or not by_time:
        return judged
    if not isinstance(judged.measurement, Measured):
        return judged
    value = judged.unit.show(judged.measurement.interval.value)
    reason = (
        f"{value}, but the host was too busy to tell: "
        f"the prober itself stood still for {format_ratio(share)} of the time"
    )
    return replace(judged, measurement=Unmeasured(reason), verdict=Verdict.INCONCLUSIVE)


def exonerated(judged: Judged, why: str) -> Judged:
    """The same criterion; inconclusive where it was missed, which ``why`` says proves nothing."""
    if judged.verdict is not Verdict.MISSED:
        return judged
    found = judged.measurement
    said = judged.unit.show(found.interval.value) if isinstance(found, Measured) else found.reason
    reason = f"{said}, but {why}: it proves nothing"
    return replace(judged, measurement=Unmeasured(reason), verdict=Verdict.INCONCLUSIVE)
