"""What a metric needs, and may be narrowed to (``availability of home``).

A criterion that is narrowed to what is not there, or whose metric needs it, would be met, or open,
whatever happens.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from drills.errors import PlanError, near
from drills.judgement.criterion import (
    OF_SEVERITY,
    WRITES,
    Comparator,
    Criterion,
    Unit,
    noun_of,
)
from drills.units import parse_duration


class Subject(StrEnum):
    """What may stand behind ``of``, in the words of a message."""

    NOTHING = "nothing"
    JOURNEY = "journeys"
    INTRUDER = "journeys that are forbidden"
    SWITCHING = "journeys with fail_over_to"
    ALERT = "alerts"
    REPLICA = "replicas"
    SERVICE = "services of the blast radius"
    PART = "services of the stack"
    TOPIC = "topics that people attest"


class Need(StrEnum):
    """What a metric cannot be measured without, in the words of a message."""

    JOURNEY = "a stack with journeys, the manifest names none"
    SERVED = "a stack with journeys, or with services that are watched"
    INTRUDER = "a stack with journeys that are forbidden, the manifest names none"
    SWITCHING = "a stack with journeys with fail_over_to, the manifest names none"
    ALERT = "a tag of an incident whose alerts count, found none"
    REPLICA = "a stack with replicas, the manifest names none"
    WRITES = "[data] in the manifest, found none"
    SEVERITY = "a severity with a time to respond, such as the tag @P2 names, found none"
    TARGET = "a target under [notify] that reaches whom the severity tells, found none"
    CONTENT = "columns to compare under [data] content, the manifest names none"


# The section of a manifest that would give what is needed.
SECTIONS: Mapping[Need, str] = {
    Need.JOURNEY: "[journeys.<name>]",
    Need.INTRUDER: "[journeys.<name>] with forbidden = true",
    Need.SWITCHING: "[journeys.<name>] with route and fail_over_to",
    Need.ALERT: "[incidents.<tag>] with alerts or unhealthy, and its tag at the scenario",
    Need.REPLICA: '[data.nodes.<name>] with role = "replica"',
    Need.WRITES: '[data] with a node of role = "primary"',
    Need.SEVERITY: "a tag such as @P2, or severity under [incidents.<tag>]",
    Need.TARGET: "[notify.<name>] in the runbook",
    Need.CONTENT: "content under [data]",
}


# What there is of each; what is left out is not checked.
Known = Mapping[Subject | Need, Sequence[str]]
_HINTS = {Subject.ALERT: "; an alert that no incident lists is named under monitoring.alerts"}


def with_limit(criterion: Criterion, known: Known) -> Criterion:
    """The criterion with the limit of the scenario's severity, where that is its limit, and known.

    Raises PlanError where there is none.
    """
    if criterion.limit != OF_SEVERITY or Need.SEVERITY not in known:
        return criterion
    if not known[Need.SEVERITY]:
        raise PlanError(f"{criterion.name}: expected {Need.SEVERITY}")
    return replace(criterion, limit=parse_duration(known[Need.SEVERITY][0]))


def check_subject(criterion: Criterion, subject: Subject, required: bool, known: Known) -> None:
    """Raise PlanError where a criterion is narrowed to what is not there, or not and has to be."""
    name, metric = criterion.subject, criterion.metric
    if subject is Subject.NOTHING and name:
        raise PlanError(f"{metric} cannot be narrowed: expected no 'of {name}'")
    there = known.get(subject)
    listed = f"{subject} ({', '.join(there) or 'none'})" if there is not None else subject.value
    if required and not name:
        raise PlanError(f"expected '{metric} of' one of the {listed}")
    if name and there is not None and name not in there:
        raise PlanError(
            f"{metric}: expected one of the {listed}, got {name!r}"
            f"{near(name, there)}{_HINTS.get(subject, '')}"
        )


def check_needs(criterion: Criterion, needs: Sequence[Need], known: Known) -> None:
    """Raise PlanError where the stack, or the scenario, lacks what the metric needs.

    An alert that the criterion names itself needs no incident that lists it.
    """
    _check_noun(criterion, known)
    for need in needs:
        if need is Need.ALERT and criterion.subject:
            continue
        if not known.get(need, (need.value,)):
            raise PlanError(f"{criterion.metric}: expected {need}")


def _check_noun(criterion: Criterion, known: Known) -> None:
    """Raise PlanError where a metric of writes names others than those that are kept."""
    noun, kept = noun_of(criterion.metric), known.get(Need.WRITES, ())
    if noun and kept and noun not in kept:
        names = ", ".join(f"'{criterion.metric.split(' ')[0]} {each}'" for each in (WRITES, *kept))
        raise PlanError(f"expected {names}, got {criterion.metric!r}{near(noun, [WRITES, *kept])}")


def check_limit(criterion: Criterion, unit: Unit, most: float) -> None:
    """Raise PlanError for a limit that nothing can miss, or nothing meet.

    What is measured lies from 0 to ``most``, and a count is whole.
    """
    least, limit = criterion.comparator is Comparator.AT_LEAST, criterion.limit
    at_most = criterion.comparator is Comparator.AT_MOST
    if limit <= 0 if least else at_most and limit >= most:
        raise PlanError(
            f"expected a limit that can be missed, got {_shown(criterion, unit)}: a check that "
            "cannot fail proves nothing"
        )
    broken = unit is Unit.COUNT and criterion.comparator is Comparator.EXACTLY and limit % 1
    if not 0 <= limit < math.inf or broken or (limit > most and not at_most):
        raise PlanError(f"expected a limit that can be met, got {_shown(criterion, unit)}")


def check_direction(criterion: Criterion, unit: Unit, better: Comparator | None) -> None:
    """Raise PlanError for a limit that only a worse system meets; without a ``better`` none is."""
    if better in (None, criterion.comparator) or criterion.comparator is Comparator.EXACTLY:
        return
    raise PlanError(
        f"{criterion.metric}: expected '{better}' a limit, got '{_shown(criterion, unit)}': "
        "only a worse system would meet that"
    )


def _shown(criterion: Criterion, unit: Unit) -> str:
    """Comparator and limit in words; a limit that is no quantity as the number that it is."""
    limit, whole = criterion.limit, unit is not Unit.COUNT or criterion.limit % 1 == 0
    sound = math.isfinite(limit) and whole and not (unit is Unit.RATIO and limit > 1)
    return f"{criterion.comparator} {unit.show(limit) if sound else limit}"
