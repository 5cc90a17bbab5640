"""Waiting for a system that is well: its stack is ready, and steady state was held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from drills.clock import Clock
from drills.errors import SteadyStateNotReached
from drills.journal.redaction import Redactor
from drills.judgement.metric import Observations
from drills.judgement.outage import all_held_from
from drills.runbook.settings_file import settings_of
from drills.stack.readiness import Readiness
from drills.stack.runtime import Stack
from drills.units import NS
from drills.wait import until

RECENT = 0.5  # seconds by which the held window may lie behind the newest answers


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


def hold_steady(
    look: Callable[[], Observations],
    *,
    lanes: Sequence[str],
    monitoring: Readiness,
    last_seen: Callable[[], str],
    hold: float,
    within: float,
    clock: Clock,
) -> None:
    """Wait until every lane was good for ``hold`` seconds up to now, and monitoring is ready.

    Where no lane is asked before the fault, monitoring is all that is waited for.

    Raises SteadyStateNotReached with the last answers where that takes longer than ``within``.
    """
    begin = clock.monotonic_ns()

    def steady() -> bool:
        seen = look()
        samples = [seen.samples.get(name, []) for name in lanes]
        lately = max(begin, seen.until_ns - int((hold + RECENT) * NS))
        held = all_held_from(samples, after_ns=lately, hold=hold) is not None
        return monitoring.ready() and (held or not lanes)

    until(
        steady,
        awaited=f"steady state held for {hold:g} s",
        within=within,
        last_seen=lambda: f"{last_seen()}; monitoring: {monitoring.last_seen()}",
        clock=clock,
        error=SteadyStateNotReached,
    )


def last_answers(seen: Observations) -> str:
    """The last answer of each lane, for a message."""
    parts = []
    for name, samples in sorted(seen.samples.items()):
        if samples:
            last = samples[-1]
            took = f"{(last.ended_ns - last.intended_ns) / NS * 1000:.0f} ms"
            parts.append(f"{name} {last.outcome.value} {last.status} {last.detail} in {took}")
    return "; ".join(parts) or "no answers at all"
