"""The drill that somebody means: by its folder, or by its id in a folder of reports."""

from __future__ import annotations

from pathlib import Path

from drills.errors import PlanError, near
from drills.journal.folder import JOURNAL, LATEST


def chosen(said: str, reports: Path) -> Path:
    """The drill's directory. Raises PlanError where there is none, or there are several.

    An id is the end of a directory's name; its first characters suffice where no other has them.
    """
    if (Path(said) / JOURNAL).is_file():
        return Path(said).resolve()
    known = _by_id(reports)
    found = [path for id_, path in known.items() if said and id_.startswith(said)]
    if len(found) == 1:
        return found[0].resolve()
    if found:
        listed = ", ".join(path.name for path in found)
        raise PlanError(f"expected one drill, {said!r} begins the ids of {listed}")
    hint = near(said, known) or f" ({len(known)} drills there)"
    raise PlanError(f"expected the folder of a drill, or its id in {reports}, got {said!r}{hint}")


def _by_id(reports: Path) -> dict[str, Path]:
    """The drills of a folder by their ids."""
    folders = sorted(path.parent for path in reports.glob(f"*/{JOURNAL}"))
    return {path.name.rpartition("-")[2]: path for path in folders if path.name != LATEST}
