"""Variables of the environment that stand for an option, and were called otherwise before.

All are called as their option is (``--drill-notify``, ``DRILL_NOTIFY``). The old names go on to
work, and a line says what they are called by now.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

MANIFEST, NOTIFY = "DRILL_MANIFEST", "DRILL_NOTIFY"
BEFORE: Mapping[str, str] = {MANIFEST: "DRILLS_MANIFEST", NOTIFY: "DRILLS_NOTIFY"}


def said(variable: str) -> tuple[str, str]:
    """What the environment says ("" for nothing), after the name under which it does."""
    for name in (variable, BEFORE[variable]):
        if text := os.environ.get(name):
            return name, text
    return variable, ""


def notes() -> list[str]:
    """A line for each variable that is set by its old name, and counts."""
    return [
        f"{old} is called {new} by now; it still works by its old name"
        for new, old in BEFORE.items()
        if said(new)[0] == old
    ]
