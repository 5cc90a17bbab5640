"""What an HTTP request says, of a customer or of who logs in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from drills.journal.rules import misfit
from drills.stack.content import ID

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_SAMPLE = "00000000-0000-4000-8000-000000000000"  # an id, where a body is tried


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a request says besides its path.

    ``headers`` by name; ``body`` as text, or ``form`` as fields that are sent as a form. A body is
    JSON unless a header names its Content-Type. Its texts may hold secrets: no repr shows them.
    Raises ValueError where it cannot be sent.
    """

    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.body and self.form:
            raise misfit("form", text="expected a body or a form, got both")
        if self.body and not self.has_header("content-type"):
            _check_json(self.body)

    def sent_body(self) -> str:
        """The body as it is sent, ``{id}`` still in it."""
        if not self.form:
            return self.body
        return "&".join(f"{_quoted(key)}={_quoted(value)}" for key, value in self.form.items())

    def sent_headers(self) -> dict[str, str]:
        """The headers as they are sent."""
        kind = FORM if self.form else JSON if self.body else ""
        typed = {"Content-Type": kind} if kind and not self.has_header("content-type") else {}
        return typed | dict(self.headers)

    def has_header(self, header: str) -> bool:
        """Whether it says this header (in small letters) itself."""
        return header in {name.lower() for name in self.headers}


def _check_json(body: str) -> None:
    try:
        json.loads(body.replace(ID, _SAMPLE))
    except (ValueError, RecursionError) as error:
        raise misfit(
            "body",
            text=f"expected JSON ({error}). Hint: what is no JSON says so with "
            'headers = { "Content-Type" = "..." }',
        ) from error


def _quoted(text: str) -> str:
    """A key or value of a form; the id's place stays one."""
    return ID.join(quote_plus(part) for part in text.split(ID))
