"""Who raises a team's alarms, and what else of the system is watched and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from drills.journal.observed import ENGINE, HEALTH, LOG, PAGER
from drills.journal.rules import Rule, check, every, filled, one_of, some
from drills.observers.payload import ALERTMANAGER, Shape
from drills.stack.inbox import Reception
from drills.stack.system import Endpoint, Question

UNHEALTHY, DIED, STARVED, RESTARTED = "unhealthy", "die", "oom", "restart"


def _pattern(value: str) -> str:
    """A regular expression that says something."""
    try:
        re.compile(value)
    except re.error as error:
        return f"a regular expression ({error})"
    return filled(value)


_on: Rule = every(one_of(UNHEALTHY, DIED, STARVED, RESTARTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Reception):
    """The drill's own receiver, at the place where the team's alerting notifies already.

    ``shape`` is that of what it is sent.
    """

    shape: Shape = ALERTMANAGER


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPattern:
    """Lines of a service's log in which ``pattern``, a regular expression, is found.

    With ``tells`` somebody is told of such a line, by the team's own means.
    """

    service: str
    pattern: str
    tells: bool = False

    def __post_init__(self) -> None:
        check(self, service=filled, pattern=_pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heeded:
    """What of containers is heeded beside their health: ``on`` which of it, of which services.

    Without ``services`` they are all. With ``tells`` somebody is told of it, by the team's own
    means: a health check that nobody looks at tells nobody.
    """

    on: tuple[str, ...] = (UNHEALTHY,)
    services: tuple[str, ...] = ()
    tells: bool = False

    def __post_init__(self) -> None:
        check(self, on=_on)

    def heeds(self, action: str, service: str) -> bool:
        """Whether it is something that is heeded."""
        return action in self.on and (not self.services or service in self.services)


NOTHING = Heeded(on=())


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthField:
    """A dotted field of a health endpoint's answer, watched for changes.

    Something is wrong where it is none of ``good``, and where there is no answer; without any it
    says neither. With ``tells`` somebody is told then, by the team's own means.
    """

    field: str
    good: tuple[str, ...] = ()
    tells: bool = False

    def __post_init__(self) -> None:
        check(self, field=filled, **({"good": some} if self.tells else {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Who raises alarms: the pager that Alertmanager notifies, or the drill's own receiver.

    ``ready`` are questions that must be answered well before a fault, ``health`` maps health
    endpoints to what is watched of their answers, ``evidence`` are questions whose answers are
    kept, by name. ``alerts`` are those that criteria may name besides the incidents'. ``logs`` are
    patterns by name, ``containers`` what the engine tells of them.
    """

    pager: Endpoint | None = None
    webhook: Webhook | None = None
    alerts: tuple[str, ...] = ()
    ready: Mapping[str, Question] = field(default_factory=dict)
    health: Mapping[str, HealthField] = field(default_factory=dict)
    logs: Mapping[str, LogPattern] = field(default_factory=dict)
    containers: Heeded | None = None
    evidence: Mapping[str, Question] = field(default_factory=dict)

    @property
    def telling(self) -> Mapping[str, str]:
        """What tells somebody, in words, by the name under which it is written; {} for nothing."""
        found: dict[str, list[str]] = {}
        for detector, words in self._telling():
            found.setdefault(detector, []).append(words)
        return {detector: ", ".join(words) for detector, words in found.items()}

    def _telling(self) -> Iterator[tuple[str, str]]:
        if self.pager is not None:
            yield PAGER, f"alerts that reach the pager ({self.pager.service}:{self.pager.port})"
        if self.webhook is not None:
            yield PAGER, f"alerts that are sent to {self.webhook}"
        for name, pattern in self.logs.items():
            if pattern.tells:
                yield LOG, f"the log pattern {name} of {pattern.service}"
        if self.containers is not None and self.containers.tells:
            whose = ", ".join(self.containers.services) or "any service"
            yield ENGINE, f"{' or '.join(self.containers.on)} of a container of {whose}"
        for path, watched in self.health.items():
            if watched.tells:
                yield HEALTH, f"{path} where {watched.field} is not {' or '.join(watched.good)}"

    def services(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every service that a detector names, with its key below ``monitoring``."""
        for name, pattern in self.logs.items():
            yield ("logs", name, "service"), pattern.service
        for number, service in enumerate(self.containers.services if self.containers else ()):
            yield ("containers", "services", number), service
