"""CSV exports over HTTP."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import StreamingResponse

from app import export
from app.core.auth.token import signed_in
from app.db.databases import ReadUnavailable
from app.routes import databases

router = APIRouter(prefix="/api/v1/exports", dependencies=[Depends(signed_in)])


class Name(StrEnum):
    """What can be exported."""

    INVENTORY = "inventory"
    ORDERS = "orders"


@router.get("/{name}.csv")
async def csv(name: Name, request: Request) -> StreamingResponse:
    """A header, the rows, `#rows,<n>`. A database lost on the way breaks the answer off."""
    try:
        ready = await export.start(databases(request), name)
    except ReadUnavailable as error:
        raise HTTPException(503, str(error)) from error
    headers = {
        "X-ERP-Route": ready.route,
        "X-ERP-Node": ready.node,
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return StreamingResponse(ready.chunks, media_type="text/csv", headers=headers)
