"""Waiting for a system that is well: its stack is ready, and steady state was held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from drills.clock import Clock
from drills.config.settings import Settings
from drills.errors import DrillError, PlanError, SteadyStateNotReached, StopConditionMet
from drills.journal.facts import Phase, SteadyMissed, SteadyReached
from drills.journal.journal import Journal
from drills.journal.redaction import Redactor
from drills.journal.sample import Sample
from drills.judgement.metric import Observations
from drills.judgement.outage import good
from drills.runbook.settings_file import settings_of
from drills.stack.readiness import Readiness
from drills.stack.runtime import Stack
from drills.units import NS, format_seconds
from drills.wait import until

RECENT = 0.5  # seconds by which an answer may be later than those before it, before it is missed


def learn_secrets(stack: Stack, redactor: Redactor, services: Iterable[str]) -> None:
    """Let the redactor know what a stack that is up keeps secret; its services' names are none."""
    environments = stack.environments()
    redactor.spare(*environments, *services)
    for settings in environments.values():
        redactor.know_settings(settings)
    redactor.know_settings(settings_of(stack.environment_file()))


def await_ready(
    readiness: Readiness, heed: Callable[[], None], *, within: float, clock: Clock
) -> None:
    """Wait until who must answer does. ``heed`` may raise at each look, to end the waiting.

    Raises WaitTimeout with the last answer of each that does not.
    """

    def ready() -> bool:
        heed()
        return readiness.ready()

    until(
        ready,
        awaited="the stack is ready",
        within=within,
        last_seen=readiness.last_seen,
        hint="The logs of every service are in the evidence.",
        clock=clock,
    )


class SteadyState:
    """What must be well before a fault, for the hold window: every lane that runs, and monitoring.

    ``reached`` is whether that was so. Whoever comes on later must be held, too: ``unheld``.
    ``monitoring`` is asked until it was ready once.
    """

    def __init__(self, settings: Settings, journal: Journal, clock: Clock) -> None:
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._since_ns = 0
        self.reached = False
        self.unheld = True
        self.monitoring: Readiness | None = None

    def came_on(self) -> None:
        """Lanes began that nobody held yet."""
        self._since_ns = self._clock.monotonic_ns()
        self.unheld = True

    @contextmanager
    def reaching(self, running: Callable[[], bool]) -> Iterator[None]:
        """Tell what keeps steady state from being reached; no fault is injected then.

        Raises SteadyStateNotReached for it, PlanError for what cannot be run at all, and
        StopConditionMet where that comes first.
        """
        self.reached = False
        try:
            yield
        except StopConditionMet:
            raise
        except DrillError as error:
            self._journal.write(SteadyMissed(f"no steady state: {error}"))
            as_written = isinstance(error, PlanError) and not running()
            if as_written or isinstance(error, SteadyStateNotReached):
                raise
            raise SteadyStateNotReached(f"no steady state: {error}") from error
        self.reached = True

    def hold(
        self,
        look: Callable[[], Observations],
        lanes: Sequence[str],
        customers: Sequence[str],
    ) -> None:
        """Wait until every lane was good for the hold window up to now, and monitoring was ready.

        Where no lane is asked before the fault, monitoring is all that is waited for.

        Raises SteadyStateNotReached where that takes too long, saying which journeys were not
        steady, and why.
        """
        hold, begin = self._settings.hold, self._since_ns
        text = f"holding steady state{_with(customers)} for {hold:g} s"
        self._journal.write(Phase(text, phase="steady state"))
        flaws: dict[str, str] = {}

        def steady() -> bool:
            seen = look()
            flaws.clear()
            for name in lanes:
                samples = seen.samples.get(name, ())
                flaws[name] = unsteady(samples, since_ns=begin, now_ns=seen.until_ns, hold=hold)
            return self._monitoring_is_ready() and not any(flaws.values())

        until(
            steady,
            awaited=f"steady state{_with(customers)} held for {hold:g} s",
            within=self._settings.steady_within,
            last_seen=lambda: "; ".join([_told(flaws), *self._monitoring_said()]),
            clock=self._clock,
            error=SteadyStateNotReached,
        )

    def _monitoring_is_ready(self) -> bool:
        return self.monitoring is None or self.monitoring.ready()

    def _monitoring_said(self) -> list[str]:
        return [f"monitoring: {self.monitoring.last_seen()}"] if self.monitoring else []

    def held(self, lanes: Sequence[str], customers: Sequence[str]) -> None:
        """Tell that these lanes were held, customers among them."""
        text = f"steady state reached and held{_with(customers)}"
        reached = SteadyReached(text, lanes=tuple(lanes), hold_s=self._settings.hold)
        self._journal.write(reached)
        self.unheld = False


def unsteady(samples: Sequence[Sample], *, since_ns: int, now_ns: int, hold: float) -> str:
    """Why a lane was not good for ``hold`` seconds up to now; "" where it was.

    Only what was due since ``since_ns`` counts. The window ends with the newest answer, which may
    be as old as the slowest of them took, and the time from one to the next.
    """
    lately = list(_newest_first(samples, since_ns, int(hold * NS)))
    if not lately:
        return "not answered yet"
    if failed := next((sample for sample in lately if not good(sample)), None):
        return f"{_answer(failed)}, {_ago(failed, now_ns)} ago"
    window_ns = lately[0].intended_ns - lately[-1].intended_ns
    if window_ns < int(hold * NS):
        return f"good for {format_seconds(window_ns / NS)} only"
    slowest_ns = max(sample.ended_ns - sample.intended_ns for sample in lately)
    next_ns = lately[0].intended_ns + window_ns // max(1, len(lately) - 1)
    overdue = now_ns > next_ns + slowest_ns + int(RECENT * NS)
    return f"no answer to what was due since {_ago(lately[0], now_ns)} ago" if overdue else ""


def _newest_first(samples: Sequence[Sample], since_ns: int, window_ns: int) -> Iterator[Sample]:
    """A lane's samples from its newest back to the first that is ``window_ns`` older."""
    for sample in reversed(samples):
        if sample.intended_ns < since_ns:
            return
        yield sample
        if samples[-1].intended_ns - sample.intended_ns >= window_ns:
            return


def _told(flaws: Mapping[str, str]) -> str:
    """Which lanes are not steady and why, and which are."""
    parts = [f"{name} {flaw}" for name, flaw in flaws.items() if flaw]
    if well := [name for name, flaw in flaws.items() if not flaw]:
        parts.append(f"steady: {', '.join(well)}")
    return "; ".join(parts) or "no journey is asked"


def _answer(sample: Sample) -> str:
    words = [sample.outcome.value, str(sample.status or ""), sample.detail]
    took = format_seconds((sample.ended_ns - sample.intended_ns) / NS)
    return f"{' '.join(filter(None, words))} in {took}"


def _ago(sample: Sample, now_ns: int) -> str:
    return format_seconds(max(0, now_ns - sample.intended_ns) / NS)


def _with(customers: Sequence[str]) -> str:
    return f" with customers ({', '.join(customers)})" if customers else ""
