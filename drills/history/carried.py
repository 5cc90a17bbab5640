"""What earlier drills carried out: procedures step by step, and the runbook as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from drills.errors import DrillError
from drills.journal import regular
from drills.journal.facts import DrillEnded, DrillStarted, ResponseEnded, ResponseStep
from drills.journal.folder import JOURNAL, RESULT
from drills.journal.journal import read_timeline


@dataclass(frozen=True, slots=True)
class Drilled:
    """A drill of a folder of reports, as far as it is history.

    ``steps`` are those that were carried out, by the title of their procedure, each as its action
    and what it says. ``answered`` are the titles that came to their end. ``commands`` are the lines
    of the runbook that were carried out as they are written, each with its heading.
    """

    folder: Path
    at: datetime
    incident: str
    scenario: str
    completed: bool
    answered: frozenset[str]
    steps: dict[str, tuple[tuple[str, str], ...]]
    commands: tuple[tuple[str, str], ...] = ()


def drilled(reports: Path) -> list[Drilled]:
    """Every drill of a folder, the oldest first; what is damaged, or no drill, is left out."""
    return sorted(_all(reports), key=lambda each: each.at)


def _all(reports: Path) -> Iterator[Drilled]:
    for journal in reports.glob(f"*/{JOURNAL}"):
        if not journal.parent.is_symlink():
            with suppress(DrillError, OSError):
                yield _one(journal.parent)


def _one(folder: Path) -> Drilled:
    timeline = read_timeline(folder)
    started = timeline.first(DrillStarted) or DrillStarted()
    ended = timeline.last(DrillEnded)
    steps: dict[str, tuple[tuple[str, str], ...]] = {}
    for step in timeline.all(ResponseStep):
        done = steps.get(step.procedure, ())
        steps[step.procedure] = (*done, (step.action, step.text))
    titles = [title for title in steps if any(title in e.text for e in timeline.all(ResponseEnded))]
    return Drilled(
        folder=folder,
        at=started.anchor.date(started.at_ns),
        incident=started.incident,
        scenario=started.scenario,
        completed=ended is not None and ended.status == "completed",
        answered=frozenset(titles),
        steps=steps,
        commands=_commands(folder),
    )


def _commands(folder: Path) -> tuple[tuple[str, str], ...]:
    """The lines that were carried out as written; none where the result says nothing of them."""
    with suppress(OSError, ValueError):
        result: Any = json.loads(regular.read(folder / RESULT))
        told = result.get("followed", []) if isinstance(result, dict) else []
        lines = [each for each in told if isinstance(each, dict)]
        told = [(str(each.get("section", "")), str(each.get("command", ""))) for each in lines]
        return tuple((section, command) for section, command in told if command)
    return ()
