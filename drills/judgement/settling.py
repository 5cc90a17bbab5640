"""What cannot be told of a drill that was over too early: nothing is met that could still turn bad.

Half a drill may show a miss. That something stayed well it shows only up to where it was cut off.
"""

from __future__ import annotations

from dataclasses import replace

from drills.judgement.conclusion import RUNS, cut_short, over_by_itself
from drills.judgement.criterion import Unit
from drills.judgement.dwell import too_short
from drills.judgement.metric import Metric, Observations, once
from drills.judgement.score import Judged
from drills.judgement.verdict import Measured, Measurement, Unsettled, Verdict


@once
def unsettled(seen: Observations) -> str:
    """Why the drill does not show what would have come; "" where it ran as long as planned."""
    if seen.unread:
        return f"the drill's folder is not as the drill left it ({'; '.join(seen.unread.values())})"
    if why := cut_short(seen):
        return why if why == RUNS else f"the drill did not run to its end ({why})"
    if seen.fault() is None:
        return ""
    return over_by_itself(seen.timeline) or too_short(seen)


def settled(seen: Observations, measured: Measurement, unit: Unit) -> Measurement:
    """The measurement, or that it is not known: of a metric that more watching could change."""
    why = unsettled(seen)
    if not why or not isinstance(measured, Measured):
        return measured
    return Unsettled(f"{unit.show(measured.interval.value)} so far, which proves nothing: {why}")


def measured_for_good(seen: Observations, metric: Metric) -> Measurement:
    """A metric of the whole drill, not narrowed to any subject, as far as it is known for good."""
    found = metric.measure(seen)
    return found if metric.final else settled(seen, found, metric.unit)


def withheld(seen: Observations, judged: Judged, *, final: bool) -> Judged:
    """The same criterion; inconclusive where it was met by what more watching could change.

    What was missed by then stays missed. ``final``: what follows changes nothing of its metric, but
    where it was read from a folder that is not whole, nothing is met.
    """
    if (final and not seen.unread) or judged.verdict is not Verdict.MET:
        return judged
    found = settled(seen, judged.measurement, judged.unit)
    if found is judged.measurement:
        return judged
    return replace(judged, measurement=found, verdict=Verdict.INCONCLUSIVE)
