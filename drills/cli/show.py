"""``drills show``: what came of a drill, in words."""

from __future__ import annotations

import sys
from pathlib import Path

from drills.journal.folder import REPORT

EXITS = {"met": 0, "missed": 1, "inconclusive": 75, "not assessed": 75}


def show(directory: Path) -> int:
    """Print verdict, sentences, score and criteria; returns the exit code that tells the verdict.

    Raises JournalError where there is no judged drill.
    """
    from drills.history.standing import read_standing
    from drills.reporting.files import read_result
    from drills.reporting.plain import coloured, speakable, width_of
    from drills.reporting.terminal import summary

    out = sys.stdout
    result, standing = read_result(directory), read_standing(directory)
    told = summary(result, str(directory / REPORT), width_of(out), coloured(out), standing)
    print(speakable(told, out), end="")
    return EXITS[result.verdict]
