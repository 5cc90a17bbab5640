"""A run that was interrupted in a drill, in words: the frame that was met says nothing to a reader.

``--full-trace`` shows it all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from drills.errors import JournalError


class _InWords:
    """What pytest shows of an interrupt, where it would show a place in a file."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.reprcrash = self

    def toterminal(self, writer: Any) -> None:
        """The whole of it."""
        writer.line(self.message)


def in_words(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Have pytest tell an interrupt that met a drill in words; others are told as they are."""
    modules = (str(frame.frame.f_globals.get("__name__", "")) for frame in excinfo.traceback)
    if not isinstance(excinfo.value, KeyboardInterrupt):
        return
    if any(module.partition(".")[0] == "drills" for module in modules):
        why = str(excinfo.value)
        told = _InWords(f"interrupted: {why}" if why else "interrupted")
        cast("Any", excinfo).getrepr = lambda *_args, **_kwargs: told


def undone(directory: Path) -> list[str]:
    """What was undone in a drill that did not run to its end: whoever ended it wants to know."""
    from drills.journal.facts import DrillEnded, UndoVerified
    from drills.journal.journal import read_timeline

    try:
        timeline = read_timeline(directory)
    except JournalError:
        return []
    ended = timeline.last(DrillEnded)
    if ended is None or ended.status != "aborted":
        return []
    return [f"Undone: {event.text}" for event in timeline.all(UndoVerified)]
