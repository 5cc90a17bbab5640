"""What the steps of a scenario may ask for, whether the drill is under way or only planned."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from drills.faults.fault import Fault
from drills.faults.target import Target
from drills.judgement.criterion import Criterion


class Exercise(Protocol):
    """A drill as its scenario sees it. A dry run gives steps one that touches nothing."""

    def reach_steady_state(self) -> None:
        """Bring the stack up, watch it, and hold steady state for the hold window."""

    def start_workload(self, rates: Mapping[str, float]) -> None:
        """Have customers make these journeys, at so many requests a second each.

        Before a fault they are part of steady state, whether they come before it or after it.
        """

    def back_up(self) -> None:
        """Make the backup that the procedure of the scenario's incident restores."""

    def follow_runbook(self) -> None:
        """Carry out the section of the scenario's incident in the runbook, as it is written."""

    def inject(
        self, fault: Fault, target: Target, lasting: float | None = None
    ) -> AbstractContextManager[None]:
        """Inject a fault; it is undone when the block is left, if not before.

        It lasts for so many seconds, or else until something was decided about it.
        """

    def expect(self, criterion: Criterion) -> None:
        """Declare a success criterion, and watch until it is decided or patience ends."""

    def let_respond(self) -> None:
        """Let a procedure that was begun come to its end."""

    def roll_back(self) -> None:
        """Undo every fault, last in first out, once it lasted long enough to prove anything."""
