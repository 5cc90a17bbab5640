"""Who noticed first: a customer, the team's own alert, or a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.journal.observed import CONTAINER
from drills.journal.timeline import Event, Kind, Timeline
from drills.judgement.crashes import crashes
from drills.judgement.degradation import SHARE, Degraded
from drills.judgement.metric import NO_FAULT, Observations, once, since
from drills.judgement.outage import Instant, OutageSpan, failures
from drills.judgement.outcomes import harm_of
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.units import Interval

PAGER = "alertmanager"  # who detected it, in a signal: the pager, as Alertmanager notified it


@once
def time_to_symptom(seen: Observations, subject: str) -> Measurement:
    """The first outage or degraded stretch that a customer could see; of one journey by name."""
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    spans: list[OutageSpan | Degraded] = []
    for lane in seen.journeys():
        if subject in ("", lane):
            spans += [*seen.outages()[lane], *seen.degraded()[lane]]
    spans = [span for span in spans if span.start.high_ns >= fault.low_ns]
    if not spans:
        return Unmeasured(_unseen(seen, subject))
    first = min(spans, key=lambda span: span.start.ns)
    start = Instant.earliest(span.start for span in spans)
    return since(fault, start, f"first failed answers of journey {first.lane}")


def _unseen(seen: Observations, subject: str) -> str:
    """Why there was no symptom, without a word too much: single failures are none, but they are."""
    samples = [lane for name, lane in seen.journeys().items() if subject in ("", name)]
    due = sum(map(len, samples))
    failed = sum(len(failures(lane)) for lane in samples)
    if not failed and (harm := harm_of(seen)):
        what = " or ".join(sorted(set(harm.values()), reverse=True))
        return (
            f"no request failed when it was made, but {len(harm):,} acknowledged writes were {what}"
        )
    if not failed:
        return f"no customer could see it: none of {due:,} requests failed"
    return (
        f"no symptom of the fault: {failed:,} of {due:,} requests failed, but no journey began to "
        f"fail twice in a row, or in {SHARE:.0%} of a second's requests, after it"
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """What announces an incident: an alert at the pager, or a container's own health check."""

    detector: str
    name: str

    @property
    def state(self) -> str:
        """In which state of it something is wrong."""
        return "firing" if self.detector == PAGER else "unhealthy"

    def matches(self, event: Event) -> bool:
        """Whether the signal is this one, in whatever state."""
        return (event.string("detector"), event.string("name")) == (self.detector, self.name)

    def given_before(self, seen: Observations, fault: Instant) -> bool:
        """Whether it was there already when the fault took effect, of any container."""
        last: dict[str, str] = {}
        for event in seen.timeline.all(Kind.SIGNAL):
            if event.at_ns < fault.low_ns and self.matches(event):
                last[event.string("container_id")] = event.string("state")
        return self.state in last.values()

    def __str__(self) -> str:
        return f"alert {self.name}" if self.detector == PAGER else f"{self.name} unhealthy"


def signs(seen: Observations, alert: str) -> list[Sign]:
    """What would announce the incident; only the alert of that name where one is given."""
    started = seen.timeline.first(Kind.DRILL_STARTED)
    if alert or started is None:
        return [Sign(PAGER, alert)] if alert else []
    alerts = [Sign(PAGER, name) for name in started.strings("alerts")]
    return alerts + [Sign(CONTAINER, name) for name in started.strings("unhealthy")]


@once
def detection(seen: Observations, subject: str) -> Event | None:
    """The team's own first sign of the incident after the fault; an alert's with ``subject``."""
    return _first(seen, signs(seen, subject))


def alert_in(timeline: Timeline, now_ns: int) -> str:
    """The name of the incident's first sign, of the events so far; "" for none yet."""
    event = detection(Observations(timeline, {}, 0.0, now_ns), "")
    return event.string("name") if event else ""


def _first(seen: Observations, expected: Sequence[Sign]) -> Event | None:
    fault = seen.fault()
    if fault is None:
        return None
    for event in seen.timeline.all(Kind.SIGNAL):
        wrong = [sign for sign in expected if event.string("state") == sign.state]
        if event.at_ns >= fault.low_ns and any(sign.matches(event) for sign in wrong):
            return event
    return None


def said(event: Event) -> str:
    """What a sign of an incident was, in a few words."""
    name = event.string("name")
    return f"{name} unhealthy" if event.string("detector") == CONTAINER else f"alert {name}"


@once
def time_to_detect(seen: Observations, subject: str) -> Measurement:
    """The first sign that the incident is announced by, as the pager or the engine had it."""
    return _time_to(seen, announced(seen, subject))


def time_to_unhealthy(seen: Observations, subject: str) -> Measurement:
    """A container's own health check says that it is unhealthy, of the service ``subject``."""
    return _time_to(seen, _announced(seen, [Sign(CONTAINER, subject)]))


def _time_to(seen: Observations, event: Event | Unmeasured) -> Measurement:
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    if isinstance(event, Unmeasured):
        return event
    told = Instant.at(event.at_ns, event.integer("error_ns"))
    by = "the engine told it" if event.string("detector") == CONTAINER else "the pager received it"
    return since(fault, told, f"{said(event)} as {by}")


def announced(seen: Observations, subject: str) -> Event | Unmeasured:
    """The team's own first sign after the fault, or why there is none that would count."""
    return _announced(seen, signs(seen, subject))


def _announced(seen: Observations, expected: Sequence[Sign]) -> Event | Unmeasured:
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    if not expected:
        return Unmeasured("the scenario names no incident whose alerts would count")
    if early := [sign for sign in expected if sign.given_before(seen, fault)]:
        verb = "firing" if early[0].detector == PAGER else "so"
        return Unmeasured(f"{early[0]} was already {verb} before the fault")
    event = _first(seen, expected)
    if event is None:
        alerts = " or ".join(sign.name for sign in expected if sign.detector == PAGER)
        health = " or ".join(sign.name for sign in expected if sign.detector == CONTAINER)
        missing = [f"no alert {alerts} reached the pager"] * bool(alerts)
        missing += [f"no container of {health} was reported unhealthy"] * bool(health)
        return Unmeasured(", and ".join(missing), seen.watched())
    return event


def crashes_before_detection(seen: Observations, subject: str) -> Measurement:
    """Containers or processes that crashed before monitoring noticed, once it has noticed.

    Without a detection nothing came before it: unmeasured, with the crashes seen so far as what
    the number is at least. What follows the first undo is not counted.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    event = announced(seen, subject)
    undo = seen.timeline.first(Kind.UNDO_CALLED, after_ns=fault.ns)
    ends = [each.at_ns for each in (event, undo) if isinstance(each, Event)]
    found = crashes(seen.timeline, fault.high_ns, min(ends, default=seen.until_ns))
    names = ", ".join(death.text for death in found[:5])
    if isinstance(event, Unmeasured):
        so_far = f"; {len(found)} crashed so far: {names}" if found else ""
        return Unmeasured(f"{event.reason}{so_far}", len(found) or None)
    source = "the engine's events of deaths and out-of-memory kills between fault and alert"
    return Measured(Interval.exact(len(found)), f"{source}: {names}" if found else source)
