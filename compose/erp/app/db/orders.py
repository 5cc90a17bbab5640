"""Orders: written once each, under the id that the caller chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from app.db.commit import NotCommitted, outcome_of
from app.db.node import Connection, Node

INSERT = """
    INSERT INTO orders (id, item_id, quantity, placed_by) VALUES (%s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
SELECT = "SELECT id, item_id, quantity, placed_by, created_at FROM orders WHERE id = %s"


class UnknownItem(Exception):
    """The order names an item that the inventory does not have."""


class OtherContent(Exception):
    """The id is taken by an order that says something else."""


@dataclass(frozen=True)
class Order:
    """An order as stored."""

    id: UUID
    item_id: int
    quantity: int
    placed_by: str
    created_at: datetime


async def find(connection: Connection, order_id: UUID) -> Order | None:
    """The stored order, if there is one."""
    async with connection.cursor(row_factory=class_row(Order)) as cursor:
        await cursor.execute(SELECT, (order_id,))
        return await cursor.fetchone()


async def place(
    node: Node, order_id: UUID, item_id: int, quantity: int, *, by: str, seconds: float
) -> bool:
    """True if the order was stored now, False if the same order already was; committed either way.

    Raises UnknownItem, OtherContent, NotCommitted or OutcomeUnknown.
    """
    commit_sent = False
    try:
        async with node.session(seconds) as connection:
            await connection.execute("BEGIN")
            written = await connection.execute(INSERT, (order_id, item_id, quantity, by))
            created = written.rowcount == 1
            if not created:
                await _insist_on_same(connection, order_id, item_id, quantity)
            commit_sent = True
            await _commit(connection)
    except psycopg.errors.ForeignKeyViolation as error:
        raise UnknownItem from error
    except psycopg.Error as error:
        raise outcome_of(error, commit_sent=commit_sent) from error
    return created


async def _insist_on_same(
    connection: Connection, order_id: UUID, item_id: int, quantity: int
) -> None:
    stored = await find(connection, order_id)
    if stored is None or (stored.item_id, stored.quantity) != (item_id, quantity):
        raise OtherContent


async def _commit(connection: Connection) -> None:
    answer = await connection.execute("COMMIT")
    # PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and no error.
    if answer.statusmessage != "COMMIT":
        raise NotCommitted(f"COMMIT was answered with {answer.statusmessage}")
