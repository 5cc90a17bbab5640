"""A drill's files are regular ones: what else has such a name is neither read nor written.

A pipe would hold a reader up for ever, a device may do anything; a link may lead a writer out of
the drill's folder.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

ODD = "not a regular file"
ODD_FOLDER = "not a folder of its own"


def read(path: Path) -> bytes:
    """All that a file holds. Raises OSError, also where it is no regular file."""
    with reader(path) as file:
        return file.read()


def reader(path: Path) -> BufferedReader:
    """A file, opened to be read; a link is followed. Raises OSError as ``read`` does."""
    return os.fdopen(opened(path, os.O_RDONLY), "rb")


def opened(path: Path, flags: int) -> int:
    """The descriptor of a regular file; one to be written is no link.

    Raises OSError where there is none, or it is anything else.
    """
    writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
    try:
        _refuse_odd(path, path.stat(follow_symlinks=not writes))
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    more = os.O_NOFOLLOW if writes else 0
    file = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | more, 0o644)
    try:
        _refuse_odd(path, os.fstat(file))  # it may have become another one meanwhile
    except OSError:
        os.close(file)
        raise
    return file


def check_folder(path: Path) -> None:
    """Raise OSError where it is no folder itself: a link may lead out of the drill's."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise OSError(errno.ENOTDIR, ODD_FOLDER, str(path))


def _refuse_odd(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, ODD, str(path))
