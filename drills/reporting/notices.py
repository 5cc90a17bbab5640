"""What a reader must know before anything else: each rendering says it in its first lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drills.judgement.result import DrillResult
from drills.judgement.telling import HOW
from drills.reporting.figures import offset
from drills.reporting.words import STATUSES, plural


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence of its own, what follows from it, and the section that tells more."""

    sentence: str
    more: str
    section: str


def notices(result: DrillResult, *, running: bool = False) -> list[Notice]:
    """The worst first; of a drill that is ``running`` nothing is said of its end."""
    found = [] if running else list(_ended(result))
    for name, why in result.failed_parts.items():
        found.append(Notice(f"The {name} could not be judged: {why}.", "", ""))
    if result.data.lost:
        found.append(Notice(f"{_lost(result)}.", "", "data"))
    if result.data.altered:
        what = f"{plural(result.data.altered, 'acknowledged write')} altered."
        found.append(Notice(what, "", "data"))
    if inside := {name: one.let_in for name, one in result.intrusions.items() if one.let_in}:
        what = f"{plural(sum(inside.values()), 'request')} without right let in"
        found.append(Notice(f"{what}: {', '.join(inside)}.", "", "availability"))
    if result.unanswered:
        what = f"{result.unanswered[:1].upper()}{result.unanswered[1:]}."
        more = "It came back in time; that anybody would have brought it back is not shown."
        found.append(Notice(what, more, ""))
    if result.untold:
        what = f"{result.untold[:1].upper()}{result.untold[1:]}."
        found.append(Notice(what, HOW, ""))
    return found


def _ended(result: DrillResult) -> Iterator[Notice]:
    """What is not as it should be once a drill is over."""
    if names := [fault.target for fault in result.faults if fault.reverted_at is None]:
        yield Notice(f"A fault is not proven undone: {', '.join(names)}.", "", "faults")
    if result.status != "completed":
        more = "What follows is what was measured until then."
        yield Notice(f"The drill {STATUSES[result.status]}.", more, "")


def _lost(result: DrillResult) -> str:
    """How many writes were lost, and when those were acknowledged."""
    data = result.data
    words = f"{plural(data.lost or 0, 'acknowledged write')} lost"
    if not data.lost_offsets_s:
        return words
    first = data.lost_offsets_s[0]
    if not data.lost_span_s:
        return f"{words}, acknowledged at {offset(first)}"
    return f"{words}, acknowledged from {offset(first)} to {offset(first + data.lost_span_s)}"
