"""The ERP's HTTP interface, one domain a module."""

from __future__ import annotations

from typing import cast

from fastapi import Request

from app.core.config import Settings
from app.db.databases import Databases


def databases(request: Request) -> Databases:
    """The databases of this process."""
    return cast(Databases, request.app.state.databases)


def settings(request: Request) -> Settings:
    """The configuration this process started with."""
    return cast(Settings, request.app.state.settings)
