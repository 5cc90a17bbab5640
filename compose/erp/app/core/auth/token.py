"""Access tokens: JSON Web Tokens signed with HS256."""

from __future__ import annotations

import time
from typing import Annotated

import jwt
from fastapi import Header, HTTPException, Request

ALGORITHM = "HS256"


def issue(username: str, *, secret: str, ttl: float, now: float | None = None) -> str:
    """A token for `username`, valid for `ttl` seconds from `now` (seconds since the epoch)."""
    issued = time.time() if now is None else now
    claims = {"sub": username, "iat": int(issued), "exp": int(issued + ttl)}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def username_of(token: str, *, secret: str) -> str | None:
    """The name in a valid token; None for any other."""
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], options={"require": ["sub", "exp"]}
        )
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])


async def signed_in(request: Request, authorization: Annotated[str, Header()] = "") -> str:
    """The caller's username, or 401."""
    scheme, _, token = authorization.partition(" ")
    name = None
    if scheme.lower() == "bearer":
        name = username_of(token.strip(), secret=request.app.state.settings.jwt_secret)
    if name is None:
        raise HTTPException(401, "a valid bearer token is needed", {"WWW-Authenticate": "Bearer"})
    return name
