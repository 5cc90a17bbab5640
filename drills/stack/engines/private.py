"""The end of the folder in which a drill keeps its own copy of the stack's configuration."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from drills.errors import StackError


def forget(folder: Path) -> None:
    """Remove it; following no link. Idempotent; raises StackError where something of it stays."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder) and not folder.is_symlink():
        raise StackError(
            f"{folder} could not be removed: a container may have written what this user may not "
            f"remove, and secrets may be in it. By hand: sudo rm -r {folder}"
        )
