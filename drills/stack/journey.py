"""What customers do, how it is asked, and how they get in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from drills.errors import PlanError
from drills.journal.rules import check, filled, matching, misfit, optional, positive, up_to
from drills.journal.sample import Expect, Lane
from drills.stack.content import ID, canonical, dig, fields_of
from drills.stack.system import Endpoint

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
FASTEST = 1000.0  # requests a second that one journey may be asked at most
_SAMPLE = "00000000-0000-4000-8000-000000000000"  # an id, where a body is tried


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a request says besides its path.

    ``headers`` by name; ``body`` as text, or ``form`` as fields that are sent as a form. A body is
    JSON unless a header names its Content-Type. Its texts may hold secrets: no repr shows them.
    Raises ValueError where it cannot be sent.
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check(self, path=filled)
        if self.body and self.form:
            raise ValueError("expected a body or a form, got both")
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


@dataclass(frozen=True, kw_only=True)
class Login(Request):
    """How a customer gets a token: a request that is answered in JSON, ``token`` (dotted) in it.

    ``username`` and ``password`` alone are sent as JSON under these names.
    """

    method: str = "POST"
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = "access_token"

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self, token=filled)
        if self._says_who and (self.body or self.form):
            raise ValueError("expected username and password, or a body, or a form; got several")

    @property
    def _says_who(self) -> bool:
        return bool(self.username or self.password)

    def sent_body(self) -> str:
        """The body as it is sent."""
        if not self._says_who:
            return super().sent_body()
        return json.dumps({"username": self.username, "password": self.password})

    def sent_headers(self) -> dict[str, str]:
        """The headers as they are sent."""
        who = {"Content-Type": JSON} if self._says_who else {}
        return who | super().sent_headers()


@dataclass(frozen=True, kw_only=True)
class Journey(Request):
    """Something customers do, at a rate of requests a second.

    ``always`` journeys are probed from before the fault to the end; the others are the workload,
    started by a step at the rate that it names. ``timeout`` and ``slow`` are seconds.
    ``fail_over_to`` is the route that serves it once it has failed over. ``size`` is the share of
    its smallest answer in steady state that an answer must have at least, 0 for any; None is half,
    of answers that are not tiny. ``service`` is what the journey is a part of, as the incident
    record calls that: ticked there when requests of the journey failed. A ``forbidden`` one is
    what nobody has a right to: it is no customer's, goes without the customers' token, and being
    refused is what it expects. ``at`` is where it is asked, past the entry that the others use.
    """

    method: str = "GET"
    rate: float = 10.0
    always: bool = False
    authenticated: bool = True
    forbidden: bool = False
    timeout: float = 2.0
    slow: float = 1.0
    route: str = ""
    fail_over_to: str = ""
    size: float | None = None
    service: str = ""
    at: Endpoint | None = None
    expect: Expect = field(default_factory=Expect)

    def __post_init__(self) -> None:
        super().__post_init__()
        check(
            self,
            method=matching(r"^[A-Z]+$"),
            rate=up_to(FASTEST),
            timeout=positive,
            slow=positive,
            size=optional(lambda share: up_to(1)(share) if share else ""),
        )
        if self.fail_over_to and not self.route:
            raise ValueError("fail_over_to needs route: the field that says who served an answer")
        if self.method == "HEAD" and self.expect.of_body:
            raise ValueError(f"a HEAD has no body: expected no {', '.join(self.expect.of_body)}")
        if self.forbidden and not all(400 <= status < 500 for status in self.expect.status):
            raise ValueError(
                "what is forbidden expects to be refused: expect.status such as [401, 403], "
                f"got {list(self.expect.status)}"
            )
        if self.forbidden and (self.fail_over_to or self.service):
            raise ValueError(
                "what is forbidden is no customer's: expected no fail_over_to, service"
            )

    @property
    def writes(self) -> bool:
        """Whether each request has an id of its own."""
        return any(
            ID in text
            for text in (self.path, self.body, *self.headers.values(), *self.form.values())
        )

    def fields(self) -> list[str]:
        """The fields that it sends."""
        return sorted(fields_of(self.sent_body()))

    def content(self, names: tuple[str, ...]) -> tuple[str | None, ...]:
        """The canonical forms of what it sends under these (dotted) names, ``{id}`` in them."""
        fields = fields_of(self.sent_body())
        return tuple(canonical(dig(fields, name)) for name in names)

    def lane(
        self,
        name: str,
        address: tuple[str, int],
        token: str,
        rate: float,
        content: tuple[str, ...] = (),
    ) -> Lane:
        """The journey as the prober is told to ask it; ``content`` names what a write says."""
        own = self.forbidden or self.has_header("authorization")
        known = self.authenticated and token and not own
        authorized = {"Authorization": f"Bearer {token}"} if known else {}
        return Lane(
            name=name,
            host=address[0],
            port=address[1],
            path=self.path,
            rate=rate,
            method=self.method,
            headers=authorized | self.sent_headers(),
            body=self.sent_body(),
            expect=self.expect,
            timeout=self.timeout,
            slow=self.slow,
            route=self.route,
            content=self.content(content),
            size=0.0 if self.size is None and self.writes else self.size,
        )


def named(journeys: Mapping[str, Journey], name: str) -> Journey:
    """One of these journeys by its name. Raises PlanError naming those there are."""
    if name not in journeys:
        raise PlanError(f"expected one of the journeys {sorted(journeys)}, got {name!r}")
    return journeys[name]
