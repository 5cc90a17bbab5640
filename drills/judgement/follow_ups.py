"""What a drill leaves to be done, and what became in it of what earlier ones left."""

from __future__ import annotations

from typing import cast

from drills.errors import PlanError
from drills.journal.facts import DrillStarted, ResponseStep, StillOpen
from drills.judgement.follow_up import FollowUp, Left
from drills.judgement.metric import Observations
from drills.runbook.leaving import (
    ACTION,
    FINDING,
    MEASURE,
    attested,
    leaving,
    line_id,
    step_id,
    who_attested,
)
from drills.runbook.policy import due_after
from drills.runbook.written.lines import lines_of
from drills.runbook.written.outcome import WELL

_KINDS = (FINDING, ACTION, MEASURE)


def left(seen: Observations) -> list[FollowUp]:
    """What this drill leaves; what people attested since is closed."""
    started = seen.timeline.first(DrillStarted) or DrillStarted()
    said, day = attested(seen.timeline), _day(started)
    return [
        FollowUp(
            id=each.id,
            what=cast("Left", each.what),
            text=each.text,
            since=day,
            drill=started.id,
            closed=_attested(who_attested(said, each.id, each.what, each.text)),
            owner=each.owner,
            due=_due(started, each.within),
        )
        for each in leaving(seen.timeline)
    ]


def followed_up(seen: Observations) -> list[FollowUp]:
    """What was still open of earlier drills when this one began, and whether it is now."""
    day = _day(seen.timeline.first(DrillStarted) or DrillStarted())
    return [
        FollowUp(
            id=each.id,
            what=cast("Left", each.what),
            text=each.text,
            since=each.since,
            drill=each.drill,
            closed=(closed := _closed(seen, each)),
            owner=each.owner,
            due=each.due,
            overdue=bool(each.due) and not closed and each.due < day,
        )
        for each in seen.timeline.all(StillOpen)
        if each.what in _KINDS
    ]


def _closed(seen: Observations, one: StillOpen) -> str:
    """Who attested it, or that the step was carried out and worked, each time; "" otherwise."""
    if by := who_attested(attested(seen.timeline), one.id, one.what, one.text):
        return _attested(by)
    if one.what != FINDING or not _works(seen, one.id):
        return ""
    return f"found no more since {_day(seen.timeline.first(DrillStarted) or DrillStarted())}"


def _works(seen: Observations, id_: str) -> bool:
    """Whether the step, or the line of the runbook, was carried out and worked each time."""
    tried = [each.works for each in seen.timeline.all(ResponseStep) if step_id(each) == id_]
    lines = [each for each in lines_of(seen.timeline) if line_id(each) == id_ and each.healthy]
    tried += [line.verdict.outcome in WELL for line in lines]
    return bool(tried) and all(tried)


def _attested(by: str) -> str:
    return f"attested by {by}" if by else ""


def _day(started: DrillStarted) -> str:
    return f"{started.anchor.date(started.at_ns):%Y-%m-%d}"


def _due(started: DrillStarted, within: str) -> str:
    """The date by which it is to be done; "" where nobody says, or what is said is no time."""
    try:
        late = due_after(started.anchor.date(started.at_ns), within)
    except (PlanError, OverflowError):
        return ""
    return f"{late:%Y-%m-%d}"
