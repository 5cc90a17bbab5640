"""The folders of drills: that a path is one's, and which was meant where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from drills.errors import JournalError
from drills.journal.folder import JOURNAL, RESULT

REPORTS = Path("reports")
LEAST = 3  # letters that are taken for a part of a name, and not for one mistyped


def drill_folder(path: Path) -> Path:
    """The path, which is a drill's folder. Raises JournalError where it is none, see ``none_at``.

    What there is of such a folder may be torn or damaged: whoever reads it says so.
    """
    if not _is_drills(path):
        raise JournalError(f"expected the folder of a drill, {none_at(path)}")
    return path


def chosen(said: str, reports: Path = REPORTS) -> Path:
    """The drill's folder that somebody means: its path, or its id or name in a folder of reports.

    The first characters of an id suffice where no other has them. Links are followed. Raises
    JournalError where there is no such drill, or there are several.
    """
    if _is_drills(Path(said)):
        return Path(said).resolve()
    drills = sorted(_drills_in(reports))
    found = [one for one in drills if said and one.name.rpartition("-")[2].startswith(said)]
    if len(found) > 1:
        listed = ", ".join(one.name for one in found)
        raise JournalError(f"expected one drill, {said!r} begins the ids of {listed}")
    return (found[0] if found else drill_folder(_named(said, reports))).resolve()


def _named(said: str, reports: Path) -> Path:
    """What was said, as a path: one word stands for a name in the folder of reports."""
    return Path(said) if len(Path(said).parts) > 1 else reports / said


def none_at(path: Path) -> str:
    """Why no drill is at a path, and which one was meant, or was the last, in one sentence's end.

    Drills are looked for beside the path and in ``reports``.
    """
    if path.is_dir():
        why = f"{path} holds no {JOURNAL}"
    else:
        why = f"{path} is {'no folder' if path.exists() else 'not there'}"
    places = [place for place in dict.fromkeys((path.parent, REPORTS)) if place.is_dir()]
    drills = sorted(
        (one for place in places for one in _drills_in(place)), key=lambda one: one.name
    )
    if meant := _meant(path.name, drills):
        return f"{why}; did you mean {meant}?"
    if drills:
        return f"{why}; the newest is {drills[-1]}"
    return f"{why}; no drill was run here yet: none lies in {REPORTS}"


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
