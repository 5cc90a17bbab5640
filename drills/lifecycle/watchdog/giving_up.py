"""Giving up a drill that died and whose engine is gone for good. Only a person may say so."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from drills.errors import DrillError, JournalError, PlanError, near
from drills.journal.journal import read_timeline
from drills.judgement.conclusion import unproven
from drills.lifecycle.watchdog import registry
from drills.lifecycle.watchdog.heal import GroundOf, Healed
from drills.lifecycle.watchdog.registry import Entry
from drills.stack.engines.address import Address
from drills.stack.engines.ground import end_processes, forget_configuration
from drills.stack.runtime import DRILL_LABEL


def give_up(drill: str, ground_of: GroundOf) -> Healed:
    """Forget a drill, by its id or directory, that nobody can heal; says what may be left, where.

    What it left on this machine is removed, its journal stays as it is. Raises PlanError for a
    drill that is not entered, that runs, that is another machine's, or whose engine answers: that
    one can be healed.
    """
    entry = registry.named(drill)
    if entry is None:
        died = [one.drill_id for one in registry.entries() if not one.alive]
        raise PlanError(
            "expected the id or the directory of a drill that died "
            f"({', '.join(died) or 'none did'}), found {drill!r}{near(drill, died)}"
        )
    if entry.elsewhere:
        raise PlanError(f"drill {drill} was begun on {entry.elsewhere}: give it up there")
    if entry.alive or registry.shows_life(entry.drill_id):
        raise PlanError(f"drill {drill} runs, or somebody is healing it: nothing is given up")
    why = _away(entry, ground_of)
    held = registry.claim(entry)
    if held is None:
        raise PlanError(f"drill {drill} runs, or somebody is healing it: nothing is given up")
    healed = Healed(entry.drill_id, entry.directory, [f"given up: {why}"], engine=entry.engine)
    try:
        healed.done += _left(entry)
        end_processes(entry.drill_id)
        forget_configuration(entry.project)
        held.remove()
        registry.last_words(entry.log)
    except DrillError as error:
        healed.problems.append(str(error))
    finally:
        held.release()
    return healed


def _away(entry: Entry, ground_of: GroundOf) -> str:
    """Why its engine cannot be asked. Raises PlanError where it can."""
    try:
        ground_of(entry.engine, entry.allow_remote).ready()
    except DrillError as error:
        return str(error)
    raise PlanError(
        f"the engine of drill {entry.drill_id} answers, so nothing is given up. "
        f"Hint: drills heal {entry.drill_id}"
    )


def _left(entry: Entry) -> Iterator[str]:
    """What may still be on that engine, and what to do should it come back."""
    yield from _unproven(entry)
    address = Address.of(entry.engine)
    where = address.target or "that engine"
    yield f"whatever carries the label {DRILL_LABEL}={entry.drill_id} may be left on {where}"
    choice = address.environment if entry.engine else {}
    words = [f"{name}={shlex.quote(value)}" for name, value in choice.items()]
    remote = ["--remote"] if address.target and address.remote else []
    line = " ".join([*words, "drills heal", *remote])
    yield f"should it come back, this removes that: {line}"


def _unproven(entry: Entry) -> Iterator[str]:
    directory = entry.directory
    if directory is None or not directory.is_dir():
        yield "it left no journal, so nobody knows whether a fault was in effect"
        return
    try:
        timeline = read_timeline(directory)
    except JournalError as error:
        yield f"its journal cannot be read, so a fault may be in effect: {error}"
        return
    faults = {fault.injection: fault for fault in reversed(unproven(timeline))}
    for fault in reversed(faults.values()):
        yield f"not proven undone: {fault.text}"
