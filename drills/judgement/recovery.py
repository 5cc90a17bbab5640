"""How the service came back: failed over, restored, and how soon once the fault was undone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from drills.journal.facts import (
    FaultEffective,
    ResponseEnded,
    ResponseStarted,
    ResponseStep,
    UndoCalled,
    UndoVerified,
)
from drills.journal.sample import Outcome, Sample, SeriesKind
from drills.judgement.held import all_held_from
from drills.judgement.metric import NO_FAULT, Observations, once, since
from drills.judgement.outage import Instant, Test, due_ns, failures, good
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import NS, Interval, format_seconds

UNHARMED = "no journey suffered: every request due from the fault on was answered well"


@once
def time_to_fail_over(seen: Observations, subject: str) -> Measurement:
    """Every journey with a fail-over route is good and served by it for the whole hold window."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    routes = {
        name: lane.fail_over_to
        for name, lane in seen.lanes().items()
        if lane.fail_over_to and subject in ("", name)
    }
    lanes = [samples for lane, samples in seen.journeys().items() if lane in routes]
    if not routes or not any(lanes):
        return Unmeasured("no journey that can fail over was watched")
    if stayed := _where_it_was(seen, routes, fault):
        return stayed
    instant = all_held_from(
        lanes,
        after_ns=fault.ns,
        hold=seen.hold,
        ok=_Arrived(tuple(sorted(routes.items()))),
    )
    if instant is None:
        names = ", ".join(sorted(routes))
        return Unmeasured(f"{names} never held on the fail-over route", seen.watched())
    return since(fault, instant, f"answers of {', '.join(sorted(routes))} say who served them")


@dataclass(frozen=True, slots=True)
class _Arrived:
    """Whether a good answer came from the fail-over route of its journey."""

    routes: tuple[tuple[str, str], ...]

    def __call__(self, sample: Sample) -> bool:
        return good(sample) and (sample.lane, sample.route) in self.routes


@dataclass(frozen=True, slots=True)
class _NotElsewhere:
    """Whether no good answer came from another side than the fail-over route."""

    route: str

    def __call__(self, sample: Sample) -> bool:
        return not good(sample) or sample.route == self.route


def _where_it_was(
    seen: Observations, routes: Mapping[str, str], fault: Instant
) -> Unmeasured | None:
    """Why arriving on the fail-over route says nothing: it was there already, or nobody knows."""
    elsewhere = False
    for lane in sorted(routes):
        samples, route = seen.samples.get(lane, ()), routes[lane]
        before = reversed(samples[: bisect_left(samples, fault.low_ns, key=due_ns)])
        last = next((s for s in before if s.ended_ns < fault.low_ns and good(s)), None)
        if last is not None and last.route == route:
            return Unmeasured(f"{lane} was on its fail-over route already before the fault")
        elsewhere = elsewhere or bool(failures(samples, _NotElsewhere(route)))
    if not elsewhere:
        names = ", ".join(sorted(routes))
        return Unmeasured(f"no answer of {names} ever came from another side than its fail-over's")
    return None


@once
def time_to_recover(seen: Observations, subject: str) -> Measurement:
    """Service restored: from the fault to the hold window after the last failure that it caused.

    Where no journey suffered that is nothing at all, once somebody acted; until then it is open.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    if not subject and not seen.series(SeriesKind.JOURNEY) and seen.series(SeriesKind.SERVICE):
        return time_to_restore_services(seen, "")
    journeys = [lane for name, lane in seen.journeys().items() if subject in ("", name)]
    if not any(journeys):
        return Unmeasured("no journey was watched")
    undone = undone_at(seen)
    last = last_failure(journeys, undone.high_ns if undone else seen.until_ns)
    if last is None and undone is None and not _responded(seen):
        return Unmeasured("no journey has suffered yet, and nobody has acted")
    if last is None:
        return Measured(Interval.exact(0), UNHARMED)
    instant = all_held_from(journeys, after_ns=last, hold=seen.hold)
    if instant is None:
        return Unmeasured("the journeys were not all good for a hold window", seen.watched())
    found = since(fault, instant, f"all journeys good from there on{_by_whom(undone, instant)}")
    said = by_the_drill_alone(seen, found)
    return replace(found, source=f"{found.source}; {said}") if said else found


@dataclass(frozen=True, slots=True)
class _Runs:
    """Whether a service, or every one (""), ran as compose describes it."""

    service: str

    def __call__(self, sample: Sample) -> bool:
        if good(sample) or not self.service or sample.outcome is Outcome.DROPPED:
            return good(sample)  # of a look that failed nothing is known
        return self.service not in sample.route.split(" ")


@once
def time_to_restore_services(seen: Observations, subject: str) -> Measurement:
    """Services restored: from the fault to the hold window in which all run as compose says.

    What the engine never saw suffer is not measured: that a container runs proves no more than
    that. The same of one service where ``subject`` names one.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    watched = next(iter(seen.series(SeriesKind.SERVICE).values()), ())
    samples = watched[bisect_left(watched, fault.low_ns, key=due_ns) :]
    if not samples:
        return Unmeasured("no state of a service was watched")
    runs, who = _Runs(subject), subject or "every service"
    undone = undone_at(seen)
    last = last_failure([samples], undone.high_ns if undone else seen.until_ns, runs)
    if last is None:
        return Unmeasured(
            f"{subject or 'no service'} was {'never ' if subject else ''}seen to suffer: what the "
            "engine tells of a container is whether it runs, and is healthy where it has a health "
            "check; a journey under [journeys] would tell more"
        )
    instant = all_held_from([samples], after_ns=last, hold=seen.hold, ok=runs)
    if instant is None:
        why = f"{who} did not run as compose describes it for a hold window"
        return Unmeasured(why, max(0.0, (last - fault.high_ns) / NS))  # as far as was looked
    text = f"the engine tells that {who} ran (and was healthy, with a health check) from there on"
    found = since(fault, instant, f"{text}{_by_whom(undone, instant)}")
    said = by_the_drill_alone(seen, found)
    return replace(found, source=f"{found.source}; {said}") if said else found


def by_the_drill_alone(seen: Observations, back: Measured) -> str:
    """That nothing but the drill's own end of the fault brought it back; "" where something may.

    ``back`` is how long that took from the fault.
    """
    fault, undone = seen.fault(), undone_at(seen)
    if fault is None or undone is None:
        return ""
    if any(step.acts for step in seen.timeline.all(ResponseStep)):
        return ""
    if back.interval.high < (undone.low_ns - fault.low_ns) / NS:
        return ""
    responded = seen.timeline.first(ResponseStarted) is not None
    who = "no step of the response acted" if responded else "nobody responded"
    lasted = format_seconds(max(0, undone.low_ns - fault.ns) / NS)
    return f"the drill ended the fault itself after {lasted}, and {who}"


@once
def time_to_recover_after_undo(seen: Observations, subject: str) -> Measurement:
    """From the undo of the (last) fault to the first hold window in which all journeys are good."""
    if seen.fault() is None:
        return NO_FAULT
    undone = undone_at(seen)
    if undone is None:
        return Unmeasured("the fault was not undone")
    journeys = [lane for name, lane in seen.journeys().items() if subject in ("", name)]
    if not any(journeys):
        return Unmeasured("no journey was watched")
    last = last_failure(journeys, undone.high_ns)
    if last is None:
        return Measured(Interval.exact(0), UNHARMED)
    instant = all_held_from(journeys, after_ns=max(undone.low_ns, last), hold=seen.hold)
    if instant is None:
        watched = max(0.0, (seen.until_ns - undone.high_ns) / NS)
        return Unmeasured("the journeys were not all good for a hold window", watched)
    return since(undone, instant, "all journeys good from there on, counted from the undo")


def undone_at(seen: Observations) -> Instant | None:
    """When the last fault was undone, between its undo's call and proof; None while one is not."""
    effects = {effective.injection for effective in seen.timeline.all(FaultEffective)}
    proofs = seen.timeline.all(UndoVerified)
    if not proofs or effects - {proof.injection for proof in proofs}:
        return None
    last = proofs[-1]
    called = seen.timeline.last(UndoCalled, injection=last.injection)
    low = min(called.at_ns, last.at_ns) if called else last.at_ns
    return Instant(last.at_ns, low, last.at_ns)


def _responded(seen: Observations) -> bool:
    """Whether a procedure acted on the system, and came to its end."""
    acted = any(step.acts for step in seen.timeline.all(ResponseStep))
    return acted and seen.timeline.first(ResponseEnded) is not None


def last_failure(
    journeys: Sequence[Sequence[Sample]], undone_ns: int, ok: Test = good
) -> int | None:
    """When the last failure was due that the faults caused; None where they caused none.

    While a fault is in effect, that is any failure; afterwards what is not good for two requests
    in a row, for as long as every journey is asked, or had not ended with the fault.
    """
    watched = min(lane[-1].intended_ns for lane in journeys if lane)
    last: int | None = None
    for lane in journeys:
        bad = failures(lane, ok)
        for place in reversed(range(len(bad))):
            due = lane[bad[place]].intended_ns
            again = place > 0 and bad[place - 1] == bad[place] - 1 and due <= watched
            if due <= undone_ns or again:
                last = max(last or 0, due)
                break
    return last


def _by_whom(undone: Instant | None, instant: Instant) -> str:
    """That it took the end of the fault, where it did: then our own waiting is in the time."""
    if undone is None or instant.ns <= undone.ns:
        return " for the hold window"
    after = format_seconds((instant.ns - undone.ns) / NS)
    return f" for the hold window, {after} after the fault was undone"
