"""Signing in, and proving that one has."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from app.core.auth import token
from app.core.auth.password import verify_password
from app.routes import databases, settings

router = APIRouter(prefix="/api/v1/auth")

FIND = "SELECT password_hash FROM users WHERE username = %s AND is_active"


class Credentials(BaseModel):
    """What a customer signs in with."""

    username: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)


@router.post("/login")
async def login(credentials: Credentials, request: Request) -> dict[str, Any]:
    """A token; 401 without saying whether the name or the password was wrong."""
    config = settings(request)
    try:
        async with databases(request).primary.session(config.write_timeout) as connection:
            row = await (await connection.execute(FIND, (credentials.username,))).fetchone()
    except psycopg.OperationalError as error:
        raise HTTPException(503, "the database does not answer") from error
    # Hashing takes some 20 ms of processor time: not on the event loop.
    if row is None or not await asyncio.to_thread(verify_password, credentials.password, row[0]):
        raise HTTPException(401, "wrong username or password")
    issued = token.issue(credentials.username, secret=config.jwt_secret, ttl=config.token_ttl)
    return {"access_token": issued, "token_type": "bearer", "expires_in": int(config.token_ttl)}


@router.get("/verify")
async def verify(username: Annotated[str, Depends(token.signed_in)]) -> dict[str, Any]:
    """Whose token this is; 401 for any that is not valid."""
    return {"valid": True, "username": username}
