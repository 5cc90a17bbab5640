"""A drill by its id, or by as much of it as no other one has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from drills.errors import JournalError, near
from drills.history.records import folders
from drills.history.row import Row
from drills.journal.facts import DrillStarted
from drills.journal.folder import RESULT
from drills.journal.journal import first_event

_OWN = re.compile(r"\d{8}T\d{6}Z-.*-([0-9a-f]{8})")
SHOWN = 10  # drills that are told where several are meant


def folder_of(reports: Path, text: str) -> Path:
    """The folder of the drill that a text names: its path, its name, its id, or the id's beginning.

    Raises JournalError where none is meant, or several.
    """
    path = Path(text)
    if path.is_dir() or len(path.parts) != 1:
        return path
    if (reports / text / RESULT).is_file():
        return reports / text
    known = {folder: id_of(folder) for folder in folders(reports)}
    meant = [folder for folder, id_ in known.items() if text and id_.startswith(text)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise _several(text, [f"{known[folder]} ({folder.name})" for folder in meant])
    raise JournalError(_none(text, f"in {reports}", list(known.values())))


def row_of(text: str, named: Sequence[Row], known: Sequence[str]) -> Row:
    """The row that is meant, of those whose ids begin so. Raises JournalError likewise."""
    same = [row for row in named if row.id == text]
    if len(same or named) == 1:
        return (same or named)[0]
    if named:
        raise _several(text, [f"{row.id} ({row.folder})" for row in named])
    raise JournalError(_none(text, "in the history", known))


def id_in(name: str) -> str:
    """The id that a folder's name ends with; "" for a name that no drill gave it."""
    match = _OWN.fullmatch(name)
    return match[1] if match else ""


def id_of(folder: Path) -> str:
    """The id of the drill in a folder: its name says it, or else its journal; "" for none."""
    if id_ := id_in(folder.name):
        return id_
    with suppress(OSError):
        if first := first_event(folder):
            return first.as_(DrillStarted).id
    return ""


def _several(text: str, told: Sequence[str]) -> JournalError:
    shown = ", ".join(told[:SHOWN])
    return JournalError(f"{text}: expected the beginning of one drill's id, found several: {shown}")


def _none(text: str, where: str, known: Sequence[str]) -> str:
    expected = f"expected a drill's folder, or the beginning of the id of one {where}, found none"
    return f"{text}: {expected}{near(text, known)}"
