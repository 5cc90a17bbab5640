"""A drill of a folder of reports, by its id, or by the directory itself."""

from __future__ import annotations

from pathlib import Path

from drills.errors import PlanError
from drills.journal.folder import JOURNAL

REPORTS = Path("reports")


def drill_folder(named: str | Path, reports: Path = REPORTS) -> Path:
    """The directory of a drill that is named by its path or, of those in ``reports``, by its id.

    What is neither is taken for a path: who reads it says that there is nothing. Raises PlanError
    where several drills have that id.
    """
    path = Path(named)
    if path.exists() or len(path.parts) != 1:
        return path
    ours = [each for each in reports.glob(f"*-{path.name}") if (each / JOURNAL).is_file()]
    ours += [each for each in (reports / path.name,) if (each / JOURNAL).is_file()]
    if len(ours) > 1:
        listed = ", ".join(sorted(map(str, ours)))
        raise PlanError(f"expected the id of one drill, {path.name} is that of {listed}")
    return ours[0] if ours else path
