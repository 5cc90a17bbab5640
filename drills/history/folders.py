"""The folders of drills: that a path is one's, and which was meant where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from drills.errors import JournalError, PlanError
from drills.journal.folder import JOURNAL, RESULT

REPORTS = Path("reports")
LEAST = 3  # letters that are taken for a part of a name, and not for one mistyped


def drill_folder(named: str | Path, reports: Path = REPORTS) -> Path:
    """The folder of a drill that is named by its path or, of those in ``reports``, by its id.

    As much of an id as no other drill there has is enough.
    Raises JournalError where there is none, see ``none_at``, and PlanError where several have that
    id. What there is of such a folder may be torn or damaged: whoever reads it says so.
    """
    path = Path(named)
    if not path.exists() and len(path.parts) == 1:
        path = _of_id(path.name, reports) or path
    if not _is_drills(path):
        raise JournalError(f"expected the folder of a drill, {none_at(path, reports)}")
    return path


def _of_id(word: str, reports: Path) -> Path | None:
    """The one whose name the word is, or whose id begins with it."""
    if _is_drills(reports / word):
        return reports / word
    drills = sorted(_drills_in(reports))
    ours = [one for one in drills if one.name.rpartition("-")[2].startswith(word)]
    if len(ours) > 1:
        listed = ", ".join(map(str, ours))
        raise PlanError(f"expected the id of one drill, {word} begins those of {listed}")
    return ours[0] if ours else None


def none_at(path: Path, reports: Path = REPORTS) -> str:
    """Why no drill is at a path, and which one was meant, or was the last, in one sentence's end.

    Drills are looked for beside the path and in ``reports``.
    """
    if path.is_dir():
        why = f"{path} holds no {JOURNAL}"
    else:
        why = f"{path} is {'no folder' if path.exists() else 'not there'}"
    places = [place for place in dict.fromkeys((path.parent, reports)) if place.is_dir()]
    drills = sorted(
        (one for place in places for one in _drills_in(place)), key=lambda one: one.name
    )
    if meant := _meant(path.name, drills):
        return f"{why}; did you mean {meant}?"
    if drills:
        return f"{why}; the newest is {drills[-1]}"
    return f"{why}; no drill was run here yet: none lies in {reports}"


def _is_drills(path: Path) -> bool:
    return any((path / name).is_file() for name in (JOURNAL, RESULT))


def _drills_in(place: Path) -> Iterator[Path]:
    """Those that lie in a folder; links to them are left out."""
    try:
        found = list(place.iterdir())
    except OSError:
        return
    yield from (one for one in found if not one.is_symlink() and _is_drills(one))


def _meant(word: str, drills: list[Path]) -> Path | None:
    """The newest whose name has the word in it, or else the one whose name or id is much like it.

    A name is a time, the scenario's words and the drill's id: ``20261127T215319Z-it-stops-fce9``.
    """
    holding = [one for one in drills if word in one.name and len(word) >= LEAST]
    if holding:
        return holding[-1]
    parts: dict[str, Path] = {}
    for one in drills:
        _, _, words = one.name.partition("-")
        scenario, _, drill_id = words.rpartition("-")
        parts |= dict.fromkeys((one.name, words, scenario, drill_id), one)
    found = get_close_matches(word, parts, n=1, cutoff=0.6)
    return parts[found[0]] if found else None
