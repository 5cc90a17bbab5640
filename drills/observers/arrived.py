"""What arrived elsewhere, stamped by a clock that is not ours: its instant here, and its signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drills.clock import Clock
from drills.journal.facts import Signal
from drills.journal.observed import PAGER
from drills.journal.timeline import Json
from drills.stack.http import NoAnswer

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Offset:
    """How far another monotonic clock is ahead of ours, give or take an error."""

    ns: int
    error_ns: int

    @classmethod
    def measure(cls, theirs: Callable[[], object], clock: Clock) -> Offset:
        """Ask for the other clock as NTP does; half of the tightest round trip is the error.

        Raises NoAnswer where it never tells, and whatever asking raises.
        """
        readings = []
        for _ in range(ROUNDS):
            before = clock.monotonic_ns()
            told = theirs()
            after = clock.monotonic_ns()
            if isinstance(told, int):
                readings.append((after - before, told - (before + after) // 2))
        if not readings:
            raise NoAnswer("expected the pager's /clock to tell its monotonic_ns, it did not")
        width, offset = min(readings)
        return cls(offset, width // 2 + 1)


def alerted(
    name: str,
    state: str,
    error_ns: int,
    labels: Mapping[str, Json],
    annotations: Mapping[str, Json],
    starts_at: str,
) -> Signal:
    """An alert that reached whoever is on call."""
    return Signal(
        f"alert {name} {state}",
        detector=PAGER,
        name=name,
        state=state,
        error_ns=error_ns,
        labels=labels,
        annotations=annotations,
        starts_at=starts_at,
    )
