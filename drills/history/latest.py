"""``latest``: the link in a folder of reports that points at the drill that ended last."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from drills.journal.folder import LATEST
from drills.journal.replacing import draft_name, forget_drafts


def point_latest(directory: Path) -> None:
    """Have ``latest``, beside the directory, point at it.

    What stands there and is no link of ours is left alone, and a disk without links goes without:
    a drill's verdict does not hang on it. ``not_latest`` says why it does not point.
    """
    latest = directory.parent / LATEST
    with suppress(OSError):
        if _foreign(latest):
            return
        link = draft_name(latest)
        link.symlink_to(directory.name, target_is_directory=True)
        link.replace(latest)
    forget_drafts(directory.parent)  # a kill may have struck in between


def not_latest(directory: Path) -> str:
    """Why ``latest``, beside the directory, points at no drill; "" where it does."""
    latest = directory.parent / LATEST
    if foreign := _foreign(latest):
        return f"{latest} is {foreign}, so it was left alone"
    return "" if latest.is_dir() else f"{latest} could not be made: links are not to be had there"


def _foreign(latest: Path) -> str:
    """What ``latest`` is, where it is no link to what lies beside it; "" for that and nothing."""
    if latest.is_symlink():
        target = latest.readlink()
        return f"a link to {target}" if len(target.parts) > 1 else ""
    if latest.is_dir():
        return "a folder"
    return "a file" if latest.exists() else ""
