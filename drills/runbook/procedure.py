"""Carrying out a procedure of the runbook: a closed list of actions, each one timed."""

from __future__ import annotations

from dataclasses import replace

from drills.errors import DrillError, ResponseFailed
from drills.journal.facts import ResponseStep
from drills.runbook.action import Action
from drills.runbook.actions import ACTIONS
from drills.runbook.bench import Bench


def attempted(bench: Bench, title: str, number: int, action: Action) -> ResponseStep:
    """Do one action of the procedure of that title: with its times, what it found, or why not."""
    step = ResponseStep(
        action.says,
        procedure=title,
        number=number,
        action=action.action,
        acts=action.acts,
        begun_ns=bench.clock.monotonic_ns(),
        detail={},
    )
    try:
        return replace(step, detail=ACTIONS[action.action](bench, action))
    except DrillError as error:
        return replace(step, works=False, reason=str(error))


def carry_out(
    bench: Bench, title: str, actions: tuple[Action, ...], first: ResponseStep | None = None
) -> None:
    """Do every action in order, each written to the journal; ``first`` is the first, if done.

    One that does not work is a finding on the runbook, and is written as such. Where it only looks,
    or is only tried, the next one is done all the same, as whoever responds would. Raises
    ResponseFailed where it was to change the system, to verify that what was done has helped, or
    is required for what comes next.
    """
    for number, action in enumerate(actions, 1):
        done = first if number == 1 else None
        step = done or attempted(bench, title, number, action)
        bench.journal.write(step)
        if not step.works and action.ends:
            raise ResponseFailed(f"step {number} ({action.says}): {step.reason}")
