"""Puts the ERP together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from app.core.config import Settings
from app.db.databases import Databases
from app.routes import auth, exports, health, inventory, orders
from app.telemetry import Telemetry

log = logging.getLogger("erp")


async def _other_schema(_request: Request, error: Exception) -> JSONResponse:
    """One line, and no traceback each time: it is so until somebody migrates the database."""
    log.error("the database has another schema: %s", str(error).partition("\n")[0])
    return JSONResponse({"detail": "the database has another schema than this application"}, 500)


def create_app(settings: Settings) -> Telemetry:
    """The ASGI application. It serves at once; databases may come later, /health tells."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.databases = Databases(settings)
        async with app.state.databases.running():
            yield

    app = FastAPI(title="ERP", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.add_exception_handler(psycopg.ProgrammingError, _other_schema)
    for routes in (health, auth, inventory, orders, exports):
        app.include_router(routes.router)
    telemetry = Telemetry(app)
    app.state.telemetry = telemetry
    return telemetry
