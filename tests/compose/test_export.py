"""A CSV export can be told whole from cut, and comes from one database or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from app import export
from app.db.databases import Databases, ReadUnavailable

HEADER = b"id,sku\n"


async def rows(count: int, fail_after: int | None = None) -> AsyncIterator[bytes]:
    for number in range(count):
        if number == fail_after:
            raise psycopg.OperationalError("gone")
        yield b"%d,SKU\n" % number


async def collected(chunks: AsyncIterator[bytes]) -> list[bytes]:
    return [chunk async for chunk in chunks]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_trailer_counts_the_rows_and_not_the_header(count: int) -> None:
    """An empty export is whole too."""
    text = b"".join(asyncio.run(collected(export.chunked(HEADER, rows(count)))))
    lines = text.decode().splitlines()
    assert lines[0] == "id,sku"
    assert lines[-1] == f"#rows,{count}"
    assert len(lines) == count + 2
    assert text.endswith(b"\n")


def test_rows_leave_in_chunks_and_none_is_lost() -> None:
    """An export is streamed: memory does not grow with it."""
    chunks = asyncio.run(collected(export.chunked(HEADER, rows(100), size=64)))
    assert len(chunks) > 5
    assert max(map(len, chunks)) <= 64 + 16
    assert b"".join(chunks).count(b"SKU\n") == 100


def test_an_export_that_breaks_off_has_no_trailer() -> None:
    """The error goes on to the server, which cuts the answer off."""
    seen: list[bytes] = []

    async def consume() -> None:
        chunks = export.chunked(HEADER, rows(10, fail_after=5), size=1)
        seen.append(await anext(chunks))
        await collected(chunks)

    with pytest.raises(psycopg.OperationalError):
        asyncio.run(consume())
    assert seen
    assert not any(b"#rows" in chunk for chunk in seen)


@pytest.mark.parametrize("size", [1, 64, 10_000])
def test_no_byte_is_lost_where_the_beginning_was_held_back(size: int) -> None:
    """Whether all of it was held, or a part."""
    held: list[AsyncIterator[bytes]] = []

    async def whole() -> bytes:
        held.append(await export.begun(export.chunked(HEADER, rows(100), size=16), size))
        return b"".join(await collected(held[0]))

    assert asyncio.run(whole()) == b"".join(
        asyncio.run(collected(export.chunked(HEADER, rows(100))))
    )


def test_what_is_held_back_is_bounded() -> None:
    """A break beyond that is a broken answer; memory does not grow with an export."""

    async def begin() -> AsyncIterator[bytes]:
        chunks = export.chunked(HEADER, rows(100, fail_after=50), size=16)
        return await export.begun(chunks, 64)

    async def consume() -> None:
        await collected(await begin())

    asyncio.run(begin())
    with pytest.raises(psycopg.OperationalError):
        asyncio.run(consume())


class FakeDatabases:
    """Two databases; the named ones refuse, the one that is ``dying`` does so after a row."""

    def __init__(self, *refusing: str, dying: str = "") -> None:
        self.refusing = refusing
        self.dying = dying
        self.settings = SimpleNamespace(read_timeout=0.5)
        self.replica, self.primary = (
            SimpleNamespace(name="replica"),
            SimpleNamespace(name="primary"),
        )
        self.distrusted = 0

    def read_nodes(self) -> list[tuple[Any, str]]:
        return [(self.replica, "replica"), (self.primary, "fallback")]

    def distrust(self, error: Exception) -> None:
        self.distrusted += 1

    async def lines(self, node: Any, query: str, patience: float) -> AsyncIterator[bytes]:
        if node.name in self.refusing:
            raise psycopg.OperationalError("refused")
        for line in (node.name.encode(), HEADER, b"1,SKU\n"):
            yield line
            if node.name == self.dying and b"SKU" in line:
                raise psycopg.OperationalError("gone")


def run(
    databases: FakeDatabases, monkeypatch: pytest.MonkeyPatch
) -> tuple[export.Export, list[bytes]]:
    async def whole() -> tuple[export.Export, list[bytes]]:
        ready = await export.start(cast(Databases, databases), "inventory")
        return ready, await collected(ready.chunks)

    monkeypatch.setattr(export, "_lines", databases.lines)
    return asyncio.run(whole())


def test_an_export_comes_from_the_replica(monkeypatch: pytest.MonkeyPatch) -> None:
    """The read side serves it while it answers."""
    databases = FakeDatabases()
    ready, _ = run(databases, monkeypatch)
    assert (ready.node, ready.route, databases.distrusted) == ("replica", "replica", 0)


def test_a_replica_that_fails_at_the_start_is_replaced_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The customer gets the export from the primary, and the replica is marked."""
    databases = FakeDatabases("replica")
    ready, chunks = run(databases, monkeypatch)
    assert (ready.node, ready.route, databases.distrusted) == ("primary", "fallback", 1)
    assert b"".join(chunks) == HEADER + b"1,SKU\n#rows,1\n"


def test_a_replica_that_dies_in_the_middle_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it has left by then, so the customer gets a whole export all the same."""
    databases = FakeDatabases(dying="replica")
    ready, chunks = run(databases, monkeypatch)
    assert (ready.node, ready.route, databases.distrusted) == ("primary", "fallback", 1)
    assert b"".join(chunks) == HEADER + b"1,SKU\n#rows,1\n"


def test_without_any_database_there_is_no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error before the first byte is a clean refusal."""
    with pytest.raises(ReadUnavailable):
        run(FakeDatabases("replica", "primary"), monkeypatch)
