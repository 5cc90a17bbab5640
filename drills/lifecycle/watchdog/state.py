"""The folder in which a user's drills are entered as running."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from drills.errors import JournalError


def state_directory() -> Path:
    """Where the entries lie: below DRILLS_STATE, or XDG_STATE_HOME, or ``~/.local/state``.

    A user without a home, or with one that takes no file (a container's ``/``, say), has a folder
    of its own below the temporary one. Raises JournalError where that folder is another's.
    """
    if chosen := os.environ.get("DRILLS_STATE"):
        return Path(chosen) / "running"
    if chosen := os.environ.get("XDG_STATE_HOME"):
        return Path(chosen) / "incident-drills" / "running"
    if home := _home():
        return home / ".local" / "state" / "incident-drills" / "running"
    return _without_home() / "running"


def _home() -> Path | None:
    """The user's home, where it takes files or one may be made."""
    try:
        home = Path.home()
    except RuntimeError:  # neither HOME nor an entry in passwd
        return None
    place = home / ".local" / "state" / "incident-drills" / "running"
    while not place.exists() and place != place.parent:
        place = place.parent
    return home if home.is_absolute() and os.access(place, os.W_OK | os.X_OK) else None


def _without_home() -> Path:
    """A folder that is this user's alone: whoever could write there could have it heal anything."""
    folder = Path(tempfile.gettempdir()) / f"incident-drills-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise JournalError(f"expected a folder for running drills: {error}. {_HINT}") from error
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not own or stat.S_IMODE(found.st_mode) & 0o077:
        raise JournalError(
            f"expected {folder} to be this user's alone, got owner {found.st_uid} and mode "
            f"{stat.filemode(found.st_mode)}. {_HINT}"
        )
    return folder


_HINT = "Hint: set DRILLS_STATE to a folder of your own."
