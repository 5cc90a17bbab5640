"""Success criteria: what is measured, how it is compared, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drills.errors import PlanError
from drills.journal.timeline import Event, Json
from drills.units import (
    format_ratio,
    format_seconds,
    parse_count,
    parse_duration,
    parse_ratio,
)


class Comparator(StrEnum):
    """How a measured value is held against its limit."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    EXACTLY = "exactly"


class Unit(StrEnum):
    """What a metric counts in."""

    SECONDS = "seconds"
    RATIO = "ratio"
    COUNT = "count"

    def parse(self, text: str) -> float:
        """A limit as people write it. Raises PlanError where it is not of this unit."""
        if self is Unit.SECONDS:
            return parse_duration(text)
        if self is Unit.RATIO:
            return parse_ratio(text)
        return float(parse_count(text))

    def show(self, value: float) -> str:
        """A value as readers want it, with its unit."""
        if self is Unit.SECONDS:
            return format_seconds(value)
        if self is Unit.RATIO:
            return format_ratio(value)
        return f"{value:.0f}"


class Priority(StrEnum):
    """Whether missing it fails the exercise (must) or is a weakness (should)."""

    MUST = "must"
    SHOULD = "should"

    @property
    def weight(self) -> int:
        """The weight in the score: must 3, should 1."""
        return 3 if self is Priority.MUST else 1


@dataclass(frozen=True, slots=True)
class Criterion:
    """One success criterion. ``subject`` narrows the metric: a journey, or an alert's name.

    ``limit`` is in the metric's unit: seconds, a ratio of 0 to 1, or a count.
    """

    name: str
    metric: str
    comparator: Comparator
    limit: float
    subject: str = ""
    priority: Priority = Priority.MUST

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same criterion as another, however strict the other is."""
        return self.name, self.metric, self.subject

    def data(self) -> Mapping[str, Json]:
        """The criterion as its event in the journal holds it."""
        return {
            "name": self.name,
            "metric": self.metric,
            "comparator": self.comparator.value,
            "limit": self.limit,
            "subject": self.subject,
            "priority": self.priority.value,
        }

    @classmethod
    def from_event(cls, event: Event) -> Criterion:
        """The inverse of ``data``. Raises ValueError where the event is not one."""
        return cls(
            name=event.string("name"),
            metric=event.string("metric"),
            comparator=Comparator(event.string("comparator")),
            limit=event.number("limit"),
            subject=event.string("subject"),
            priority=Priority(event.string("priority", "must")),
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """What a sentence declares, as far as that is known before it is reached.

    ``criteria`` is empty where it is not: then the sentence stands for itself.
    """

    sentence: str
    criteria: tuple[Criterion, ...]


def parse_limit(text: str, unit: Unit) -> tuple[Comparator, float]:
    """``"at most 5 minutes"`` as comparator and limit. Raises PlanError for anything else."""
    for comparator in Comparator:
        if text.strip().startswith(comparator.value + " "):
            return comparator, unit.parse(text.strip().removeprefix(comparator.value))
    raise PlanError(
        f"expected 'at most', 'at least' or 'exactly' and a value in {unit.value}, got {text!r}"
    )
