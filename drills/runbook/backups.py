"""Backups of a database, by its own tools and inside its service; and their proof.

A backup that nobody has restored is none. So it is restored, what it holds of customers' writes is
read there and kept, and is held against what they were told by then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

from drills.errors import DrillError, ResponseFailed
from drills.journal.facts import BackedUp, BackupRead, RestoreBegun
from drills.journal.folder import BACKUP_READS
from drills.journal.replacing import replace
from drills.journal.timeline import Json
from drills.observers.agreement import agreement
from drills.runbook.action import Action
from drills.runbook.bench import Bench
from drills.runbook.commands import running, said
from drills.runbook.dumps import Dumps, dumps_of
from drills.stack.database import DataGone, Holding, holding_to_json
from drills.stack.dsn import Product
from drills.stack.runtime import Container

Detail = Mapping[str, Json]
MAINTENANCE = "postgres"  # the database that is there when others are not
RENAMES = Product.POSTGRESQL  # what can give a database another name
ASIDE = "_set_aside"  # behind the name of a database whose place a backup took


def back_up(bench: Bench, action: Action) -> Detail:
    """Dump a database; that it was done, or why not, is told with both instants."""
    container = running(bench, action)
    begun_ns, size, reason = bench.clock.monotonic_ns(), 0, ""
    try:
        said(bench, action, container, _tools(bench, action).dump(action))
        size = int(said(bench, action, container, ["stat", "-c", "%s", action.file]))
    except (ResponseFailed, ValueError) as error:
        reason = str(error)
    made = BackedUp(
        f"{action.database} was backed up into {action.file} on {container.name}"
        if not reason
        else f"{action.database} could not be backed up: {reason}",
        service=action.service,
        database=action.database,
        file=action.file,
        begun_ns=begun_ns,
        ended_ns=bench.clock.monotonic_ns(),
        size=size,
        reason=reason,
    )
    bench.journal.write(made)
    if reason:
        raise ResponseFailed(reason)
    return {"container": container.name, "file": action.file, "size": size}


def restore(bench: Bench, action: Action) -> Detail:
    """Restore the last backup, and hold what is in it against the ledger.

    Raises ResponseFailed where it cannot be restored, or does not agree.
    """
    container = running(bench, action)
    timeline = bench.journal.timeline()
    backup = timeline.last(BackedUp, service=action.service, file=action.file)
    if backup is None or backup.reason:
        why = f": {backup.reason}" if backup else ""
        raise ResponseFailed(f"there is no backup {action.file} on {action.service}{why}")
    if action.changes and backup.database != action.database:
        raise ResponseFailed(f"{action.file} is a backup of {backup.database}")
    if action.changes and (product := bench.ledger.product(action.service)) is not RENAMES:
        raise ResponseFailed(f"expected {RENAMES}, to set {action.database} aside, it is {product}")
    restorer = _Replacing if action.changes else _Scratch
    with_ = restorer(bench, action, container)
    try:
        with_.restore()
    except ResponseFailed as error:
        _tell(bench, action, backup, None, str(error))
        raise
    try:
        return _compared(bench, action, backup)
    finally:
        with_.tidy()


def _tools(bench: Bench, action: Action) -> Dumps:
    """The tools of the database that runs in the service."""
    return dumps_of(bench.ledger.product(action.service))


def _compared(bench: Bench, action: Action, backup: BackedUp) -> Detail:
    held: Holding = {}
    gone = ""
    try:
        held = bench.ledger.held(action.service, action.database)
    except DataGone as error:
        gone = str(error)
    _tell(bench, action, backup, held, gone)
    found = agreement(bench.ledger.told(), held, backup.begun_ns, backup.ended_ns)
    if found.differences:
        also = f" ({gone})" if gone else ""
        raise ResponseFailed(f"the backup does not agree with the ledger: {found.words()}{also}")
    return {
        "file": action.file,
        "database": action.database,
        "writes": len(held),
        "acknowledged_before": found.due,
    }


def _tell(
    bench: Bench, action: Action, backup: BackedUp, held: Holding | None, reason: str
) -> None:
    """Keep what was read, and tell of it."""
    read = ""
    if held is not None:
        path = bench.journal.directory / BACKUP_READS
        reads = json.loads(path.read_bytes()) if path.exists() else {}
        read = str(1 + len(reads))
        replace(path, json.dumps({**reads, read: holding_to_json(held)}).encode())
    number = f"{len(held or ())} writes found in the backup {action.file}"
    text = number if not reason else f"the backup {action.file} holds no writes: {reason}"
    fact = BackupRead(text, backup=backup.seq, database=action.database, read=read, reason=reason)
    bench.journal.write(fact)


class _Scratch:
    """A database that is made for the backup, and dropped again."""

    def __init__(self, bench: Bench, action: Action, container: Container) -> None:
        self._bench, self._action, self._container = bench, action, container
        self._tools = _tools(bench, action)

    def restore(self) -> None:
        """Make it and fill it; one that is there already is nobody's to fill."""
        self._do(*self._tools.create(self._action))
        try:
            self._do(*self._tools.fill(self._action))
        except DrillError:
            self.tidy()
            raise

    def tidy(self) -> None:
        """Drop it."""
        with suppress(ResponseFailed):  # it costs room, and nothing else
            self._do(*self._tools.drop(self._action))

    def _do(self, *command: str) -> None:
        said(self._bench, self._action, self._container, command)


class _Replacing(_Scratch):
    """The database itself: what was there is set aside, closed to everybody, and kept as it is.

    Only PostgreSQL can give a database another name.
    """

    def restore(self) -> None:
        """Set it aside, and restore under its name; put it back where that does not work."""
        action, name = self._action, _quoted(self._action.database)
        aside = _quoted(action.database + ASIDE)
        self._bench.journal.write(
            RestoreBegun(
                f"{action.database} is set aside, and restored from {action.file}",
                database=action.database,
                file=action.file,
            ),
            sync=True,
        )
        opened = f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"
        self._or_else(
            [
                f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
                _END_SESSIONS.format(_text(action.database)),
                f"ALTER DATABASE {name} RENAME TO {aside}",
            ],
            [opened],
        )
        try:
            self._do("pg_restore", *_STRICTLY, "-U", action.role, *_AS_IT_WAS, action.file)
        except DrillError:
            back = f"ALTER DATABASE {aside} RENAME TO {name}"
            with suppress(DrillError):
                self._say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", back, opened)
            raise

    def tidy(self) -> None:
        """It stays."""

    def _or_else(self, statements: Sequence[str], back: Sequence[str]) -> None:
        """Say them; where one is refused, say the others, and raise."""
        try:
            self._say(*statements)
        except DrillError:
            with suppress(DrillError):
                self._say(*back)
            raise

    def _say(self, *statements: str) -> None:
        words = [word for statement in statements for word in ("-c", statement)]
        stop = ("-v", "ON_ERROR_STOP=1")
        self._do("psql", "-XAtqw", *stop, "-U", self._action.role, "-d", MAINTENANCE, *words)


_STRICTLY = ("-w", "--exit-on-error")
_AS_IT_WAS = ("--create", "-d", MAINTENANCE)  # under its own name, with its owner and settings
_END_SESSIONS = (
    "SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity WHERE datname = {}"
)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
