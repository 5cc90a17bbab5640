"""Writing a file whole or not at all: under a name that nobody knows, which then becomes its own.

A draft is made anew and through no link, so nothing that somebody left under such a name is written
to. Who writes it holds its lock; one whose lock is free was left by a process that was killed.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path

from drills.journal import regular

LINK_SECONDS = 60.0  # far longer than anybody needs to rename one
_DRAFT = re.compile(r"\..+\.[0-9a-f]{16}\.draft\Z", re.DOTALL)
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
