"""What drills left to be done, in words: what is open still, since when, and what closed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drills.judgement.follow_up import FollowUp
from drills.judgement.result import DrillResult
from drills.reporting.words import plural

SHOWN = 6  # findings on a terminal; the report has all
TITLE = "Left by earlier drills of this incident"


def told(one: FollowUp) -> str:
    """``still open since 2026-10-02 (drill 7f3a, f-3a9c21): step 2 of ... does not work``."""
    return f"{standing(one)} (drill {one.drill}, {one.id}): {one.text}"


def standing(one: FollowUp) -> str:
    """``still open since 2026-10-02``, or what closed it and how long it had been open."""
    if one.closed:
        return f"{one.closed}, was open since {one.since}"
    due = f", OVERDUE since {one.due}" if one.overdue else f", due {one.due}" if one.due else ""
    return f"still open since {one.since}{due}"


def whose(one: FollowUp) -> str:
    """``Technical Lead, due 2026-10-09``; "" where neither is said."""
    return ", ".join(filter(None, (one.owner, one.due and f"due {one.due}")))


def owners(result: DrillResult) -> Mapping[str, str]:
    """Whose each thing is that this drill leaves, and until when, by its text."""
    return {one.text: told for one in result.left if (told := whose(one))}


def in_short(points: Sequence[FollowUp]) -> list[str]:
    """What a terminal says of them: findings and what was closed, and how much else is open."""
    todo = [one for one in points if not one.closed and one.what != "finding"]
    ranked = sorted((one for one in points if one not in todo), key=lambda one: bool(one.closed))
    lines = [told(one) for one in ranked[:SHOWN]]
    if (more := len(ranked) - SHOWN) > 0:
        lines.append(f"and {more} more, in the report")
    return [*lines, _counted(todo)] if todo else lines


def _counted(todo: Sequence[FollowUp]) -> str:
    """``still open since 2026-10-02 (drill 7f3a): 4 actions, 2 measures, listed in the report``."""
    oldest = min(todo, key=lambda one: one.since)
    counts = [
        plural(number, what)
        for what in ("action", "measure")
        if (number := sum(one.what == what for one in todo))
    ]
    return f"{standing(oldest)} (drill {oldest.drill}): {', '.join(counts)}, listed in the report"


def named(result: DrillResult) -> Mapping[str, str]:
    """Beside the text of each finding of this drill: its id, and who attested it if anybody did."""
    findings = [one for one in result.left if one.what == "finding"]
    return {one.text: ", ".join(filter(None, (one.id, one.closed))) for one in findings}
