"""The runbook's incidents against the drills that were run, and what of it is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from drills.runbook.due import Coming, Held, coming
from drills.runbook.policy import Rehearsal

if TYPE_CHECKING:
    from drills.history.store import Group
    from drills.judgement.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An incident of the runbook, and the runbook's own drills of it, by their names there.

    Those of no incident that is known belong to one of the name "".
    """

    incident: str
    title: str
    drills: Mapping[str, Rehearsal] = field(default_factory=dict)


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
    held: Sequence[Held],
    today: date,
) -> list[Line]:
    """What is overdue first, then what was never drilled, then by the last drill, oldest first.

    ``groups`` and ``counts`` are of the incidents of all drills, the second by verdict; ``held``
    are the last ones that ran to their end. An incident is due when the first of its drills is.
    """
    last = {each.name: each.newest.date() for each in groups if each.name}
    known = {each.incident: each for each in planned or () if each.incident}
    lines = [
        _line(name, known.get(name), last.get(name), counts, held, today)
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
    held: Sequence[Held],
    today: date,
) -> Line:
    verdicts: tuple[Verdict, ...] = ("met", "missed", "inconclusive", "not assessed")
    dates = [each.next for each in coming(planned.drills, held)] if planned else []
    due = min((each for each in dates if each), default=None)
    return Line(
        incident=name,
        title=planned.title if planned else name,
        counts={verdict: counts.get((name, verdict), 0) for verdict in verdicts},
        last=last,
        due=due,
        overdue=due is not None and due < today,
        known=planned is not None,
    )


def schedule(planned: Sequence[Planned] | None, held: Sequence[Held]) -> list[Coming]:
    """The runbook's own drills, the one that is due first first; those without a date last."""
    found = list(_coming(planned or (), held))
    return sorted(found, key=lambda each: (each.next or date.max, each.drill.title))


def _coming(planned: Sequence[Planned], held: Sequence[Held]) -> Iterator[Coming]:
    for each in planned:
        yield from coming(each.drills, held)
