"""The template that a drill was begun with: its folder has it, whatever became of the team's."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from drills.journal import regular
from drills.journal.facts import DrillStarted
from drills.journal.folder import TEMPLATE
from drills.journal.journal import first_event
from drills.judgement.result import DrillResult
from drills.reporting.template.filling import Unfilled


def kept_template(result: DrillResult, directory: Path) -> tuple[str, str] | None:
    """Its name and its text; None for a drill without one.

    Raises Unfilled where the folder does not hold the text that the drill kept.
    """
    name = _name(directory)
    if not name:
        return None
    found = next((each for each in result.evidence if each.name == TEMPLATE), None)
    if found is None:
        raise Unfilled(f"{name}: the drill could not keep its text")
    path = (directory / found.path).resolve()
    with suppress(OSError, UnicodeDecodeError):
        if path.is_relative_to(directory.resolve()):
            data = regular.read(path)
            if sha256(data).hexdigest() == found.sha256:
                return name, data.decode()
    raise Unfilled(f"{name}: {found.path} is not what the drill kept")


def _name(directory: Path) -> str:
    with suppress(OSError):
        first = first_event(directory)
        return first.as_(DrillStarted).record_template if first else ""
    return ""
