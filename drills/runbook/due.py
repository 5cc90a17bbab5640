"""When a runbook's own drills are due: by the dates that are set, and by what was held since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from drills.runbook.policy import DAY, Rehearsal, span


@dataclass(frozen=True, slots=True)
class Held:
    """A drill that ran to its end: of which incident and scenario, and when."""

    incident: str
    scenario: str
    on: date


@dataclass(frozen=True, slots=True)
class Coming:
    """A drill of the runbook: its name there, when it was held last, and what follows.

    ``held`` is None where it never was.
    ``following`` is the date after that, where it was held since the one that is set, and it is
    known how often.
    """

    name: str
    drill: Rehearsal
    held: date | None
    following: date | None

    @property
    def next(self) -> date | None:
        """When it is due: the date that follows, or the one that is set."""
        return self.following or self.drill.next

    def overdue(self, today: date) -> bool:
        """Whether that is over."""
        return self.next is not None and self.next < today


def coming(drills: Mapping[str, Rehearsal], held: Iterable[Held]) -> Iterator[Coming]:
    """Each drill of a runbook, as the ones that were held leave it."""
    newest_first = sorted(held, key=lambda each: each.on, reverse=True)
    for name, drill in drills.items():
        last = next((each.on for each in newest_first if _is_of(each, drill)), None)
        yield Coming(name, drill, last, following(drill.next, last, days(drill.every)))


def _is_of(held: Held, drill: Rehearsal) -> bool:
    return (
        drill.incident in ("", held.incident)
        and drill.scenario in ("", held.scenario)
        and bool(drill.incident or drill.scenario)
    )


def days(every: str) -> float | None:
    """Of a span; None where none is said."""
    return span(every) / DAY if every else None


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
