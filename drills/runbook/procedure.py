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
        runbook=action.runbook,
    )
    try:
        return replace(step, detail=ACTIONS[action.action](bench, action))
    except DrillError as error:
        return replace(step, works=False, reason=str(error))


def carry_out(
    bench: Bench,
    title: str,
    actions: tuple[Action, ...],
    otherwise: tuple[Action, ...] = (),
    *,
    done: ResponseStep | None = None,
    first: int = 1,
) -> None:
    """Do every action in order, each written to the journal; ``done`` is the first, if it is done.

    One that does not work is a finding on the runbook, and is written as such. Where it only looks,
    or is only tried, the next one is done all the same, as whoever responds would. Where it
    decides, what is to be done ``otherwise`` takes the place of the rest. Steps are numbered from
    ``first``, those under ``otherwise`` after all others. Raises ResponseFailed where it was to
    change the system, to verify that what was done has helped, or is required for what comes next.
    """
    for number, action in enumerate(actions, first):
        step = (done if number == first else None) or attempted(bench, title, number, action)
        bench.journal.write(step)
        if step.works:
            continue
        if action.decides:
            carry_out(bench, title, otherwise, first=first + len(actions))
            return
        if action.ends:
            raise ResponseFailed(f"step {number} ({action.says}): {step.reason}")
