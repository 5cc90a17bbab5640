"""Orders. Every failure says whether the order was certainly not stored."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import psycopg
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.core.auth.token import signed_in
from app.db import orders
from app.db.commit import NotCommitted, OutcomeUnknown
from app.routes import databases, settings
from order_limits import MOST_PIECES

router = APIRouter(prefix="/api/v1/orders")


class NewOrder(BaseModel):
    """An order under an id that the caller chose; sending it twice stores it once."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    item_id: int = Field(ge=1, le=2**31 - 1)
    quantity: int = Field(ge=1, le=MOST_PIECES)


def _failed(status: int, detail: str, committed: bool | None) -> JSONResponse:
    header = {None: "unknown", False: "false"}[committed]
    return JSONResponse(
        {"detail": detail, "committed": committed}, status, {"X-Order-Committed": header}
    )


@router.post("")
async def place(
    order: NewOrder, request: Request, username: Annotated[str, Depends(signed_in)]
) -> JSONResponse:
    """Answers only when the outcome is known, or is known to be unknowable.

    201 stored now, 200 was stored already, 409 other content, 422 no such item, 503 certainly not
    stored, 500 nobody can say.
    """
    try:
        created = await orders.place(
            databases(request).primary,
            order.id,
            order.item_id,
            order.quantity,
            by=username,
            seconds=settings(request).write_timeout,
        )
    except orders.UnknownItem:
        return _failed(422, "there is no such item", False)
    except orders.OtherContent:
        return _failed(409, "another order has this id", False)
    except NotCommitted as error:
        return _failed(503, f"the order was not stored: {error}", False)
    except OutcomeUnknown as error:
        return _failed(500, f"the order may or may not be stored: {error}", None)
    return JSONResponse({"id": str(order.id), "committed": True}, 201 if created else 200)


@router.get("/{order_id}", dependencies=[Depends(signed_in)])
async def read(order_id: UUID, request: Request) -> dict[str, Any]:
    """The order as the primary has it: a customer must see what was just acknowledged."""
    node, seconds = databases(request).primary, settings(request).read_timeout
    try:
        async with node.session(seconds) as connection:
            stored = await orders.find(connection, order_id)
    except psycopg.OperationalError as error:
        raise HTTPException(503, "the database does not answer") from error
    if stored is None:
        raise HTTPException(404, "there is no such order")
    return vars(stored)
