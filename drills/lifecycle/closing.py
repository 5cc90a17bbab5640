"""How a drill's folder is closed, whether the drill came to its end or was healed.

Ended, compressed, sealed, judged, written: each part is tried whatever became of the one before.
What fails after the end, ``drills judge`` makes up for once it is put right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from drills.clock import Clock
from drills.history.latest import point_latest
from drills.journal.facts import DrillEnded, DrillStarted
from drills.journal.folder import LATEST, SAMPLES
from drills.journal.integrity import seal
from drills.journal.journal import Journal
from drills.journal.replacing import forget_drafts
from drills.journal.samples import compress
from drills.judgement.result import DrillResult
from drills.reporting.files import write_report


class Try(Protocol):
    """Does one part, by its name, and sees to what it raises."""

    def __call__(self, name: str, part: Callable[[], None]) -> None:
        """Do it; whatever it raises does not get out."""


def anchored(journal: Journal, clock: Clock, fact: DrillStarted | DrillEnded) -> None:
    """Write it with both clocks as they are now, synced. Raises JournalError."""
    anchor = clock.anchor()
    fact = replace(fact, wall_ns=anchor.wall_ns, error_ns=anchor.error_ns)
    journal.write(fact, at_ns=anchor.monotonic_ns, sync=True)


def end(journal: Journal, clock: Clock, status: str, reason: str) -> None:
    """Write that the drill is over. Raises JournalError."""
    anchored(journal, clock, DrillEnded(status=status, reason=reason))


def close(journal: Journal, attempt: Try, *, sealing: bool = True) -> None:
    """Compress the samples, seal what is there but drafts, close the journal.

    Without ``sealing`` nobody vouches for what stands there.
    """
    forget_drafts(journal.directory)
    attempt("samples", lambda: compress(journal.directory / SAMPLES))
    if sealing:
        attempt("seal", lambda: seal(journal))
    attempt("journal", journal.close)


def write(result: DrillResult, directory: Path, *, healed: bool = False) -> None:
    """Write what is made of a judged drill, and have ``latest`` point at it.

    A drill that was ``healed`` is the latest only where no younger one is: names begin with their
    date. Raises JournalError when the disk refuses.
    """
    write_report(result, directory)
    latest = (directory.parent / LATEST).resolve()
    if not healed or not latest.is_dir() or latest.name <= directory.name:
        point_latest(directory)
