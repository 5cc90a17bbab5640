"""Which database is the primary: the manifest's, until another one was promoted."""

from __future__ import annotations

from drills.journal.facts import ReplicaPromoted
from drills.journal.timeline import Timeline


def primary_now(timeline: Timeline, named: str) -> str:
    """The node that takes writes by what is told so far; ``named`` is the manifest's."""
    promoted = timeline.last(ReplicaPromoted)
    return promoted.node if promoted else named
