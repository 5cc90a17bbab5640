"""The phases of an incident as one bar: how long each took, and which took most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from drills.judgement.moment import Floor, Moment
from drills.reporting.figures import with_error
from drills.units import format_seconds, with_bounds

_WIDTH = 1000.0  # of the bar; the page stretches it
_GAP = 3.0

SAID = {
    "fault": "Fault in effect",
    "symptom": "First symptom",
    "pending": "Alert pends",
    "firing": "Alert fires",
    "notified": "Somebody is told",
    "acknowledged": "Somebody reacts",
    "mitigated": "Mitigated",
    "recovered": "Recovered",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one phase to the next that is known, and where in the bar that is."""

    begin: Moment
    end: Moment
    seconds: float
    left: float
    width: float

    @property
    def words(self) -> str:
        """``Fault in effect to Somebody is told: 1.62 s``."""
        return f"{SAID[self.begin.name]} to {SAID[self.end.name].lower()}: {self.took}"

    @property
    def took(self) -> str:
        """How long it took."""
        return format_seconds(self.seconds)


def known(course: Sequence[Moment]) -> list[Moment]:
    """The phases with a time, in the order of those."""
    found = [one for one in course if one.offset_s is not None]
    return sorted(found, key=lambda one: one.offset_s or 0.0)


def stretches(course: Sequence[Moment]) -> list[Stretch]:
    """What lies between them; nothing where there is but one, or all are at once."""
    order = known(course)
    if len(order) < 2:
        return []
    first, last = (each.offset_s or 0.0 for each in (order[0], order[-1]))
    scale = _WIDTH / (last - first) if last > first else 0.0
    found = []
    for begin, end in pairwise(order):
        low, high = begin.offset_s or 0.0, end.offset_s or 0.0
        left, width = (low - first) * scale, max((high - low) * scale - _GAP, 1.0)
        found.append(Stretch(begin, end, high - low, round(left, 1), round(width, 1)))
    return found if scale else []


def longest(found: Sequence[Stretch]) -> Stretch | None:
    """What took most."""
    return max(found, key=lambda one: one.seconds, default=None)


def offset_text(one: Moment) -> str:
    """When, from the fault, with its uncertainty; "" where that is not known."""
    if one.offset_s is None:
        return ""
    if one.low_s is None or one.high_s is None:
        return format_seconds(one.offset_s)
    if one.name == "fault":
        return with_error(0.0, (one.high_s - one.low_s) / 2)
    return with_bounds(one.offset_s, one.low_s, one.high_s)


def floor_text(floor: Floor) -> str:
    """What is implied at least, what comes on top of it, and the setting that costs most."""
    scrape = _scrape(floor)
    named = {
        f"“for” of {floor.alert}": floor.for_s,
        "group_wait": floor.group_wait_s,
        scrape: floor.scrape_s,
        "the evaluation interval": floor.evaluation_s,
    }
    known = {name: seconds for name, seconds in named.items() if seconds is not None}
    sure = [(name, known[name]) for name in list(named)[:2] if name in known]
    more = [(name, known[name]) for name in list(named)[2:] if name in known]
    text = f"By the monitoring's own configuration it takes at least {_sum(sure)}"
    text += f", and up to {_sum(more)} more. " if more else ". "
    missing = [name for name in named if name not in known]
    text += f"Not known: {', '.join(missing)}. " if missing else ""
    most = max(known, key=lambda name: known[name])
    if not known[most]:
        return text.strip()
    return f"{text}Most of it costs {most}: {format_seconds(known[most])}."


def _scrape(floor: Floor) -> str:
    """Which interval it is."""
    if floor.scrape_job:
        return f"the scrape interval of {floor.scrape_job}"
    return "the scrape interval" if floor.scrape_s is None else "the longest scrape interval of all"


def _sum(parts: Sequence[tuple[str, float]]) -> str:
    each = ", ".join(f"{name} {format_seconds(seconds)}" for name, seconds in parts)
    return f"{format_seconds(sum(seconds for _, seconds in parts))} ({each})"


def floor_place(floor: Floor, course: Sequence[Moment]) -> float | None:
    """Where in the bar the least is over; None where that is not within it."""
    order = known(course)
    found = stretches(course)
    least = (floor.for_s or 0.0) + (floor.group_wait_s or 0.0)
    if not found or not least:
        return None
    first, last = (each.offset_s or 0.0 for each in (order[0], order[-1]))
    place = (least - first) / (last - first)
    return round(place * _WIDTH, 1) if 0 < place < 1 else None
