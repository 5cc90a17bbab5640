"""Writing a file whole or not at all: under a name that nobody knows, which then becomes its own.

A draft is made anew and through no link, so nothing that somebody left under such a name is written
to. Who writes it holds its lock; one whose lock is free was left by a process that was killed.

Earlier versions wrote theirs under other names, without a lock. One of those is forgotten where it
lies beside what it was to become, is of the same kind, and was left alone for an hour.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedWriter
from pathlib import Path

from drills.journal import regular
from drills.journal.folder import JOURNAL, LATEST, RENDERED, SAMPLES

LINK_SECONDS = 60.0  # far longer than anybody needs to rename one
OLDER_SECONDS = 3600.0  # far longer than an earlier version needs to write one
_DRAFT = re.compile(r"\..+\.[0-9a-f]{16}\.draft\Z", re.DOTALL)
_OLDER = re.compile(r"\.(?P<name>.+)\.[0-9]+|[a-z0-9-]+\.jsonl\.gz\.part")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def draft_name(path: Path) -> Path:
    """A name beside the path that nobody can foresee."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.draft")


@contextmanager
def replacing(path: Path) -> Iterator[BufferedWriter]:
    """A file to write to, which takes the path's place once it is on the disk.

    Where it cannot be written whole, what was there stays. Raises OSError.
    """
    draft = draft_name(path)
    file = os.open(draft, _NEW, 0o644)
    try:
        with os.fdopen(file, "wb") as writer:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield writer
            writer.flush()
            os.fsync(file)
            draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace(path: Path, data: bytes) -> None:
    """Have a file hold these bytes and no others. Raises OSError as ``replacing`` does."""
    with replacing(path) as file:
        file.write(data)


def forget_drafts(folder: Path) -> None:
    """Remove the drafts that nobody writes any more. What has another name is never touched."""
    with suppress(OSError):
        for path in folder.iterdir():
            if _DRAFT.match(path.name):
                _forget(path)
            elif older := _OLDER.fullmatch(path.name):
                _forget_older(path, older["name"] or "")


def _forget(draft: Path) -> None:
    with suppress(OSError):
        if draft.is_symlink():  # a link has no lock: its age tells
            if time.time() - draft.lstat().st_mtime > LINK_SECONDS:
                draft.unlink()
            return
        file = regular.opened(draft, os.O_WRONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink(missing_ok=True)
        finally:
            os.close(file)


def _forget_older(draft: Path, name: str) -> None:
    """Remove a draft of an earlier version, of a file of this name or ("") of samples."""
    with suppress(OSError):
        found = draft.lstat()
        ours = _is_link_to_drill if name == LATEST else partial(_is_half_written, name=name)
        if time.time() - found.st_mtime > OLDER_SECONDS and ours(draft):
            draft.unlink()


def _is_link_to_drill(draft: Path) -> bool:
    """Whether it is a link to a drill that lies beside it."""
    beside = draft.is_symlink() and len(draft.readlink().parts) == 1
    return beside and (draft.parent / draft.readlink() / JOURNAL).is_file()


def _is_half_written(draft: Path, name: str) -> bool:
    """Whether it is a file in a drill's own folder, or in that of its samples."""
    folder = draft.parent
    drill, fits = (folder, name in RENDERED) if name else (folder.parent, folder.name == SAMPLES)
    return fits and (drill / JOURNAL).is_file() and stat.S_ISREG(draft.lstat().st_mode)
