"""Which events of a long timeline a reader gets to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drills.result import TimelineEntry

ROWS = 300
# What a report may never leave out, as beginnings of kinds.
TURNING_POINTS = (
    *("drill.", "fault.", "signal", "response.", "undo.", "steady.", "stopped", "final.", "error"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """The events shown, in order, and how many stayed in the journal."""

    entries: list[TimelineEntry]
    left_out: int


def is_turning_point(entry: TimelineEntry) -> bool:
    """Whether the event is one that the drill is told by."""
    return entry.kind.startswith(TURNING_POINTS)


def abridge(timeline: Sequence[TimelineEntry], rows: int = ROWS) -> Story:
    """At most ``rows`` events: turning points first, then the others, earlier ones first."""
    if len(timeline) <= rows:
        return Story(list(timeline), 0)
    ranked = sorted(range(len(timeline)), key=lambda index: not is_turning_point(timeline[index]))
    kept = sorted(ranked[:rows])
    return Story([timeline[index] for index in kept], len(timeline) - rows)
