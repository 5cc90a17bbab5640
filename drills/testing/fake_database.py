"""Databases for tests, that answer as they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from drills.stack import binlog, wal
from drills.stack.database import ASK_WITHIN, DatabaseError, Following
from drills.stack.dsn import Product, product_of
from drills.stack.position import Position

Row: TypeAlias = "tuple[object, ...]"
Named: TypeAlias = "Mapping[str, object]"  # by the names of the columns, as of SHOW
Answer: TypeAlias = "Sequence[Row | Named] | DatabaseError | Callable[[str], Sequence[Row | Named]]"


class FakeDatabase:
    """Every database of a stack, of the kind that its DSN's scheme says; PostgreSQL without one.

    What is asked is answered by the first ``on`` whose words it has.

    An answer is rows, an error to raise, or a function that is called with the DSN and gives rows
    or raises. A row may be a mapping, where it is asked for by name. What nobody answers is a
    DatabaseError. ``asked`` holds DSN and statement of each question, in order. ``unreachable``
    says of a DSN whether nobody is there; sessions that are
    open then end with the next question.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.unreachable: Callable[[str], bool] = lambda _dsn: False
        self._answers: dict[str, Answer] = {}

    def on(self, words: str, answer: Answer) -> None:
        """Answer statements that have these words; an earlier answer to the same is replaced."""
        self._answers[words] = answer

    def query(self, dsn: str, statement: str, *, timeout: int = ASK_WITHIN) -> list[Row]:
        """The rows of one statement."""
        assert timeout > 0
        return [
            tuple(r.values()) if isinstance(r, Mapping) else r for r in self.rows(dsn, statement)
        ]

    def rows(self, dsn: str, statement: str) -> Sequence[Row | Named]:
        """The same, as they were scripted."""
        self.asked.append((dsn, statement))
        if self.unreachable(dsn):
            raise DatabaseError("OperationalError: connection refused")
        for words, answer in self._answers.items():
            if words in statement:
                if isinstance(answer, DatabaseError):
                    raise answer
                return answer(dsn) if callable(answer) else answer
        raise DatabaseError(f"SyntaxError: nobody answers {statement!r}")

    def session(self, dsn: str) -> FakeSession:
        """A connection that stays open."""
        if self.unreachable(dsn):
            raise DatabaseError("OperationalError: connection refused")
        return FakeSession(self, dsn)

    def written(self, dsn: str) -> Position:
        """All that a primary has written by now."""
        if product_of(dsn) is Product.POSTGRESQL:
            return wal.written(self, dsn)
        return binlog.written(self.session(dsn))

    def replayed(self, dsn: str) -> Position | None:
        """All of its primary's that a replica has replayed by now."""
        if product_of(dsn) is Product.POSTGRESQL:
            return wal.replayed(self, dsn)
        return binlog.replayed(self.session(dsn))

    def following(self, primary: str, replicas: Sequence[str]) -> Following:
        """How these replicas follow their primary."""
        if product_of(primary) is Product.POSTGRESQL:
            return wal.View(self, primary, len(replicas))
        return binlog.View(self.session(primary), [self.session(dsn) for dsn in replicas])


class FakeSession:
    """A connection to a ``FakeDatabase``."""

    def __init__(self, database: FakeDatabase, dsn: str) -> None:
        self._database = database
        self._dsn = dsn
        self.is_open = True

    @property
    def mariadb(self) -> bool:
        """Whether its DSN says that it is MariaDB."""
        return product_of(self._dsn) is Product.MARIADB

    def ask(self, statement: str) -> Row | None:
        """The first row of one statement."""
        for row in self._rows(statement):
            return tuple(row.values()) if isinstance(row, Mapping) else row
        return None

    def named(self, statement: str) -> Sequence[Named]:
        """The rows of one statement by name; each has to be scripted so."""
        return [row for row in self._rows(statement) if isinstance(row, Mapping)]

    def _rows(self, statement: str) -> Sequence[Row | Named]:
        if not self.is_open:
            raise DatabaseError("OperationalError: the connection is closed")
        try:
            return self._database.rows(self._dsn, statement)
        except binlog.NotUnderstood:
            raise
        except DatabaseError:
            self.close()
            raise

    def close(self) -> None:
        """End it."""
        self.is_open = False
