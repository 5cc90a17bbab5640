"""Whether those without right were let in: how the journeys that nobody has a right to fared.

A request was let in where its answer began as a success (a status of 2xx), whatever came of the
rest. No answer is none: it proves neither that a door is open nor that it is shut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from drills.journal.sample import Outcome, Sample, SeriesKind
from drills.judgement.dwell import least_requests, windows
from drills.judgement.metric import NO_FAULT, Observations, once
from drills.judgement.outage import due_ns
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS, Interval, with_sign

LET_IN = "requests without right let in"


@once
def intruders(seen: Observations) -> Mapping[str, Sequence[Sample]]:
    """All that was asked without right, by journey, from before the fault on."""
    return seen.series(SeriesKind.INTRUSION)


def let_in(samples: Sequence[Sample]) -> list[Sample]:
    """Those that were answered as if they had a right."""
    return [sample for sample in samples if 200 <= sample.status < 300]


def refused(samples: Sequence[Sample]) -> int:
    """How many were told that they have none."""
    return sum(400 <= sample.status < 500 for sample in samples)


def requests_let_in(seen: Observations, subject: str) -> Measurement:
    """How many requests without right succeeded, in the whole drill; of one such journey, or all.

    One is one, however short the drill. That there was none is known only where each of the
    journeys was asked from before the fault on, while it was in effect, and refused since.
    """
    lanes = {name: s for name, s in intruders(seen).items() if subject in ("", name)}
    inside = [sample for samples in lanes.values() for sample in let_in(samples)]
    if inside:
        return Measured(Interval.exact(len(inside)), _told(seen, inside))
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    if why := _unproven(seen, subject, lanes, fault.low_ns):
        return Unmeasured(why)
    asked = sum(map(len, lanes.values()))
    return Measured(Interval.exact(0), f"{asked} requests without right ({', '.join(lanes)})")


def _told(seen: Observations, inside: Sequence[Sample]) -> str:
    first, fault = min(inside, key=due_ns), seen.fault()
    moment = f", {with_sign((first.sent_ns - fault.ns) / NS)} from the fault" if fault else ""
    return f"the first of them was of journey {first.lane}: status {first.status}{moment}"


def _unproven(
    seen: Observations, subject: str, lanes: Mapping[str, Sequence[Sample]], fault_ns: int
) -> str:
    """Why nothing is known of them; "" where that none was let in is proven."""
    if not any(lanes.values()):
        return f"journey {subject} was not asked" if subject else "nobody asked without right"
    during = 0
    for name, samples in lanes.items():
        sent = [sample for sample in samples if sample.outcome is not Outcome.DROPPED]
        begin = bisect_left(sent, fault_ns, key=due_ns)
        then = sum(len(window.within(sent)) for window in windows(seen))
        during += then
        if not begin:
            return f"journey {name} was not asked before the fault"
        if not then:
            return f"journey {name} was not asked while a fault was in effect"
        if not refused(sent[begin:]):
            return f"no request of journey {name} was refused after the fault, nor let in"
    if during < (least := least_requests(seen)):
        return (
            f"only {during} requests without right were due while a fault was in effect, "
            f"expected at least {least}"
        )
    return ""
