"""Stop conditions: bounds on time, failures and lost writes that end a drill early. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from drills.journal.facts import (
    DrillStarted,
    FaultEffective,
    LaneStarted,
    LedgerAudited,
    ReplicaPromoted,
    RestoreBegun,
    UndoVerified,
)
from drills.journal.rules import at_least, check, optional, positive, up_to
from drills.journal.sample import Sample, SeriesKind
from drills.journal.timeline import Json
from drills.judgement.metric import Observations
from drills.judgement.outage import failures
from drills.units import NS, format_ratio, format_seconds


@dataclass(frozen=True, slots=True)
class StopConditions:
    """What ends a drill early.

    ``after``: seconds since the drill began. ``failed_share``: at least that share (0 to 1) of the
    requests of any one journey failed, of those due in ``over`` seconds with a fault in effect.
    ``lost_writes``: more than so many acknowledged writes are not on the primary, or altered there,
    before a procedure begins to restore a backup in its place, or promotes a replica.
    Raises ValueError where one of them could never be met, or always.
    """

    after: float | None = 900.0
    failed_share: float | None = 0.8
    over: float = 30.0
    lost_writes: int | None = 0

    def __post_init__(self) -> None:
        check(
            self,
            after=optional(at_least(0)),
            failed_share=optional(up_to(1)),
            over=positive,
            lost_writes=optional(at_least(0)),
        )

    def data(self) -> Mapping[str, Json]:
        """The conditions as the journal holds them."""
        return asdict(self)

    def words(self) -> list[str]:
        """Each condition as a reader wants it."""
        said = []
        if self.after is not None:
            said.append(f"the drill has taken {format_seconds(self.after)}")
        if self.failed_share is not None:
            said.append(
                f"{format_ratio(self.failed_share)} of a journey's requests due in "
                f"{format_seconds(self.over)} failed, with a fault in effect"
            )
        if self.lost_writes is not None:
            said.append(f"more than {_writes(self.lost_writes)} missing or altered on the primary")
        return said


def met(conditions: StopConditions, seen: Observations) -> str:
    """The first condition that is met, with what was seen; "" while none is."""
    for found in (
        _too_long(conditions.after, seen),
        _losing(conditions.lost_writes, seen),
        *_failing(conditions.failed_share, conditions.over, seen),
    ):
        if found:
            return found
    return ""


def _too_long(after: float | None, seen: Observations) -> str:
    started = seen.timeline.first(DrillStarted)
    if after is None or started is None or seen.until_ns - started.at_ns < after * NS:
        return ""
    return f"the drill has taken {format_seconds(after)}, which is as long as it may"


def _losing(bound: int | None, seen: Observations) -> str:
    if bound is None:
        return ""
    given_up = seen.timeline.first(RestoreBegun, ReplicaPromoted)
    for audited in seen.timeline.all(LedgerAudited):
        if given_up is not None and audited.seq > given_up.seq:
            return ""  # on purpose: how much that may be is for the scenario's criteria
        missing, altered = audited.missing, audited.altered
        if missing + altered > bound:
            told = [f"{_writes(missing)} missing on the primary"] if missing else []
            told += [f"{_writes(altered)} altered on the primary"] if altered else []
            return f"{' and '.join(told)}, the bound is {bound}"
    return ""


def _failing(share: float | None, over: float, seen: Observations) -> Iterator[str]:
    since_ns = _in_effect_since(seen)
    if share is None or since_ns is None:
        return
    journeys = seen.series(SeriesKind.JOURNEY)
    for name, lane in sorted(seen.lanes().items()):
        if name not in journeys:
            continue
        window = _window(lane, seen, since_ns, int(over * NS))
        failed = len(failures(window))
        if window and failed >= share * len(window):
            yield (
                f"{failed} of {len(window)} requests of journey {name} failed over "
                f"{format_seconds(over)}, the bound is {format_ratio(share)}"
            )


def _in_effect_since(seen: Observations) -> int | None:
    """When the oldest fault took effect that was not undone since; None where there is none."""
    undone = {verified.injection for verified in seen.timeline.all(UndoVerified)}
    for effective in seen.timeline.all(FaultEffective):
        if effective.injection not in undone:
            return effective.high_ns
    return None


def _window(lane: LaneStarted, seen: Observations, since_ns: int, over_ns: int) -> Sequence[Sample]:
    """The requests due in the newest window whose answers must all be in by now.

    Empty while the window does not lie within both the fault and the lane.
    """
    end_ns = seen.until_ns - int(lane.timeout * NS)
    begin_ns = end_ns - over_ns
    if begin_ns < max(since_ns, lane.at_ns):
        return ()
    samples = seen.samples.get(lane.lane, ())
    first = bisect_right(samples, begin_ns, key=_due_ns)
    return samples[first : bisect_right(samples, end_ns, key=_due_ns)]


def _due_ns(sample: Sample) -> int:
    return sample.intended_ns


def _writes(count: int) -> str:
    return f"{count} acknowledged {'write is' if count == 1 else 'writes are'}"


def conditions_of(declared: StopConditions, after: float | None) -> StopConditions:
    """The manifest's conditions, with another bound on time where the command line gives one."""
    return declared if after is None else replace(declared, after=after)
