"""How a drill stands against those before it, as a file beside its report holds it.

It rests on other drills, so no seal vouches for it and judging does not make it anew: a report that
is written again shows what was known when the drill ended.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from drills.errors import JournalError
from drills.journal import regular
from drills.journal.folder import STANDING
from drills.journal.replacing import replace

SIZE = 1024**2  # bytes of the file; what is larger is none of ours


class Word(StrEnum):
    """What became of the verdict, or of a metric."""

    NEW = "new"
    FIXED = "fixed"
    REGRESSED = "regressed"
    SAME = "same"
    UNTOLD = "cannot tell"


class _Part(BaseModel):
    """Immutable, and unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Trend(_Part):
    """A change of earlier days that is the usual by now: the drill that it began with, and when.

    ``effect`` is as in ``Finding``.
    """

    at: datetime
    effect: float | None


class Finding(_Part):
    """A metric, held against ``runs`` earlier drills; what is not known is null.

    ``value`` is this drill's. ``before`` is the middle of the earlier ones, ``after`` that of the
    ``recent`` newest with this one. ``effect`` with its interval of 95 %, ``low`` to ``high``, is a
    share of ``before`` for times and a difference in ``unit`` (seconds, count, ratio) for all else.
    ``chance`` is the probability of so much for the worse (of *fixed*, for the better) where
    nothing changed.
    """

    metric: str
    subject: str
    unit: str
    word: Word
    why: str
    runs: int
    value: float | None = None
    before: float | None = None
    after: float | None = None
    recent: int | None = None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    trend: Trend | None = None


class Standing(_Part):
    """A drill against those before it, ``runs`` of the same kind on ``machine``.

    ``elsewhere`` are those of other machines, which are held against nothing. ``verdict`` is what
    became of the verdict, and ``why``.
    """

    id: str
    machine: str
    runs: int
    elsewhere: int
    verdict: Word
    why: str
    findings: list[Finding]

    def those(self, word: Word) -> list[Finding]:
        """The metrics of which that is told."""
        return [each for each in self.findings if each.word is word]

    @property
    def regressed(self) -> bool:
        """Whether the verdict or any metric did."""
        return self.verdict is Word.REGRESSED or bool(self.those(Word.REGRESSED))


def write_standing(standing: Standing, folder: Path) -> None:
    """Keep it in a drill's folder. Raises JournalError where the disk refuses."""
    try:
        replace(folder / STANDING, f"{standing.model_dump_json(indent=1)}\n".encode())
    except OSError as error:
        raise JournalError(f"{folder / STANDING}: expected to write it: {error}") from error


def forget_standing(folder: Path) -> None:
    """Keep nothing of it: no report tells of what is not known."""
    with suppress(OSError):
        (folder / STANDING).unlink(missing_ok=True)


def read_standing(folder: Path) -> Standing | None:
    """What the folder holds of it; None where that is nothing, or no such thing."""
    path = folder / STANDING
    try:
        if path.is_symlink() or path.stat().st_size > SIZE:
            return None
        return Standing.model_validate_json(regular.read(path))
    except (OSError, ValidationError, RecursionError):
        return None
