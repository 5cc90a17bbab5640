"""How customers get in: what they show with each request, or what they are given for it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from drills.journal.rules import check, filled, misfit
from drills.journal.sample import Expect
from drills.journal.secret_names import names_secret
from drills.stack.request import JSON, Request

TOKEN = "access_token"  # where a token stands in an answer, unless a log-in says so


@dataclass(frozen=True, kw_only=True)
class Login(Request):
    """How a customer gets in.

    With a ``path`` that is a request. It is answered in JSON with ``token`` (dotted) in it, which
    is then sent as a bearer's; or it gives the ``cookie`` of that name, and then all that it gives
    are sent. ``username`` and ``password`` alone are sent as JSON under these names. Without
    ``expect`` any status below 400 will do.

    Without a path nothing is asked: ``basic`` sends username and password with each request, and
    ``headers`` are sent with each as they are. ``written`` names what stands in the file itself
    although it is a secret; ``drill_only`` says that the password is made for drills alone.
    """

    method: str = "POST"
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = ""
    cookie: str = ""
    basic: bool = False
    expect: Expect | None = None
    drill_only: bool = False
    written: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self._says_who and (self.body or self.form):
            text = "expected username and password, or a body, or a form; got several"
            raise misfit("body" if self.body else "form", text=text)
        if self.token and self.cookie:
            text = "expected token or cookie: what the answer gives; got both"
            raise misfit("cookie", text=text)
        if self.expect and (foreign := [n for n in self.expect.of_body if n != "contains"]):
            listed = ", ".join(foreign)
            text = f"expected status, contains of a log-in's answer, and no {listed}"
            raise misfit("expect", foreign[0], text=text)
        if self.basic:
            check(self, username=filled)
        if not self.path:
            self._check_shown()
        elif self.basic:
            text = "basic is shown with each request: expected no path, which asks first"
            raise misfit("basic", text=text)

    def _check_shown(self) -> None:
        names = ("body", "form", "token", "cookie", "expect")
        if asking := [name for name in names if getattr(self, name)]:
            text = f"{', '.join(asking)}: expected path, where a customer logs in"
            raise misfit(asking[0], text=text)
        if self._says_who and not self.basic:
            raise misfit(
                "username" if self.username else "password",
                text="username and password: expected path, where a customer logs in, or basic = "
                "true",
            )
        if not (self.basic or self.headers):
            raise ValueError("expected path, or basic = true, or headers that say who comes")

    @property
    def _says_who(self) -> bool:
        return bool(self.username or self.password)

    @property
    def asks(self) -> bool:
        """Whether a request has to be made first."""
        return bool(self.path)

    @property
    def shown(self) -> Mapping[str, str]:
        """The headers by which a customer who need not ask is known."""
        if not self.basic:
            return self.headers
        who = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {who}", **self.headers}

    def secrets(self) -> Iterator[str]:
        """Everything by which somebody else could get in."""
        yield self.password
        if not self.asks:
            for value in self.shown.values():
                yield value
                yield value.rpartition(" ")[2]
        for name, value in (*self.headers.items(), *self.form.items()):
            if names_secret(name):
                yield value

    def sent_body(self) -> str:
        """The body as it is sent."""
        if not self._says_who:
            return super().sent_body()
        return json.dumps({"username": self.username, "password": self.password})

    def sent_headers(self) -> dict[str, str]:
        """The headers as they are sent."""
        who = {"Content-Type": JSON} if self._says_who else {}
        return who | super().sent_headers()
