"""A drill that is over goes into the history of all drills, once its report is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.reporting.index.planned import Planned


def remember(
    folder: Path,
    server: Callable[[], str],
    planned: Callable[[], Sequence[Planned] | None] = lambda: None,
) -> str:
    """Keep the drill in this folder in the history, and have the page of all drills show it.

    Returns why that could not be done, "" where it was: no drill fails for it. ``server`` says on
    which server a team keeps its history, ``planned`` which incidents the runbook has.
    """
    try:
        # Loaded here: a drill that is still under way does not wait for it.
        from drills.history.records import recorded
        from drills.reporting.index.page import write_index

        with recorded(folder, server()) as store:
            write_index(folder.parent, store, planned())
    except Exception as error:  # noqa: BLE001 - a drill's verdict does not hang on its history
        return f"{type(error).__name__}: {error}" if not str(error) else str(error)
    return ""
