"""What became of a failed order: the ledger of a drill rests on this answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from app.db import orders
from app.db.commit import NotCommitted, OutcomeUnknown, outcome_of
from app.db.node import Node

ID = UUID(int=7)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("server closed the connection unexpectedly"),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.SerializationFailure(),
    ],
)
def test_before_commit_every_failure_is_certainly_not_done(error: Exception) -> None:
    """A transaction whose COMMIT was never sent is rolled back by the server."""
    assert isinstance(outcome_of(error, commit_sent=False), NotCommitted)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.UniqueViolation(),
        psycopg.errors.SerializationFailure(),
        psycopg.errors.ReadOnlySqlTransaction(),
    ],
)
def test_a_rollback_that_the_server_reports_is_certain(error: Exception) -> None:
    """These classes of SQLSTATE say that the transaction is gone."""
    assert isinstance(outcome_of(error, commit_sent=True), NotCommitted)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("server closed the connection unexpectedly"),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.CrashShutdown(),
        psycopg.errors.DiskFull(),
    ],
)
def test_after_commit_was_sent_silence_proves_nothing(error: Exception) -> None:
    """A lost answer may follow a commit that happened: never call it refused."""
    assert isinstance(outcome_of(error, commit_sent=True), OutcomeUnknown)


@dataclass
class Answer:
    rowcount: int = 1
    statusmessage: str = ""


@dataclass
class FakeConnection:
    """Answers each statement by its first word; an exception is raised instead."""

    answers: dict[str, Any] = field(default_factory=dict)
    stored: orders.Order | None = None
    sent: list[str] = field(default_factory=list)

    async def execute(self, query: str, values: object = None) -> Answer:
        word = query.split(maxsplit=1)[0]
        self.sent.append(word)
        answer = self.answers.get(word, Answer(statusmessage=word))
        if isinstance(answer, Exception):
            raise answer
        return cast(Answer, answer)

    def cursor(self, **_: object) -> FakeConnection:
        return self

    async def __aenter__(self) -> FakeConnection:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def fetchone(self) -> orders.Order | None:
        return self.stored


@dataclass
class FakeNode:
    connection: FakeConnection

    @asynccontextmanager
    async def session(self, seconds: float) -> AsyncIterator[FakeConnection]:
        yield self.connection


async def place(connection: FakeConnection, quantity: int = 1) -> bool:
    node = cast(Node, FakeNode(connection))
    return await orders.place(node, ID, 3, quantity, by="drill", seconds=1)


def run(connection: FakeConnection, quantity: int = 1) -> bool:
    return asyncio.run(place(connection, quantity))


def already_stored(quantity: int) -> FakeConnection:
    order = orders.Order(ID, 3, quantity, "drill", cast(Any, None))
    return FakeConnection({"INSERT": Answer(rowcount=0)}, stored=order)


def test_a_new_order_is_committed_before_it_is_acknowledged() -> None:
    """The last statement of an acknowledged order is COMMIT."""
    connection = FakeConnection()
    assert run(connection) is True
    assert connection.sent == ["BEGIN", "INSERT", "COMMIT"]


def test_the_same_order_again_is_no_second_one() -> None:
    """Idempotent: the caller may repeat an order whose answer was lost."""
    assert run(already_stored(quantity=1)) is False


def test_an_id_with_other_content_is_a_conflict() -> None:
    """An id stands for one order for ever, and nothing is committed for the other."""
    connection = already_stored(quantity=2)
    with pytest.raises(orders.OtherContent):
        run(connection)
    assert "COMMIT" not in connection.sent


def test_an_unknown_item_is_the_callers_mistake() -> None:
    """Not an outage: the foreign key speaks."""
    with pytest.raises(orders.UnknownItem):
        run(FakeConnection({"INSERT": psycopg.errors.ForeignKeyViolation()}))


def test_a_connection_lost_at_the_insert_is_not_committed() -> None:
    """COMMIT was never sent."""
    with pytest.raises(NotCommitted):
        run(FakeConnection({"INSERT": psycopg.OperationalError()}))


def test_a_connection_lost_at_the_commit_is_unknown() -> None:
    """COMMIT was sent; whether it arrived, nobody can say."""
    with pytest.raises(OutcomeUnknown):
        run(FakeConnection({"COMMIT": psycopg.OperationalError()}))


def test_a_commit_answered_with_rollback_is_no_success() -> None:
    """PostgreSQL reports the COMMIT of a failed transaction as ROLLBACK, without an error."""
    with pytest.raises(NotCommitted, match="ROLLBACK"):
        run(FakeConnection({"COMMIT": Answer(statusmessage="ROLLBACK")}))
