"""The runbook's incidents against the drills that were run, and what of it is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.history.store import Group
    from drills.judgement.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An incident of the runbook: how many ``days`` from drill to drill, and the date that is set.

    ``days`` is None where nobody says how often, ``next`` where no date is set.
    """

    incident: str
    title: str
    days: float | None = None
    next: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An incident of the matrix: its drills by verdict, the last one, and when the next is due.

    ``last`` is None where it was never drilled; ``known`` says whether the runbook has it.
    """

    incident: str
    title: str
    counts: Mapping[Verdict, int]
    last: date | None
    due: date | None
    overdue: bool
    known: bool


def matrix(
    planned: Sequence[Planned] | None,
    groups: Sequence[Group],
    counts: Mapping[tuple[str, str], int],
    today: date,
) -> list[Line]:
    """What is overdue first, then what was never drilled, then by the last drill, oldest first.

    ``groups`` and ``counts`` are of the incidents of all drills, the second by verdict.
    """
    last = {each.name: each.newest.date() for each in groups if each.name}
    known = {each.incident: each for each in planned or ()}
    lines = [
        _line(name, known.get(name), last.get(name), counts, today)
        for name in dict.fromkeys([*known, *last])
    ]
    return sorted(
        lines,
        key=lambda each: (not each.overdue, each.last is not None, each.last or today, each.title),
    )


def _line(
    name: str,
    planned: Planned | None,
    last: date | None,
    counts: Mapping[tuple[str, str], int],
    today: date,
) -> Line:
    verdicts: tuple[Verdict, ...] = ("met", "missed", "inconclusive", "not assessed")
    due = following(planned.next, last, planned.days) or planned.next if planned else None
    return Line(
        incident=name,
        title=planned.title if planned else name,
        counts={verdict: counts.get((name, verdict), 0) for verdict in verdicts},
        last=last,
        due=due,
        overdue=due is not None and due < today,
        known=planned is not None,
    )


def following(set_: date | None, held: date | None, days: float | None) -> date | None:
    """The date after what was held; None where it was not held since, or nobody says how often.

    What was held up to a quarter of its interval early counts for the date that is set.
    """
    if held is None or not days:
        return None
    every = timedelta(days=round(days))
    if set_ is not None and held < set_ - every / 4:
        return None
    return held + every
