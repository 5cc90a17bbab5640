"""A drill of the history by its id, or by as much of it as no other one has."""

from __future__ import annotations

import re
from collections.abc import Sequence

from drills.errors import JournalError, near
from drills.history.row import Row

_OWN = re.compile(r"\d{8}T\d{6}Z-.*-([0-9a-f]{8})")
SHOWN = 10  # drills that are told where several are meant


def row_of(text: str, named: Sequence[Row], known: Sequence[str]) -> Row:
    """The row that is meant, of those whose ids begin so; ``known`` are all ids.

    Raises JournalError where none is meant, or several.
    """
    same = [row for row in named if row.id == text]
    if len(same or named) == 1:
        return (same or named)[0]
    if named:
        raise _several(text, [f"{row.id} ({row.folder})" for row in named])
    expected = "expected the id of a drill of the history, or its beginning, found none"
    raise JournalError(f"{text}: {expected}{near(text, known)}")


def id_in(name: str) -> str:
    """The id that a folder's name ends with; "" for a name that no drill gave it."""
    match = _OWN.fullmatch(name)
    return match[1] if match else ""


def _several(text: str, told: Sequence[str]) -> JournalError:
    shown = ", ".join(told[:SHOWN])
    return JournalError(f"{text}: expected the beginning of one drill's id, found several: {shown}")
