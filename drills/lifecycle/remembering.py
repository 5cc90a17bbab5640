"""A drill that is over goes into the history of all drills, and is held against earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drills.judgement.result import DrillResult

if TYPE_CHECKING:
    from drills.history.standing import Standing
    from drills.reporting.index.planned import Planned

MOST = 500  # drills of a scenario that are looked through for those of a kind


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


def stand(
    folder: Path, result: DrillResult, server: Callable[[], str]
) -> tuple[Standing | None, str]:
    """Hold a drill that the history knows against those before it, and have its report tell.

    Returns how it stands, or else None and why that is not known: no drill fails for it.
    """
    from drills.history.standing import forget_standing

    try:
        from drills.history.records import history
        from drills.history.regression import hold_against
        from drills.history.row import row_in
        from drills.history.standing import write_standing
        from drills.history.store import Wanted
        from drills.reporting.files import write_report

        row = row_in(folder)
        with history(folder.parent, server(), within=0) as opened:
            earlier = opened.store.rows(Wanted(named=row.scenario, most=MOST))
        standing = hold_against(row, earlier)
        write_standing(standing, folder)
        write_report(result, folder)
    except Exception as error:  # noqa: BLE001 - as above
        forget_standing(folder)
        return None, f"{type(error).__name__}: {error}" if not str(error) else str(error)
    return standing, ""
