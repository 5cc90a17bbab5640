"""Which events of a long timeline a reader gets to see, and what is said of the others.

What happens again and again is told once, with how often and from when to when. What the drill
turns on is never folded and never left out; what is left out is counted by kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from drills.judgement.result import TimelineEntry
from drills.reporting.figures import offset
from drills.reporting.words import grouped

ROWS = 300
OFTEN = 6  # times that something is told each by itself
# What a report may never leave out, as beginnings of kinds.
TURNING_POINTS = (
    *("drill.", "fault.", "signal", "response.", "undo.", "steady.", "stopped", "final.", "error"),
    *("ground", "lanes.", "stack.", "message."),
)
_NEVER_FOLDED = ("drill.", "fault.", "undo.", "steady.", "stopped", "final.", "ground")
_STATE = re.compile(r"\s+\S+$")  # "alert ReplicaDown firing": what it says of, and what


@dataclass(frozen=True, slots=True)
class Story:
    """The events shown, in order, and how many of each kind stayed in the journal."""

    entries: list[TimelineEntry]
    left_out: dict[str, int]

    @property
    def untold(self) -> str:
        """``1 200 of engine, 3 of note``; "" where nothing was left out."""
        return ", ".join(f"{grouped(count)} of {kind}" for kind, count in self.left_out.items())


def is_turning_point(entry: TimelineEntry) -> bool:
    """Whether the event is one that the drill is told by."""
    return entry.kind.startswith(TURNING_POINTS)


def abridge(timeline: Sequence[TimelineEntry], rows: int = ROWS) -> Story:
    """What happens often is folded; then turning points, and others up to ``rows``, the first."""
    told = folded(timeline)
    room = max(rows - sum(map(is_turning_point, told)), 0)
    kept, left = [], Counter[str]()
    for entry in told:
        if is_turning_point(entry):
            kept.append(entry)
        elif room:
            room -= 1
            kept.append(entry)
        else:
            left[entry.kind] += 1
    return Story(kept, dict(sorted(left.items())))


def folded(timeline: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Of what is told more than ``OFTEN`` times: the first and last of each state, one for all.

    The first is the first from the fault on, too: that is what a detection or a reaction is.
    """
    subjects: dict[tuple[str, str], list[int]] = {}
    for place, entry in enumerate(timeline):
        if not entry.kind.startswith(_NEVER_FOLDED):
            subjects.setdefault((entry.kind, _STATE.sub("", entry.text)), []).append(place)
    instead: dict[int, TimelineEntry | None] = {}
    for (_, subject), places in subjects.items():
        if len(places) > OFTEN:
            between = sorted(set(places) - _kept(timeline, places))
            instead |= dict.fromkeys(between)
            if between:
                instead[between[0]] = _fold(subject, [timeline[place] for place in between])
    told = (instead.get(place, entry) for place, entry in enumerate(timeline))
    return [entry for entry in told if entry is not None]


def _kept(timeline: Sequence[TimelineEntry], places: Sequence[int]) -> set[int]:
    """The first and the last of each state, and the first from the fault on."""
    ends: dict[str, int] = {}
    starts: dict[tuple[str, bool], int] = {}
    for place in places:
        entry = timeline[place]
        starts.setdefault((entry.text, entry.offset_s >= 0), place)
        ends[entry.text] = place
    each = len(ends) <= OFTEN  # texts that are all different are no states
    return {*starts.values(), *ends.values()} if each else {places[0], places[-1]}


def _fold(subject: str, entries: Sequence[TimelineEntry]) -> TimelineEntry:
    first, last = entries[0], entries[-1]
    states = len({entry.text for entry in entries})
    how = "flapping" if 1 < states <= OFTEN else "again and again"
    when = f"from {offset(first.offset_s)} to {offset(last.offset_s)}"
    text = f"{subject}: {how}, {grouped(len(entries))} times more, {when}"
    return first.model_copy(update={"text": text})
