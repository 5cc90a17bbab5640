"""What customers do, and what a right answer to it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self
from urllib.parse import quote_plus

from pydantic import BeforeValidator, Field, model_validator

from drills.config.section import Name, Seconds, Section, misfit
from drills.config.variables import filled
from drills.errors import PlanError
from drills.journal.misfits import shown
from drills.journal.sample import Expect, Lane
from drills.stack.content import ID, canonical, dig, fields_of
from drills.units import parse_ratio

JSON = "application/json"
FASTEST = 1000.0  # requests a second that one journey may be asked at most
FORM = "application/x-www-form-urlencoded"
SAMPLE = "00000000-0000-4000-8000-000000000000"  # an id, where a body is tried


class Request(Section):
    """What a request says besides its path.

    ``headers`` by name; ``body`` as text, or ``form`` as fields that are sent as a form. A body is
    JSON unless a header names its Content-Type. ``{env:NAME}`` stands for a value of the
    environment, which no report shows.
    """

    path: Name
    headers: dict[Name, str] = Field(default_factory=dict)
    body: str = ""
    form: dict[Name, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if self.body and self.form:
            raise ValueError("expected a body or a form, got both")
        for text in self.texts():
            _known(text)
        if self.body and not self._names("content-type"):
            _checked_json(self.body)
        return self

    def texts(self) -> Iterator[str]:
        """Every text in which a variable of the environment may stand."""
        yield from self.headers.values()
        yield self.body
        yield from self.form.values()

    def sent_body(self) -> str:
        """The body as it is sent, ``{id}`` still in it."""
        if not self.form:
            return filled(self.body)
        return "&".join(f"{_quoted(key)}={_quoted(filled(v))}" for key, v in self.form.items())

    def sent_headers(self) -> dict[str, str]:
        """The headers as they are sent."""
        kind = FORM if self.form else JSON if self.body else ""
        typed = {"Content-Type": kind} if kind and not self._names("content-type") else {}
        return typed | {name: filled(value) for name, value in self.headers.items()}

    def _names(self, header: str) -> bool:
        return header in {name.lower() for name in self.headers}


def _known(text: str) -> None:
    try:
        filled(text)
    except PlanError as error:
        raise ValueError(str(error)) from error


def _checked_json(body: str) -> None:
    try:
        json.loads(filled(body).replace(ID, SAMPLE))
    except (ValueError, RecursionError) as error:
        raise misfit(
            "body",
            text=f"expected JSON ({error}). Hint: what is no JSON says so with "
            'headers = { "Content-Type" = "..." }',
        ) from error


def _quoted(text: str) -> str:
    """A key or value of a form; the id's place stays one."""
    return ID.join(quote_plus(part) for part in text.split(ID))


class Login(Request):
    """How a customer gets a token: a request that is answered in JSON, ``token`` (dotted) in it.

    ``username`` and ``password`` alone are sent as JSON under these names.
    """

    method: Literal["POST", "PUT", "GET"] = "POST"
    username: str = ""
    password: str = ""
    token: Name = "access_token"

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        for text in (self.username, self.password):
            _known(text)
        if (self.username or self.password) and (self.body or self.form):
            raise ValueError("expected username and password, or a body, or a form; got several")
        return self

    def texts(self) -> Iterator[str]:
        """Every text in which a variable of the environment may stand."""
        yield from super().texts()
        yield from (self.username, self.password)

    def sent_body(self) -> str:
        """The body as it is sent."""
        if not self.username and not self.password:
            return super().sent_body()
        who = {"username": filled(self.username), "password": filled(self.password)}
        return json.dumps(who)

    def sent_headers(self) -> dict[str, str]:
        """The headers as they are sent."""
        who = {"Content-Type": JSON} if self.username or self.password else {}
        return who | super().sent_headers()


def _size(value: object) -> object:
    """A share, or 0 for ``any``: no answer is too small. Raises ValueError for anything else."""
    if value is None or value == "any":
        return value and 0.0
    try:
        share = parse_ratio(value) if isinstance(value, str) else value
        if isinstance(share, int | float) and not isinstance(share, bool) and 0 < share <= 1:
            return share
    except PlanError:
        pass
    raise ValueError(f"expected a share such as '50 %', or 'any', found {shown(value)}")


class Expectation(Section):
    """What a right answer looks like; see ``probe.Expect``."""

    status: tuple[int, ...] = (200,)
    fields: dict[str, str] = Field(default_factory=dict)
    has: tuple[str, ...] = ()
    trailer: str = ""
    contains: str = ""
    pattern: str = ""
    rows: int = Field(default=0, ge=0)
    rows_of: str = ""

    @model_validator(mode="after")
    def _can_be_held_against_an_answer(self) -> Self:
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise misfit("pattern", text=f"expected a regular expression: {error}") from error
        if self.rows_of and not self.rows:
            raise ValueError("rows_of needs rows: how many there must be at least")
        return self

    def value(self) -> Expect:
        """The same as the prober's value."""
        return Expect(**{name: getattr(self, name) for name in Expect.__slots__})

    @property
    def enough(self) -> bool:
        """Whether it says how much an answer must hold."""
        return bool(self.rows or self.contains or self.pattern)

    @property
    def of_body(self) -> list[str]:
        """What is expected of the body."""
        names = ("fields", "has", "trailer", "contains", "pattern", "rows")
        return [name for name in names if getattr(self, name)]


class Journey(Request):
    """Something customers do, at a rate of requests a second.

    ``always`` journeys are probed from before the fault to the end; the others are the workload,
    started by a step at the rate that it names. ``fail_over_to`` is the route that serves it once
    it has failed over. ``size`` is the share of its smallest answer in steady state that an answer
    must have at least, or ``"any"``; left out, it is half, of answers that are not tiny.
    ``service`` is what the journey is a part of, as the incident record calls that: ticked there
    when requests of the journey failed.
    """

    method: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "GET"
    rate: float = Field(default=10, gt=0, le=FASTEST)
    always: bool = False
    authenticated: bool = True
    timeout: Seconds = 2.0
    slow: Seconds = 1.0
    route: str = ""
    fail_over_to: str = ""
    size: Annotated[float | None, BeforeValidator(_size)] = None
    service: str = ""
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _route_is_known(self) -> Self:
        if self.fail_over_to and not self.route:
            raise ValueError("fail_over_to needs route: the field that says who served an answer")
        return self

    @model_validator(mode="after")
    def _has_a_body_to_expect_things_of(self) -> Self:
        if self.method == "HEAD" and self.expect.of_body:
            raise ValueError(f"a HEAD has no body: expected no {', '.join(self.expect.of_body)}")
        return self

    @property
    def writes(self) -> bool:
        """Whether each request has an id of its own."""
        return any(ID in text for text in (self.path, *self.texts()))

    def names(self) -> list[str]:
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
        known = self.authenticated and token and not self._names("authorization")
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
            expect=self.expect.value(),
            timeout=self.timeout,
            slow=self.slow,
            route=self.route,
            content=self.content(content),
            size=0.0 if self.size is None and self.writes else self.size,
        )
