"""The server that a team keeps the history of its drills on."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator

from drills.config.section import Name
from drills.config.variables import filled_with
from drills.stack.dsn import password_of

_FORM = "postgresql://user:{env:NAME}@host:5432/database"


def _server(text: str) -> str:
    """Raises ValueError, which shows nothing of a password."""
    plain = filled_with(text, "x")
    try:
        url = urlsplit(plain)
        fits = url.scheme in ("postgresql", "postgres") and url.hostname and url.port != 0
    except ValueError:
        fits = False
    else:
        fits = bool(fits and url.path.strip("/"))
    if not fits:
        raise ValueError(f"expected {_FORM}")
    asked = dict(parse_qsl(urlsplit(text).query, keep_blank_values=True))
    if any(filled_with(each, "") for each in (password_of(text), asked.get("password", ""))):
        raise ValueError(
            f"expected the password in a variable of the environment, as in {_FORM}, found it here"
        )
    return text


Server = Annotated[Name, AfterValidator(_server)]
