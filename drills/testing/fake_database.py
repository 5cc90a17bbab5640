"""Databases for tests, that answer as they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from drills.stack.database import ASK_WITHIN, DatabaseError

Row: TypeAlias = "tuple[object, ...]"
Answer: TypeAlias = "Sequence[Row] | DatabaseError | Callable[[str], Sequence[Row]]"


class FakeDatabase:
    """Every database of a stack. What is asked is answered by the first ``on`` whose words it has.

    An answer is rows, an error to raise, or a function that is called with the DSN and gives rows
    or raises. What nobody answers is a DatabaseError. ``asked`` holds DSN and statement of each
    question, in order. ``unreachable`` says of a DSN whether nobody is there; sessions that are
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
        self.asked.append((dsn, statement))
        if self.unreachable(dsn):
            raise DatabaseError("OperationalError: connection refused")
        for words, answer in self._answers.items():
            if words in statement:
                if isinstance(answer, DatabaseError):
                    raise answer
                return list(answer(dsn) if callable(answer) else answer)
        raise DatabaseError(f"SyntaxError: nobody answers {statement!r}")

    def session(self, dsn: str) -> FakeSession:
        """A connection that stays open."""
        if self.unreachable(dsn):
            raise DatabaseError("OperationalError: connection refused")
        return FakeSession(self, dsn)


class FakeSession:
    """A connection to a ``FakeDatabase``."""

    def __init__(self, database: FakeDatabase, dsn: str) -> None:
        self._database = database
        self._dsn = dsn
        self.is_open = True

    def ask(self, statement: str) -> Row | None:
        """The first row of one statement."""
        if not self.is_open:
            raise DatabaseError("OperationalError: the connection is closed")
        try:
            rows = self._database.query(self._dsn, statement)
        except DatabaseError:
            self.close()
            raise
        return rows[0] if rows else None

    def close(self) -> None:
        """End it."""
        self.is_open = False
