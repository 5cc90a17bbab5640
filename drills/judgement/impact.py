"""What an incident did, by what was observed of it: every box that is ticked says by what.

The manifest says what an incident *could* do, and whom each journey serves. That alone ticks
nothing: a box is ticked by requests that failed, by writes that did not stay, by redundancy that
was lost, or by an alert that names a service in its label ``service``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drills.journal.facts import DrillStarted, Signal
from drills.journal.observed import PAGER
from drills.journal.sample import SeriesKind
from drills.judgement.data import reconciliation
from drills.judgement.intrusion import intruders, let_in
from drills.judgement.metric import Observations, once
from drills.judgement.outage import OutageSpan, due_ns, failures
from drills.judgement.outcomes import by_outcome, count_good, harm_of
from drills.runbook.policy import IMPACTS, SERVICES
from drills.units import format_ratio

DOWN, DEGRADED, SLOW, DATA, SECURITY = IMPACTS
_LATE = ("slow", "timeout")


@dataclass(frozen=True, slots=True)
class Impact:
    """Each box of the record with what ticks it, "" where nothing does; and what is said besides.

    ``customers`` and ``services`` say in words that nothing was observed, or what no box is for.
    """

    boxes: Mapping[str, str]
    affected: Mapping[str, str]
    customers: str
    services: str


@once
def impact_of(seen: Observations) -> Impact:
    """What was observed of the incident. All is unticked, and nothing said, without a fault."""
    started = seen.timeline.first(DrillStarted) or DrillStarted()
    could, affected, own = started.impact, started.affected, started.record_impacts
    listed = started.record_services or _before_a_manifest_could(started)
    hurt, data = hurt_journeys(seen), _data(seen)
    intruded = _intruded(seen)
    everything = "; ".join([*hurt.values(), *data, *intruded])
    ticks = {
        **dict.fromkeys((each for each in could if each not in IMPACTS), everything),
        DOWN: _down(seen),
        DEGRADED: "; ".join(hurt.values()),
        SLOW: "; ".join(_late(seen)),
        DATA: "; ".join(data),
        SECURITY: "; ".join(intruded),
    }
    owed = (*([DATA] * bool(data)), *([SECURITY] * bool(intruded)))
    boxes = {box: ticks.get(box, "") for box in (*(own or IMPACTS), *could, *owed)}
    services = _services(seen, hurt, data)
    named = {box: "; ".join(services.get(box, ())) for box in (*(listed or services), *affected)}
    customers = "" if any(boxes.values()) else everything or _nothing(seen)
    return Impact(boxes, named, customers, _unnamed(seen, hurt, named))


def _before_a_manifest_could(started: DrillStarted) -> Sequence[str]:
    """The services of a record whose journal is older than manifests that list their own."""
    return () if started.schema > 1 or started.record_impacts else SERVICES


def hurt_journeys(seen: Observations) -> dict[str, str]:
    """Every journey with a request that was not answered rightly, in time and for good."""
    found = {}
    for lane, samples in seen.journeys().items():
        served = count_good(samples, harm_of(seen))
        if served < len(samples):
            ratio = format_ratio(served / len(samples))
            found[lane] = f"availability of journey {lane} {ratio}"
    return found


def _late(seen: Observations) -> list[str]:
    """Every journey with answers that came too late or not in time."""
    found = []
    for lane, samples in seen.journeys().items():
        counts = by_outcome(samples)
        late = sum(counts.get(name, 0) for name in _LATE)
        if late:
            found.append(f"{late:,} of {len(samples):,} answers of journey {lane} late or none")
    return found


def _data(seen: Observations) -> list[str]:
    found = reconciliation(seen)
    if found is None or seen.fault() is None:
        return []
    altered = len(found.altered or ())
    numbers = {"lost": len(found.lost), "altered": altered, "stored twice": found.duplicated}
    return [f"{count:,} acknowledged writes {what}" for what, count in numbers.items() if count]


def _intruded(seen: Observations) -> list[str]:
    """Every journey that nobody has a right to, where somebody was let in."""
    return [
        f"{len(inside):,} of {len(samples):,} requests without right of journey {name} were let in"
        for name, samples in intruders(seen).items()
        if (inside := let_in(samples))
    ]


def _down(seen: Observations) -> str:
    """Whether every journey was out at the same time, whatever the error of their outages."""
    lanes = [lane for lane, samples in seen.journeys().items() if samples]
    common = [(0, seen.until_ns)] if lanes else []
    for lane in lanes:
        common = _overlaps(common, seen.outages()[lane], seen.journeys()[lane][-1].sent_ns)
    return f"all journeys ({', '.join(sorted(lanes))}) were out at once" if common else ""


def _overlaps(
    common: Sequence[tuple[int, int]], spans: Sequence[OutageSpan], last_sent: int
) -> list[tuple[int, int]]:
    """What is left of these stretches with outages in it; one that is open went on to the last."""
    ends = [(span.start.high_ns, span.end.low_ns if span.end else last_sent) for span in spans]
    pairs = [(max(a, c), min(b, d)) for a, b in common for c, d in ends]
    return [(begin, end) for begin, end in pairs if begin < end]


def _services(
    seen: Observations, hurt: Mapping[str, str], data: Sequence[str]
) -> dict[str, list[str]]:
    """What was observed of each service that something names."""
    started, found = seen.timeline.first(DrillStarted), dict[str, list[str]]()
    for name, lane in seen.lanes().items():
        if name in hurt and lane.service:
            found.setdefault(lane.service, []).append(hurt[name])
    keeper = started.data_service if started else ""
    if keeper and (facts := [*data, *_redundancy(seen)]):
        found.setdefault(keeper, []).extend(facts)
    for service, alert in _alerted(seen):
        if (text := f"alert {alert}") not in found.setdefault(service, []):
            found[service].append(text)
    return found


def _redundancy(seen: Observations) -> list[str]:
    fault = seen.fault()
    if fault is None:
        return []
    told = []
    for watched in seen.series(SeriesKind.REDUNDANCY).values():
        samples = watched[bisect_left(watched, fault.ns, key=due_ns) :]
        if failed := len(failures(samples)):
            told.append(f"no replica streamed in {failed:,} of {len(samples):,} looks")
    return told


def _alerted(seen: Observations) -> list[tuple[str, str]]:
    """The services that alerts after the fault name, with the alert's name."""
    fault, found = seen.fault(), []
    for alert in seen.timeline.all(Signal, detector=PAGER, state="firing"):
        service = alert.labels.get("service")
        if fault and alert.at_ns >= fault.low_ns and isinstance(service, str) and service:
            found.append((service, alert.name))
    return found


def _nothing(seen: Observations) -> str:
    """That no impact was observed, where customers asked."""
    due = sum(map(len, seen.journeys().values()))
    if not due:
        return ""
    return f"no impact was observed: all {due:,} requests were answered rightly and in time"


def _unnamed(seen: Observations, hurt: Mapping[str, str], named: Mapping[str, str]) -> str:
    """What no box of a service is for: that there was nothing, or journeys that serve none."""
    served = {name for name, lane in seen.lanes().items() if lane.service in named}
    if others := sorted(set(hurt) - served):
        return f"journeys {', '.join(others)} (the manifest names no service that they serve)"
    due = sum(map(len, seen.journeys().values()))
    return "" if any(named.values()) or not due else "none was observed to be affected"
