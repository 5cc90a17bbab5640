"""What is known of an outage that was made on purpose: of which kind it was, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LATER = 0.04  # seconds that a slow answer takes longer


class OutageKind(StrEnum):
    """How the server is broken."""

    KILL = "kill"  # its process dies, and another one listens afterwards
    FREEZE = "freeze"  # its process is stopped, and goes on afterwards
    HOLE = "black hole"  # not a packet that is sent to it arrives
    SLOW = "slow"  # right answers, later than allowed
    WRONG = "wrong body"  # an answer of the right status that is none
    HALF = "half of the instances"  # every second request of a path meets a broken one


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was done: between two readings of the monotonic clock, in nanoseconds."""

    low_ns: int
    high_ns: int

    @property
    def ns(self) -> int:
        """The middle."""
        return (self.low_ns + self.high_ns) // 2


@dataclass(frozen=True, slots=True)
class Truth:
    """One outage as it was made."""

    kind: OutageKind
    begin: Stamp
    end: Stamp

    @property
    def length_ns(self) -> int:
        """How long it lasted, to within ``error_ns``."""
        return self.end.ns - self.begin.ns

    @property
    def error_ns(self) -> int:
        """How wrong either edge may be: what lay between the two readings around it."""
        return max(edge.high_ns - edge.low_ns for edge in (self.begin, self.end))
