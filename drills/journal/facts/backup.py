"""What is told of backups: that one was made, that it replaces a database, what it held."""

from __future__ import annotations

from dataclasses import dataclass, field

from drills.journal.fact import WHEN_IT_HAPPENED, Fact
from drills.journal.timeline import Kind


@dataclass(frozen=True, kw_only=True)
class BackedUp(Fact):
    """A database was backed up into a file on its service, from one instant to the other.

    ``size`` is in bytes. ``reason`` says why it could not be done, "" where it was.
    """

    kind = Kind.BACKED_UP
    service: str
    database: str
    file: str
    begun_ns: int = field(metadata=WHEN_IT_HAPPENED)
    ended_ns: int = field(metadata=WHEN_IT_HAPPENED)
    size: int = 0
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RestoreBegun(Fact):
    """A database of customers is replaced by a backup from now on: what is newer is given up."""

    kind = Kind.RESTORE_BEGUN
    database: str
    file: str


@dataclass(frozen=True, kw_only=True)
class BackupRead(Fact):
    """A backup was restored into a database, and what that holds of each write was read.

    ``backup`` is the ``seq`` of the ``BackedUp`` that it came from, ``read`` its key in
    ``backup-reads.json``. ``reason`` says why nothing of it is there: it could not be restored,
    or what keeps the writes is not in it.
    """

    kind = Kind.BACKUP_READ
    backup: int
    database: str
    read: str = ""
    reason: str = ""
