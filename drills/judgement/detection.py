"""Who noticed first: a customer, the team's own alert, or a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.journal.fact import Fact
from drills.journal.facts import DrillStarted, Signal, UndoCalled
from drills.journal.observed import CONTAINER, HEALTH, LOG, PAGER
from drills.journal.timeline import Timeline
from drills.judgement.crashes import crashes
from drills.judgement.degradation import SHARE, Degraded
from drills.judgement.metric import NO_FAULT, Observations, once, since
from drills.judgement.outage import Instant, OutageSpan, failures
from drills.judgement.outcomes import harm_of
from drills.judgement.telling import told, untold, whose
from drills.judgement.verdict import Measured, Measurement, Unmeasured
from drills.runbook.incident import Call
from drills.units import Interval

UNHEALTHY = "time to unhealthy"  # the metric of what only a health check can tell


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

    def matches(self, signal: Signal) -> bool:
        """Whether the signal is this one, in whatever state."""
        return (signal.detector, signal.name) == (self.detector, self.name)

    def given_before(self, seen: Observations, fault: Instant) -> bool:
        """Whether it was there already when the fault took effect, of any container."""
        last: dict[str, str] = {}
        for signal in seen.timeline.all(Signal):
            if signal.at_ns < fault.low_ns and self.matches(signal):
                last[signal.container_id] = signal.state
        return self.state in last.values()

    def __str__(self) -> str:
        return f"alert {self.name}" if self.detector == PAGER else f"{self.name} unhealthy"


def signs(seen: Observations, alert: str) -> list[Sign]:
    """What would announce the incident; only the alert of that name where one is given."""
    started = seen.timeline.first(DrillStarted)
    if alert or started is None:
        return [Sign(PAGER, alert)] if alert else []
    alerts = [Sign(PAGER, name) for name in started.alerts]
    return alerts + [Sign(CONTAINER, name) for name in started.unhealthy]


@once
def detection(seen: Observations, subject: str) -> Signal | None:
    """The team's own first sign of the incident after the fault; an alert's with ``subject``.

    Without an incident that is announced by something it is whatever told somebody first.
    """
    expected = signs(seen, subject)
    if not expected:
        first = told(seen)
        return first if isinstance(first, Signal) else None
    return _first(seen, expected)


def calls_in(timeline: Timeline, now_ns: int) -> list[Call]:
    """What called whoever is on call since the fault, of the events so far, by arrival.

    Each alert and each service once; one of several containers that is unhealthy suffices.
    """
    fault = Observations(timeline, {}, 0.0, now_ns).fault()
    if fault is None:
        return []
    states: dict[Sign, dict[object, str]] = {}
    for signal in timeline.all(Signal):
        sign = Sign(signal.detector, signal.name)
        calls = signal.at_ns >= fault.low_ns and signal.state == sign.state
        if calls or sign in states:
            states.setdefault(sign, {})[whose(signal)] = signal.state
    return [
        Call(sign.name, sign.detector == CONTAINER, sign.state in each.values())
        for sign, each in states.items()
    ]


def _first(seen: Observations, expected: Sequence[Sign]) -> Signal | None:
    fault = seen.fault()
    if fault is None:
        return None
    for signal in seen.timeline.all(Signal):
        wrong = [sign for sign in expected if signal.state == sign.state]
        if signal.at_ns >= fault.low_ns and any(sign.matches(signal) for sign in wrong):
            return signal
    return None


def said(signal: Signal) -> str:
    """What a sign of an incident was, in a few words."""
    if signal.detector == PAGER:
        return f"alert {signal.name}"
    if signal.detector == CONTAINER:
        return f"{signal.name} unhealthy"
    return signal.text


def _teller(signal: Signal) -> str:
    """Whose word it is, and that it was given."""
    return {
        PAGER: "the pager received it",
        LOG: "the engine stamped the line",
        HEALTH: "the endpoint answered",
    }.get(signal.detector, "the engine told it")


@once
def time_to_detect(seen: Observations, subject: str) -> Measurement:
    """The first sign that the incident is announced by, as the pager or the engine had it."""
    return _time_to(seen, announced(seen, subject))


def time_to_resolve(seen: Observations, subject: str) -> Measurement:
    """The last sign of the incident is taken back, as the pager or the engine had it."""
    fault, first = seen.fault(), announced(seen, subject)
    if fault is None:
        return NO_FAULT
    if isinstance(first, Unmeasured):
        return first
    last: dict[tuple[Sign, object], tuple[Sign, Signal]] = {}
    expected = signs(seen, subject) or [Sign(first.detector, first.name)]
    for signal in seen.timeline.all(Signal):
        for sign in expected:
            if signal.at_ns >= fault.low_ns and sign.matches(signal):
                last[sign, whose(signal)] = sign, signal
    for sign, signal in last.values():
        if signal.state == sign.state:
            return Unmeasured(f"{said(signal)} is not taken back", seen.watched())
    end = max((signal for _, signal in last.values()), key=lambda signal: signal.at_ns)
    over = Instant.at(end.at_ns, end.error_ns)
    return since(fault, over, f"{end.name} is {end.state}, as {_teller(end)}")


def time_to_unhealthy(seen: Observations, subject: str) -> Measurement:
    """A container's own health check says that it is unhealthy, of the service ``subject``."""
    return _time_to(seen, _announced(seen, [Sign(CONTAINER, subject)]))


def _time_to(seen: Observations, signal: Signal | Unmeasured) -> Measurement:
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    if isinstance(signal, Unmeasured):
        return signal
    instant = Instant.at(signal.at_ns, signal.error_ns)
    return since(fault, instant, f"{said(signal)} as {_teller(signal)}")


def announced(seen: Observations, subject: str) -> Signal | Unmeasured:
    """The team's own first sign after the fault, or why there is none that would count.

    Where the scenario has no incident that says what announces it, it is whatever told somebody
    first, of what the team has named.
    """
    expected = signs(seen, subject)
    return _announced(seen, expected) if expected else told(seen)


def _announced(seen: Observations, expected: Sequence[Sign]) -> Signal | Unmeasured:
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    if early := [sign for sign in expected if sign.given_before(seen, fault)]:
        verb = "firing" if early[0].detector == PAGER else "so"
        return Unmeasured(f"{early[0]} was already {verb} before the fault")
    signal = _first(seen, expected)
    return _unannounced(seen, expected) if signal is None else signal


def _unannounced(seen: Observations, expected: Sequence[Sign]) -> Unmeasured:
    """Why there is no sign: nobody could have given any of them, or nobody did."""
    alerts = [sign.name for sign in expected if sign.detector == PAGER]
    health = [sign.name for sign in expected if sign.detector == CONTAINER]
    if why := untold(seen, alerts, health):
        return Unmeasured(why)
    missing = [f"no alert {' or '.join(alerts)} reached the pager"] * bool(alerts)
    missing += [f"no container of {' or '.join(health)} was reported unhealthy"] * bool(health)
    return Unmeasured(", and ".join(missing), seen.watched())


def crashes_before_detection(seen: Observations, subject: str) -> Measurement:
    """Containers or processes that crashed before monitoring noticed, once it has noticed.

    Without a detection nothing came before it: unmeasured, with the crashes seen so far as what
    the number is at least. What follows the first undo is not counted.
    """
    fault = seen.fault()
    if fault is None:
        return NO_FAULT
    signal = announced(seen, subject)
    undo = seen.timeline.first(UndoCalled, after_ns=fault.ns)
    ends = [each.at_ns for each in (signal, undo) if isinstance(each, Fact)]
    found = crashes(seen.timeline, fault.high_ns, min(ends, default=seen.until_ns))
    names = ", ".join(death.text for death in found[:5])
    if isinstance(signal, Unmeasured):
        so_far = f"; {len(found)} crashed so far: {names}" if found else ""
        return Unmeasured(f"{signal.reason}{so_far}", len(found) or None)
    source = "the engine's events of deaths and out-of-memory kills between fault and alert"
    return Measured(Interval.exact(len(found)), f"{source}: {names}" if found else source)
