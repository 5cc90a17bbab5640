"""Whether a scenario's drills can be relied on: how many tell nothing, and how many waver.

A drill is *flaky* where its verdict is another one than that of the drill before it of the same
version: the same commit without changes, the same images. Only met and missed are compared, of
drills that ran to their end; one whose version is not known is compared with none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEWEST = 60  # drills of a scenario that are looked at
LEAST = 5  # of which a share is told; with fewer it is "too few"


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """None where there are too few to tell."""
        return self.part / self.whole if self.whole >= LEAST else None


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Of all drills the inconclusive ones; of those that can be compared the flaky ones."""

    inconclusive: Share
    flaky: Share


def steadiness(rows: Sequence[Mapping[str, Any]]) -> Steadiness:
    """Of a scenario's rows, the newest first (``Store.short``); the newest ``NEWEST`` are taken."""
    taken = rows[:NEWEST]
    unsure = sum(row["verdict"] == "inconclusive" for row in taken)
    changed = list(_changes(list(reversed(taken))))
    return Steadiness(Share(unsure, len(taken)), Share(sum(changed), len(changed)))


def _changes(rows: Sequence[Mapping[str, Any]]) -> Iterator[bool]:
    """For each drill with an earlier one of its kind and version: whether the verdict changed."""
    last: dict[tuple[str, ...], str] = {}
    for row in rows:
        if row["status"] != "completed" or row["verdict"] not in ("met", "missed"):
            continue
        if not row["version"]:
            continue
        kind = (str(row["version"]), str(row["feature"]), *row["faults"])
        if kind in last:
            yield last[kind] != row["verdict"]
        last[kind] = str(row["verdict"])
