"""Puts the ERP together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.core.config import Settings
from app.db.databases import Databases
from app.routes import auth, exports, health, inventory, orders
from app.telemetry import Telemetry


def create_app(settings: Settings) -> Telemetry:
    """The ASGI application. It serves at once; databases may come later, /health tells."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.databases = Databases(settings)
        async with app.state.databases.running():
            yield

    app = FastAPI(title="ERP", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    for routes in (health, auth, inventory, orders, exports):
        app.include_router(routes.router)
    telemetry = Telemetry(app)
    app.state.telemetry = telemetry
    return telemetry
