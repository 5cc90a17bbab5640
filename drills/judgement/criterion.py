"""Success criteria: what is measured, how it is compared, and with what."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from drills.errors import PlanError
from drills.journal.facts import CriterionDeclared, CriterionStated
from drills.units import (
    format_ratio,
    format_seconds,
    parse_count,
    parse_duration,
    parse_ratio,
)

WRITES = "writes"  # what every stack has that keeps any, whatever its team calls them
_OF_WRITES = re.compile(rf"(lost|altered|duplicated|stale) (?!{WRITES}\Z)([a-z0-9-]+)")


def measured(metric: str) -> str:
    """The metric that a name stands for: a team may call its writes by the journey's own name."""
    found = _OF_WRITES.fullmatch(metric)
    return f"{found[1]} {WRITES}" if found else metric


def noun_of(metric: str) -> str:
    """What a metric calls the writes where it does not say ``writes``; "" otherwise."""
    found = _OF_WRITES.fullmatch(metric)
    return found[2] if found else ""


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
            return parse_time(text)
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


# What a limit may say instead of a time, and what it is until the severity is known.
LIMIT_OF_SEVERITY = "the limit of its severity"
OF_SEVERITY = -math.inf


@dataclass(frozen=True, slots=True)
class Criterion:
    """One success criterion. ``subject`` narrows the metric: a journey, or an alert's name.

    ``limit`` is in the metric's unit: seconds, a ratio of 0 to 1, or a count. It is ``OF_SEVERITY``
    where it is the time to respond of the scenario's severity, until ``with_limit`` says that.
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

    def stated(self) -> CriterionStated:
        """The criterion as the journal holds it."""
        return CriterionStated(**self._data())

    def declared(self, sentence: str, line: int = 0) -> CriterionDeclared:
        """The same, of a sentence that was not reached yet."""
        return CriterionDeclared(**self._data(), sentence=sentence, line=line)

    def _data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "metric": self.metric,
            "comparator": self.comparator.value,
            "limit": self.limit,
            "subject": self.subject,
            "priority": self.priority.value,
        }

    @classmethod
    def of(cls, fact: CriterionStated | CriterionDeclared) -> Criterion:
        """The inverse of both. Raises ValueError where the fact is damaged."""
        return cls(
            name=fact.name,
            metric=fact.metric,
            comparator=Comparator(fact.comparator),
            limit=fact.limit,
            subject=fact.subject,
            priority=Priority(fact.priority),
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """What a sentence declares, as far as that is known before it is reached.

    ``criteria`` is empty where it is not: then the sentence stands for itself. ``line`` is where it
    stands in its feature.
    """

    sentence: str
    criteria: tuple[Criterion, ...]
    line: int = 0

    def facts(self) -> list[CriterionDeclared]:
        """What the journal holds of it."""
        known = [criterion.declared(self.sentence, self.line) for criterion in self.criteria]
        return known or [CriterionDeclared(sentence=self.sentence, line=self.line)]


def parse_time(text: str) -> float:
    """Seconds of a limit on a time, or ``OF_SEVERITY``. Raises PlanError for anything else."""
    return OF_SEVERITY if text.strip() == LIMIT_OF_SEVERITY else parse_duration(text)


def parse_limit(text: str, unit: Unit) -> tuple[Comparator, float]:
    """``"at most 5 minutes"`` as comparator and limit. Raises PlanError for anything else."""
    for comparator in Comparator:
        if text.strip().startswith(comparator.value + " "):
            return comparator, unit.parse(text.strip().removeprefix(comparator.value))
    raise PlanError(
        f"expected 'at most', 'at least' or 'exactly' and a value in {unit.value}, got {text!r}"
    )
