"""Carrying out a procedure of the runbook: a closed list of actions, each one timed."""

from __future__ import annotations

from dataclasses import replace

from drills.errors import DrillError, ResponseFailed
from drills.journal.facts import ResponseStep
from drills.runbook.action import Action
from drills.runbook.actions import ACTIONS
from drills.runbook.bench import Bench


def carry_out(bench: Bench, title: str, actions: tuple[Action, ...]) -> None:
    """Do every action in order, each written to the journal with its times and what it found.

    One that does not work is a finding on the runbook, and is written as such. Where it only looks,
    or is only tried, the next one is done all the same, as whoever responds would. Raises
    ResponseFailed where it was to change the system, to verify that what was done has helped, or
    is required for what comes next.
    """
    for number, action in enumerate(actions, 1):
        step = ResponseStep(
            action.says,
            procedure=title,
            number=number,
            action=action.action,
            acts=action.acts,
            begun_ns=bench.clock.monotonic_ns(),
            detail={},
            runbook=action.runbook,
        )
        try:
            bench.journal.write(replace(step, detail=ACTIONS[action.action](bench, action)))
        except DrillError as error:
            bench.journal.write(replace(step, works=False, reason=str(error)))
            if action.ends:
                raise ResponseFailed(f"step {number} ({action.says}): {error}") from error
