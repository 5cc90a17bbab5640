"""What is asked of a database: what a node holds of each write, and why it could not be told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from drills.clock import Clock
from drills.errors import DrillError, PlanError, WaitTimeout
from drills.stack.content import canonical, digest, plain
from drills.stack.position import Position
from drills.wait import until

ASK_WITHIN = 5  # seconds
FINAL_READ_WITHIN = 30  # seconds
_UUID = 16  # bytes

# What a node holds of one write: the digest of each row's content, or only how many rows there are.
Rows: TypeAlias = "int | Sequence[str]"
Holding: TypeAlias = "Mapping[str, Rows]"  # by the id of a write
FinalRead: TypeAlias = "Mapping[str, Holding]"  # by node


class DatabaseError(DrillError):
    """A database could not be asked."""


class DataGone(DatabaseError):
    """The database answers, and what keeps the data is not there: table, schema, database."""


class Session(Protocol):
    """One connection, to be asked again and again; an error closes it."""

    def ask(self, statement: str) -> tuple[object, ...] | None:
        """The first row of one statement. Raises DatabaseError where it cannot be asked."""

    def close(self) -> None:
        """End it. Idempotent."""


@dataclass(frozen=True, slots=True)
class Look:
    """All that a primary had written, and what each of its replicas has replayed of that.

    That is None for a replica that does not follow it. A database that knows no more than its
    slowest replica tells of that one.
    """

    written: Position
    replayed: Sequence[Position | None]


class Following(Protocol):
    """How far replicas follow their primary, to be looked at again and again; an error ends it."""

    def look(self) -> Look:
        """How far now. Raises DatabaseError where that cannot be known."""

    def close(self) -> None:
        """End it. Idempotent."""


class Database(Protocol):
    """What the framework asks of the databases of a stack, each by its DSN.

    No error has the DSN in its text. ``drivers`` has the real ones, ``testing`` has a fake.
    """

    def query(
        self, dsn: str, statement: str, *, timeout: int = ASK_WITHIN
    ) -> list[tuple[object, ...]]:
        """The rows of one read-only statement, in at most so many seconds.

        Raises DataGone where the server answers that there is no such table, and DatabaseError
        where it could not be asked or refuses.
        """

    def session(self, dsn: str) -> Session:
        """A connection that stays open. Raises DatabaseError where it cannot be opened."""

    def written(self, dsn: str) -> Position:
        """All that a primary has written by now. Raises DatabaseError where it cannot be known."""

    def replayed(self, dsn: str) -> Position | None:
        """All of its primary's that a replica has replayed by now; None on what is no replica.

        Raises DatabaseError where it cannot be known.
        """

    def following(self, primary: str, replicas: Sequence[str]) -> Following:
        """How these replicas follow their primary. Raises DatabaseError where nobody can look."""


def final_read(
    database: Database,
    dsn: str,
    statement: str,
    content: int = 0,
    *,
    timeout: int = FINAL_READ_WITHIN,
) -> Holding:
    """What the database holds of each write: ``statement`` selects its id and ``content`` columns.

    With columns of content that is the digest of each row's, else how many rows there are. An id is
    compared in lower case and without blanks around it. Raises PlanError where the statement
    selects another number of columns.
    """
    return holding_of(database.query(dsn, statement, timeout=timeout), content)


def holding_of(rows: Iterable[Sequence[object]], content: int = 0) -> Holding:
    """What is held of each write, from rows of its id and ``content`` columns. See ``final_read``.

    Raises PlanError where a row has another number of columns.
    """
    digests: dict[str, list[str]] = {}
    for row in rows:
        if content and len(row) != 1 + content:
            raise PlanError(
                f"data.final_read: expected {1 + content} columns, the id and those that "
                f"data.content names, got {len(row)}"
            )
        id_ = _id(row[0])
        said = digest(canonical(value) for value in row[1:]) if content else ""
        digests.setdefault(id_, []).append(said)
    return digests if content else {id_: len(each) for id_, each in digests.items()}


def _id(value: object) -> str:
    """A write's id as it is compared; the 16 bytes of a UUID are one, as MySQL often keeps it."""
    if isinstance(value, bytes) and len(value) == _UUID:
        return str(UUID(bytes=value))
    return plain(value).strip().lower()


def await_replay(
    database: Database, primary: str, replica: str, *, within: float, clock: Clock
) -> bool:
    """Whether a replica replays, in so many seconds, all that its primary has written by now.

    Raises DatabaseError when one of them cannot be asked.
    """
    written = database.written(primary)

    def caught_up() -> bool:
        replayed = database.replayed(replica)
        return replayed is not None and replayed.reaches(written)

    try:
        until(
            caught_up,
            awaited="the replica has replayed all that was written",
            within=within,
            clock=clock,
        )
    except WaitTimeout:
        return False
    return True


def holding_to_json(holding: Holding) -> dict[str, int | list[str]]:
    """What a node holds, as the final read's file has it."""
    return {id_: rows if isinstance(rows, int) else list(rows) for id_, rows in holding.items()}


def final_read_of(text: str) -> FinalRead:
    """What every node holds, as a final read's file has it.

    Raises ValueError or TypeError on anything else. There may be hundreds of thousands of writes,
    so what is read of one node is shortened before the next one is read.
    """
    known: dict[Rows, Rows] = {}  # every node holds the same of a write, so it is kept once

    def shortened(held: dict[str, object]) -> dict[str, object]:
        for id_, rows in held.items():
            if isinstance(rows, list):
                told = tuple(map(str, rows))
                held[id_] = known.setdefault(told, told)
        return held

    document = json.loads(text, object_hook=shortened)
    if not isinstance(document, dict):
        raise TypeError("expected what each node holds")
    return {node: _holding(held) for node, held in document.items()}


def _holding(document: object) -> Holding:
    if not isinstance(document, dict):
        raise TypeError("expected writes by id")
    return {id_: rows if isinstance(rows, tuple) else int(rows) for id_, rows in document.items()}
