"""A folder of reports and the history of its drills: opened, caught up, made anew."""

from __future__ import annotations

import time
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drills.errors import JournalError
from drills.history.row import Row, row_in
from drills.journal.folder import JOURNAL, LATEST, RESULT

if TYPE_CHECKING:
    from drills.history.store import Store

FILE = "history.db"  # beside the drills, with what SQLite has beside it
HURRY = 2.0  # seconds
BATCH = 500  # rows that are written at once


@dataclass(frozen=True, slots=True)
class Opened:
    """A history, and what is to be said of it; "" where nothing is."""

    store: Store
    note: str = ""


@contextmanager
def recorded(folder: Path, server: str = "") -> Iterator[Store]:
    """The history, once it holds a drill that was judged just now.

    What it lacks of those that lie beside it is made up for in ``HURRY`` seconds, as far as that
    goes. Raises JournalError where it cannot be written.
    """
    row = row_in(folder)
    with _store(folder.parent, server) as store:
        store.add([row])
        catch_up(store, folder.parent, HURRY)
        yield store


@contextmanager
def history(reports: Path, server: str = "", within: float | None = None) -> Iterator[Opened]:
    """The history of a folder, with every drill that is in it; it is read where nothing is written.

    ``server`` is that of a team that shares one. What the history lacks is read from the folders,
    the newest first, in at most ``within`` seconds. Raises JournalError where neither can be read.
    """
    try:
        store = _store(reports, server)
        with store:
            catch_up(store, reports, within)
            yield Opened(store)
    except _Unkept as error:
        from drills.history.store import Store

        with Store.in_memory() as store:
            store.add(found(reports, {}))
            yield Opened(store, f"{error}; it was read from the folders")


def catch_up(store: Store, reports: Path, within: float | None = None) -> None:
    """Keep the drills of a folder that the history lacks."""
    try:
        known, until = store.folders(), time.monotonic() + (within or 0)
        batch: list[Row] = []
        for row in found(reports, known):
            batch.append(row)
            if len(batch) == BATCH:
                store.add(batch)
                batch = []
            if within is not None and time.monotonic() > until:
                break
        store.add(batch)
    except JournalError as error:
        raise _Unkept(str(error)) from error


def rebuild(reports: Path, server: str = "") -> tuple[int, list[str]]:
    """Make the history anew from the folders; returns how many drills they hold, and what is none.

    On a server that others share, what they added stays. A damaged file, or one that is no
    database, is kept under another name. Raises JournalError, also for somebody else's database.
    """
    from drills.history.store import NotAHistory

    unread: list[str] = []
    rows = list(found(reports, {}, unread))
    if server:
        with _store(reports, server) as store:
            store.add(rows)
        return len(rows), unread
    try:
        with _store(reports, "") as store:
            store.replace(rows)
    except JournalError as error:  # it may be damaged: it is put aside, never removed
        if isinstance(error.__cause__, NotAHistory):
            raise
        aside = f"aside-{time.time_ns()}"
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            with suppress(OSError):
                (reports / name).rename(reports / f"{name}.{aside}")
        with _store(reports, "") as store:
            store.replace(rows)
    return len(rows), unread


def found(reports: Path, known: dict[str, str], unread: list[str] | None = None) -> Iterator[Row]:
    """The drills of a folder that are judged and not known, the newest first.

    What cannot be read is passed over, and told in ``unread``; a drill that still runs is not.
    """
    for folder in folders(reports, known):
        if not (folder / RESULT).is_file():
            continue
        try:
            yield row_in(folder)
        except JournalError as error:
            if unread is not None:
                unread.append(str(error))


def folders(reports: Path, known: Container[str] = ()) -> list[Path]:
    """The drills' own folders, the newest first: names begin with a date.

    Those whose name is ``known`` are left out, and not even looked at: there may be thousands.
    """
    with suppress(OSError):
        there = sorted(reports.iterdir(), reverse=True)
        return [
            each
            for each in there
            if each.name not in known
            and each.name != LATEST
            and not each.is_symlink()
            and _is_drill(each)
        ]
    return []


def _is_drill(folder: Path) -> bool:
    return (folder / RESULT).is_file() or (folder / JOURNAL).is_file()


class _Unkept(JournalError):
    """The history cannot be written; the folders can be read all the same."""


def _store(reports: Path, server: str) -> Store:
    from drills.history.store import Store

    if server:
        return Store.on(server)
    if not reports.is_dir():
        return Store.in_memory()
    try:
        return Store.at(reports / FILE)
    except JournalError as error:
        raise _Unkept(str(error)) from error
