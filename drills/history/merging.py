"""Drills of another machine are taken into a folder of reports: a folder of theirs, or a ZIP."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from drills.errors import JournalError
from drills.history.named import id_in
from drills.history.row import Row, row_in
from drills.history.store import Store
from drills.journal import regular
from drills.journal.folder import JOURNAL, LATEST, RESULT
from drills.journal.journal import slug

TOLD = 20  # bad members that are told by name
LARGEST = 16 * 1024**3  # bytes of all that is unpacked
_CHUNK = 1024**2


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of each drill that was found: added, known already, or not to be read (why)."""

    added: Sequence[Row]
    known: Sequence[Row]
    unread: Sequence[str]


def merge(source: Path, reports: Path, store: Store) -> Merged:
    """Take the drills below a folder, or in a ZIP, into ``reports`` and its history.

    A drill whose id is known, and whose folder is there, is not taken twice. Each is taken whole
    or not at all, and where the history cannot be written, none is. Raises JournalError where there
    is none, and, before anything is written, where a member is a link or would land elsewhere: each
    is named.
    """
    reports.mkdir(parents=True, exist_ok=True)
    with _unpacked(source, reports) as folders:
        if not folders:
            raise JournalError(f"{source}: expected drills (each has a {RESULT}), found none")
        rows, unread = _read(folders, source)
        known = {id_: folder for folder, id_ in store.folders().items()}
        old = [row for row in rows.values() if row.id in known]
        here = {row.id for row in old if (reports / known[row.id]).is_dir()}
        others = [row for row in old if not _same(row, store)]
        unread += [f"{source}: {row.folder}: another drill has the id {row.id}" for row in others]
        new = {p: row for p, row in rows.items() if row.id not in here and row not in others}
        _take(new, reports, store)
    same = [row for row in old if row.id in here and row not in others]
    return Merged(list(new.values()), same, unread)


def _same(row: Row, store: Store) -> bool:
    """Whether what the history has under that id is this drill: an id is short, and made by lot."""
    return any(each.at == row.at for each in store.named(row.id) if each.id == row.id)


def _read(folders: Sequence[Path], source: Path) -> tuple[dict[Path, Row], list[str]]:
    rows: dict[Path, Row] = {}
    unread = []
    for folder in folders:
        try:
            row = _placed(row_in(folder))
        except JournalError as error:
            shown = str(error).replace(f"{folder}{os.sep}", f"{source}: {folder.name}/")
            unread.append(shown.partition(" Hint: ")[0])
        else:
            if row.id not in {each.id for each in rows.values()}:
                rows[folder] = row
    return rows, unread


def _placed(row: Row) -> Row:
    """The row, with the name of the folder that it belongs into: as a drill of ours has it."""
    if id_in(row.folder) == row.id:
        return row
    return replace(row, folder=f"{row.at:%Y%m%dT%H%M%SZ}-{slug(row.scenario)}-{row.id}")


def _take(new: Mapping[Path, Row], reports: Path, store: Store) -> None:
    """Move each to where it belongs, and keep its row; or leave all as it was."""
    moved: list[Path] = []
    try:
        for folder, row in new.items():
            to = _free(reports / row.folder, row.id)
            folder.rename(to)
            moved.append(to)
        store.add(new.values())
    except (JournalError, OSError) as error:
        for folder in moved:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise JournalError(f"{reports}: nothing was added: {error}") from error
        raise


def _free(to: Path, id_: str) -> Path:
    """The place, if nothing is there. Raises JournalError."""
    if os.path.lexists(to):
        raise JournalError(f"{to}: expected nothing there, where drill {id_} belongs")
    return to


@contextmanager
def _unpacked(source: Path, reports: Path) -> Iterator[list[Path]]:
    """A copy of each drill's folder, beside those that are there; gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(prefix=".adding-", dir=reports) as place:
            if source.is_dir():
                yield _from_folder(source, Path(place))
            else:
                with zipfile.ZipFile(source) as archive:
                    folders = _from_zip(archive, source, Path(place))
                yield folders
    except OSError as error:
        raise JournalError(f"{source}: nothing was added: {error}") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise JournalError(f"{source}: expected a folder or a whole ZIP: {error}") from error


def _from_folder(source: Path, place: Path) -> list[Path]:
    found = sorted({path.parent for path in source.rglob("*") if path.name in (RESULT, JOURNAL)})
    tops = [each for each in _tops(found) if not each.is_symlink() and each.name != LATEST]
    files = {top: sorted(top.rglob("*")) for top in tops}
    _refuse(
        source,
        [
            f"{path.relative_to(source)}: neither a folder nor a regular file"
            for paths in files.values()
            for path in paths
            if path.is_symlink() or not (path.is_file() or path.is_dir())
        ],
    )
    for top, paths in files.items():
        for path in (path for path in paths if path.is_file()):
            to = place / _name(top) / path.relative_to(top)
            to.parent.mkdir(parents=True, exist_ok=True)
            with regular.reader(path) as file, to.open("xb") as copy:
                shutil.copyfileobj(file, copy, _CHUNK)
    return [place / _name(top) for top in tops]


def _name(top: Path) -> str:
    return top.resolve().name


def _tops(folders: Sequence[Path]) -> list[Path]:
    """Those that lie in none of the others: evidence may be called as a drill's own file is."""
    tops: list[Path] = []
    for each in folders:
        if not any(each.is_relative_to(top) for top in tops):
            tops.append(each)
    return tops


def _from_zip(archive: zipfile.ZipFile, source: Path, place: Path) -> list[Path]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    _refuse(source, [f"{each.filename!r}: {why}" for each in members if (why := _unsafe(each))])
    if sum(each.file_size for each in members) > LARGEST:
        raise JournalError(f"{source}: expected at most {LARGEST >> 30} GiB in it, found more")
    paths = {PurePosixPath(each.filename): each for each in members}
    if len(paths) < len(members):
        raise JournalError(f"{source}: expected each member once, found one twice")
    tops = _tops_of({path.parent for path in paths if path.name in (RESULT, JOURNAL)})
    names = [top.name or source.stem for top in tops]
    _refuse(source, [f"{name}: two folders of that name" for name in _twice(names)])
    for top, name in zip(tops, names, strict=True):
        for path, member in paths.items():
            if path.is_relative_to(top):
                to = place / name / path.relative_to(top)
                to.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as file, to.open("xb") as copy:
                    shutil.copyfileobj(file, copy, _CHUNK)
    return [place / name for name in names]


def _tops_of(folders: set[PurePosixPath]) -> list[PurePosixPath]:
    return sorted(e for e in folders if not any(other in e.parents for other in folders))


def _twice(names: Sequence[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _unsafe(member: zipfile.ZipInfo) -> str:
    """Why a member may not be unpacked; "" where it may."""
    name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
    parts = PurePosixPath(name).parts
    if name.startswith(("/", "\\")) or ":" in name.partition("/")[0]:
        return "begins at the root of a disk"
    if ".." in parts or "\\" in name:
        return "leads out of its folder"
    if any(not part.isprintable() for part in parts):
        return "has a sign that nobody can see"
    if kind not in (0, stat.S_IFREG):
        return "neither a folder nor a regular file"
    return "is encrypted" if member.flag_bits & 1 else ""


def _refuse(source: Path, bad: Sequence[str]) -> None:
    if bad:
        more = [f"and {len(bad) - TOLD} more"] if len(bad) > TOLD else []
        told = "\n".join(f"  {each}" for each in [*bad[:TOLD], *more])
        raise JournalError(f"{source}: nothing was added, for it holds what no drill has:\n{told}")
