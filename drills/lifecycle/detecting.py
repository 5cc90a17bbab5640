"""What of a drill listens as the team's own monitoring does, by what the manifest names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from drills.clock import Clock
from drills.errors import DrillError, PlanError
from drills.journal.facts import DrillStarted
from drills.journal.journal import Journal
from drills.judgement.criterion import Criterion
from drills.judgement.detection import UNHEALTHY
from drills.observers.health import HealthWatch
from drills.observers.log import LogWatch
from drills.observers.monitoring import Monitoring
from drills.observers.pager import PagerWatch
from drills.observers.webhook import GaveWay, WebhookWatch
from drills.stack.inbox import LIVES_SECONDS, Inbox, Receiving
from drills.stack.runtime import Runtime, Stack
from drills.stack.tls import Address


class Detector(Protocol):
    """Something that listens on a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End. Idempotent."""


NO_PLACE = (
    "[monitoring.webhook]: expected a stack of the drill's own, in whose network its receiver can "
    "stand; a running project, and a stack that a conftest brings, have none"
)


def inbox_of(monitoring: Monitoring, stack: Stack) -> Inbox | None:
    """The drill's own receiver of webhooks, from now on; None where the manifest names none.

    Raises PlanError for a stack that has no place for one.
    """
    if monitoring.webhook is None:
        return None
    if not isinstance(stack, Receiving):
        raise PlanError(NO_PLACE)
    return stack.receive(monitoring.webhook, LIVES_SECONDS)


def unchecked(runtime: Runtime, criterion: Criterion) -> str:
    """Why the engine will never call a service unhealthy that is waited for; "" where it may."""
    if criterion.metric != UNHEALTHY:
        return ""
    try:
        parts = runtime.containers(criterion.subject)
        if not parts or any(runtime.state(each).health for each in parts):
            return ""
    except DrillError:  # who cannot be asked may have one
        return ""
    return f'the "{criterion.subject}" service has no health check'


def detectors(
    monitoring: Monitoring,
    runtime: Runtime,
    inbox: Inbox | None,
    pager: Address | None,
    entry: Address,
    journal: Journal,
    clock: Clock,
    gave_way: GaveWay,
) -> Iterator[tuple[str, Detector]]:
    """Each by its name, in the order in which they are started."""
    if pager is not None:
        yield "pager", PagerWatch(pager, journal, clock)
    if monitoring.webhook is not None and inbox is not None:
        shape = monitoring.webhook.shape
        yield "webhook", WebhookWatch(inbox, shape, journal, clock, gave_way)
    if monitoring.health:
        yield "health", HealthWatch(entry, monitoring.health, journal, clock)
    if monitoring.logs:
        started = journal.timeline().first(DrillStarted)
        begun_ns = started.at_ns if started else clock.monotonic_ns()
        yield "logs", LogWatch(runtime, monitoring.logs, begun_ns, journal)
