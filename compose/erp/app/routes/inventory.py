"""The inventory and the stock report: small reads, answered by the read side."""

from __future__ import annotations

from typing import Annotated, LiteralString

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response

from app.core.auth.token import signed_in
from app.db.databases import ReadUnavailable
from app.db.node import Connection, one_row
from app.routes import databases

router = APIRouter(prefix="/api/v1", dependencies=[Depends(signed_in)])

# The server says itself which one it is, and makes the JSON: one round trip, no work in Python.
INVENTORY = """
    SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END,
           (SELECT coalesce(json_agg(i), '[]')::text FROM (
        SELECT id, sku, name, category, quantity, unit_price_cents
        FROM items ORDER BY id LIMIT %s OFFSET %s) i)
"""
STOCK = """
    SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END,
           (SELECT coalesce(json_agg(c), '[]')::text FROM (
        SELECT category, count(*) AS items, sum(quantity) AS quantity,
               sum(quantity * unit_price_cents) AS value_cents
        FROM items GROUP BY category ORDER BY category) c)
"""


async def _answer(request: Request, member: str, query: LiteralString, *values: int) -> Response:
    async def ask(connection: Connection) -> tuple[str, str]:
        node, rows = await one_row(connection, query, *values)
        return node, rows

    try:
        (node, rows), route = await databases(request).read(ask)
    except ReadUnavailable as error:
        raise HTTPException(503, str(error)) from error
    body = f'{{"node":"{node}","route":"{route}","{member}":{rows}}}'
    return Response(body, media_type="application/json")


@router.get("/inventory")
async def inventory(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Items by id, with the database that answered and the route there."""
    return await _answer(request, "items", INVENTORY, limit, offset)


@router.get("/reports/stock")
async def stock(request: Request) -> Response:
    """Items, pieces and value per category."""
    return await _answer(request, "categories", STOCK)
