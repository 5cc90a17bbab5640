"""What a metric is: a name that criteria use, and a pure function of what was observed.

A metric that cannot be measured says why; a time that was watched for and not seen says how much
it must exceed.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from drills.journal.facts import FaultEffective, LaneStarted, SeriesStarted
from drills.journal.observed import REPLICATION
from drills.journal.sample import Sample, SeriesKind
from drills.journal.timeline import Timeline
from drills.judgement.criterion import OF_SEVERITY, Comparator, Criterion, Unit
from drills.judgement.degradation import Degraded, degraded
from drills.judgement.outage import Instant, OutageSpan, due_ns, outages
from drills.judgement.subjects import (
    Known,
    Need,
    Subject,
    check_direction,
    check_limit,
    check_needs,
    check_subject,
    with_limit,
)
from drills.judgement.verdict import Measured, Measurement, Unmeasured, Verdict
from drills.stack.database import FinalRead
from drills.units import NS, Interval

NO_FAULT = Unmeasured("no fault took effect")
P = ParamSpec("P")
T = TypeVar("T")


def once(
    measure: Callable[Concatenate[Observations, P], T],
) -> Callable[Concatenate[Observations, P], T]:
    """A pure function of observations that is computed once for the same ones and arguments.

    What it returns is shared, so nobody may change it.
    """

    @wraps(measure)
    def remembered(seen: Observations, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (measure, args, *sorted(kwargs.items()))
        if key not in seen.known:
            seen.known[key] = measure(seen, *args, **kwargs)
        return seen.known[key]  # type: ignore[return-value] # put there two lines above

    return remembered


@dataclass(frozen=True, slots=True)
class Observations:
    """Everything a judgement rests on: the events, the samples by lane, the final read.

    ``hold`` is the hold window in seconds, ``until_ns`` when watching ended (or now). ``unread``
    says what of them could not be read, and why. ``backups`` is what was read of those that were
    restored, each by its key. ``evidence`` are the texts of what was kept that may be answers of
    services. ``under_way``: the drill goes on, so what is seen is what came so far. ``known`` is
    what was computed of them so far, see ``once``.
    """

    timeline: Timeline
    samples: Mapping[str, Sequence[Sample]]
    hold: float
    until_ns: int
    final: FinalRead | None = None
    unread: Mapping[str, str] = field(default_factory=dict)
    backups: FinalRead | None = None
    evidence: Sequence[str] = ()
    under_way: bool = False
    known: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @once
    def fault(self) -> Instant | None:
        """When the first fault took effect, with its bounds."""
        effective = self.timeline.first(FaultEffective)
        if effective is None:
            return None
        return Instant(effective.at_ns, effective.low_ns, effective.high_ns)

    @once
    def series(self, what: SeriesKind) -> Mapping[str, Sequence[Sample]]:
        """All samples of the series that tell of that, by name.

        What the journal does not say of one is a journey's, but for the replicas' in older ones.
        """
        return {
            name: samples for name, samples in self.samples.items() if self.tells_of(name) == what
        }

    def tells_of(self, name: str) -> str:
        """What a series tells of, a value of ``SeriesKind``, whether it has samples yet or not."""
        told = {REPLICATION: SeriesKind.REDUNDANCY.value}
        told |= {started.series: started.what for started in self.timeline.all(SeriesStarted)}
        return told.get(name, SeriesKind.JOURNEY.value)

    @once
    def journeys(self) -> Mapping[str, Sequence[Sample]]:
        """The samples of the lanes that customers make, from the fault on."""
        fault = self.fault()
        begin = fault.low_ns if fault else self.until_ns + 1
        return {
            lane: samples[bisect_left(samples, begin, key=due_ns) :]
            for lane, samples in self.series(SeriesKind.JOURNEY).items()
        }

    @once
    def outages(self) -> Mapping[str, Sequence[OutageSpan]]:
        """The outages of each journey that were not over before the fault.

        They are looked for in the whole lane: what was good before the fault bounds their start.
        """
        fault = self.fault()
        return {
            lane: [
                span
                for span in outages(self.samples[lane])
                if fault and (span.end is None or span.end.high_ns >= fault.low_ns)
            ]
            for lane in self.journeys()
        }

    @once
    def degraded(self) -> Mapping[str, Sequence[Degraded]]:
        """The stretches of each journey in which a share failed, that began after the fault."""
        fault = self.fault()
        return {
            lane: degraded(self.samples[lane], since_ns=fault.low_ns) if fault else ()
            for lane in self.journeys()
        }

    @once
    def lanes(self) -> Mapping[str, LaneStarted]:
        """How each lane was started, by name."""
        return {started.lane: started for started in self.timeline.all(LaneStarted)}

    def watched(self) -> float:
        """Seconds from the fault to the end of watching."""
        fault = self.fault()
        return max(0.0, (self.until_ns - fault.high_ns) / NS) if fault else 0.0


class Settles(StrEnum):
    """When a metric can be known, and so what a step that names it waits for."""

    LIVE = "while the fault is in effect"
    UNDONE = "after the fault was undone"
    END = "after the final read"


@dataclass(frozen=True, slots=True)
class Tile:
    """How the report tells of a time from the fault: its heading, and what ends it."""

    heading: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A name that criteria use, and everything that is to be known of what it measures.

    ``measured_by`` takes the observations and the criterion's subject ("" for none), which is what
    it may be ``narrowed`` to, or ``has_to_be``. It cannot be measured without what it ``needs``.
    Nothing it measures is above ``most``. ``better`` is how a limit on it is written that a better
    system meets; None where neither more nor less is better.
    ``source`` tells a reader of the report which records it is read from. Where it is a moment of
    the drill, ``mark`` is its name in the chart ("" for none) and ``tile`` its place among the
    report's times. It is ``final`` where nothing that follows changes what was once measured.
    """

    name: str
    unit: Unit
    settles: Settles
    measured_by: Callable[[Observations, str], Measurement]
    source: str
    narrowed: Subject = Subject.NOTHING
    has_to_be: bool = False
    needs: tuple[Need, ...] = ()
    most: float = math.inf
    better: Comparator | None = Comparator.AT_MOST
    mark: str = ""
    tile: Tile | None = None
    final: bool = False

    @property
    def decides(self) -> Set[Verdict]:
        """The verdicts that more watching does not change; none before the drill's end."""
        if self.settles is Settles.END:
            return frozenset()
        if self.settles is Settles.UNDONE:  # a replica that does not stream yet may still do so
            return frozenset({Verdict.MET, Verdict.NOT_ASSESSED})
        return frozenset(Verdict) - {Verdict.INCONCLUSIVE}

    def measure(self, seen: Observations, subject: str = "") -> Measurement:
        """The measurement. Never raises: what cannot be computed is unmeasured, and says why."""
        try:
            return self.measured_by(seen, subject)
        except Exception as error:  # noqa: BLE001 - a verdict and a report are owed all the same
            return Unmeasured(f"could not be computed: {type(error).__name__}: {error}")

    def check(self, criterion: Criterion, known: Known | None = None) -> None:
        """Raise PlanError where no system could meet, or miss, the criterion.

        ``known`` is what the stack has, where that is known by now.
        """
        criterion = with_limit(criterion, known or {})
        check_subject(criterion, self.narrowed, self.has_to_be, known or {})
        check_needs(criterion, self.needs, known or {})
        if criterion.limit != OF_SEVERITY:
            check_limit(criterion, self.unit, self.most)
        check_direction(criterion, self.unit, self.better)


def since(fault: Instant, instant: Instant, source: str) -> Measured:
    """The time between two instants, each with its bounds, never below zero."""
    value, low, high = (
        max(0.0, ns / NS)
        for ns in (
            instant.ns - fault.ns,
            instant.low_ns - fault.high_ns,
            instant.high_ns - fault.low_ns,
        )
    )
    return Measured(Interval(value, min(low, value), max(high, value)), source)
