"""CSV exports: streamed as PostgreSQL makes them, and closed by a line that counts the rows.

The trailer is what tells a whole export from one that was cut at a line's end. The beginning is
held back: a database that dies in it costs the customer time, and not the export.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg

from app.db.databases import Databases, ReadUnavailable
from app.db.node import Node, one_row, severed_after
from app.telemetry import READS

ROLE = "SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END"
CHUNK_BYTES = 16 * 1024
HELD_BYTES = 1024 * 1024  # what is held back; the memory of an export does not grow beyond it
EXPORTS = {
    "inventory": """
        SELECT id, sku, name, category, quantity, unit_price_cents FROM items ORDER BY id
    """,
    "orders": """
        SELECT id, item_id, quantity, placed_by, created_at FROM orders ORDER BY created_at, id
    """,
}


@dataclass(frozen=True)
class Export:
    """An export that has begun: from here on it is this database or a broken answer."""

    node: str
    route: str
    chunks: AsyncIterator[bytes]


async def start(databases: Databases, name: str) -> Export:
    """Tries the read side's databases in order until one gives all of it, or a good part.

    Raises ReadUnavailable when none does.
    """
    for node, route in databases.read_nodes():
        lines = _lines(node, EXPORTS[name], databases.settings.read_timeout)
        try:
            role, header = await anext(lines), await anext(lines)
            chunks = await begun(chunked(header, lines))
        except psycopg.OperationalError as error:
            if node is databases.replica:
                databases.distrust(error)
            continue
        READS.labels(node.name).inc()
        return Export(role.decode(), route, chunks)
    raise ReadUnavailable("no database could start the export")


async def chunked(
    header: bytes, rows: AsyncIterator[bytes], size: int = CHUNK_BYTES
) -> AsyncIterator[bytes]:
    """Header and rows in chunks of about `size` bytes, then `#rows,<n>`."""
    held, seen = bytearray(header), 0
    async for row in rows:
        if len(held) >= size:
            yield bytes(held)
            held.clear()
        held += row
        seen += 1
    yield bytes(held) + b"#rows,%d\n" % seen


async def begun(chunks: AsyncIterator[bytes], size: int = HELD_BYTES) -> AsyncIterator[bytes]:
    """The same chunks, once `size` bytes of them have come, or all. Raises what they raise."""
    held, seen = [], 0
    async for chunk in chunks:
        held.append(chunk)
        seen += len(chunk)
        if seen >= size:
            break
    return _resumed(held, chunks)


async def _resumed(held: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in held:
        yield chunk
    async for chunk in rest:
        yield chunk


async def _lines(node: Node, query: str, patience: float) -> AsyncIterator[bytes]:
    """First the server's role, then the header, then a row at a time.

    A server silent for `patience` seconds is cut off; a slow customer is not.
    """
    async with node.connection(patience) as connection:
        with severed_after(patience, connection):
            (role,) = await one_row(connection, ROLE)
        yield role.encode()
        async with connection.cursor() as cursor:
            copy = cursor.copy(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)")
            async with copy as rows:
                while True:
                    with severed_after(patience, connection):
                        row = await rows.read()
                    if not row:
                        return
                    yield bytes(row)
