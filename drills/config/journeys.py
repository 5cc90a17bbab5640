"""The sections on customers: what they do, what a right answer to it is, and how they get in.

``{env:NAME}`` in what they send stands for a value of the environment, which no report shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from drills.config.section import LEFT_OUT, Name, Seconds, Section, keeps
from drills.config.system import EndpointSection
from drills.config.variables import filled_at, variables_in
from drills.errors import PlanError
from drills.journal import rules
from drills.journal.misfits import shown
from drills.journal.sample import Expect
from drills.journal.secret_names import names_secret
from drills.stack.journey import FASTEST, Journey
from drills.stack.login import Login
from drills.units import parse_ratio


class RequestSection(Section):
    """What journeys and the login have in common, see ``Request``."""

    filled_in: ClassVar[tuple[str, ...]] = ("headers", "body", "form")
    path: Name = LEFT_OUT
    headers: dict[Name, str] = LEFT_OUT
    body: str = LEFT_OUT
    form: dict[Name, str] = LEFT_OUT

    def texts(self) -> Iterator[str]:
        """Every text in which a variable of the environment may stand."""
        yield from (self.headers or {}).values()
        yield self.body or ""
        yield from (self.form or {}).values()

    def given(self) -> dict[str, Any]:
        """The same, with the values of the environment in it."""
        given = super().given()
        sent = {name: given[name] for name in self.filled_in if name in given}
        return given | filled_at(sent)


class ExpectSection(Section):
    """What a right answer looks like, see ``Expect``."""

    makes = Expect
    status: tuple[int, ...] = LEFT_OUT
    fields: dict[str, str] = LEFT_OUT
    has: tuple[str, ...] = LEFT_OUT
    trailer: str = LEFT_OUT
    contains: str = LEFT_OUT
    pattern: str = LEFT_OUT
    rows: Annotated[int, keeps(rules.at_least(0))] = LEFT_OUT
    rows_of: str = LEFT_OUT


class LoginSection(RequestSection):
    """``[login]``, see ``Login``."""

    makes = Login
    filled_in = (*RequestSection.filled_in, "username", "password")
    method: Literal["POST", "PUT", "GET"] = LEFT_OUT
    username: str = LEFT_OUT
    password: str = LEFT_OUT
    token: Name = LEFT_OUT
    cookie: Name = LEFT_OUT
    basic: bool = LEFT_OUT
    expect: ExpectSection = LEFT_OUT
    drill_only: bool = LEFT_OUT

    def texts(self) -> Iterator[str]:
        """Every text in which a variable of the environment may stand."""
        yield from super().texts()
        yield from (self.username or "", self.password or "")

    def given(self) -> dict[str, Any]:
        """The same, with what stands in the file although it is a secret."""
        return super().given() | {"written": tuple(self._written())}

    def _written(self) -> Iterator[str]:
        """The keys whose values are secrets, and none of the environment's."""
        if self.password and not variables_in(self.password):
            yield "password"
        for section in ("headers", "form"):
            for name, text in (getattr(self, section) or {}).items():
                secret = names_secret(name) or name.lower() in ("authorization", "cookie")
                if secret and text and not variables_in(text):
                    yield f"{section}.{name}"


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


class JourneySection(RequestSection):
    """``[journeys.<name>]``, see ``Journey``; a ``size`` of ``"any"`` is 0."""

    makes = Journey
    filled_in = (*RequestSection.filled_in, "command", "send")
    method: Annotated[str, keeps(rules.matching(r"^[A-Z]+$"))] = LEFT_OUT
    rate: Annotated[float, keeps(rules.up_to(FASTEST))] = LEFT_OUT
    always: bool = LEFT_OUT
    authenticated: bool = LEFT_OUT
    forbidden: bool = LEFT_OUT
    timeout: Seconds = LEFT_OUT
    slow: Seconds = LEFT_OUT
    route: str = LEFT_OUT
    fail_over_to: str = LEFT_OUT
    size: Annotated[float | None, BeforeValidator(_size)] = LEFT_OUT
    service: str = LEFT_OUT
    at: EndpointSection | None = LEFT_OUT
    expect: ExpectSection = LEFT_OUT
    command: Annotated[tuple[str, ...], keeps(rules.some)] = LEFT_OUT
    inside: Name = Field(default=LEFT_OUT, alias="in")
    user: Name = LEFT_OUT
    refuses: tuple[int, ...] = LEFT_OUT
    connect: EndpointSection = LEFT_OUT
    send: Name = LEFT_OUT
    ask: Name = LEFT_OUT
    node: Name = LEFT_OUT

    def texts(self) -> Iterator[str]:
        """Every text in which a variable of the environment may stand."""
        yield from super().texts()
        yield from self.command or ()
        yield self.send or ""
