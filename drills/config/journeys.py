"""The sections on customers: what they do, what a right answer to it is, and how they get in.

``{env:NAME}`` in what they send stands for a value of the environment, which no report shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from drills.config.section import LEFT_OUT, Name, Seconds, Section, keeps
from drills.config.system import EndpointSection
from drills.config.variables import filled
from drills.errors import PlanError
from drills.journal import rules
from drills.journal.misfits import shown
from drills.journal.sample import Expect
from drills.stack.journey import FASTEST, Journey, Login
from drills.units import parse_ratio


class RequestSection(Section):
    """What journeys and the login have in common, see ``Request``."""

    path: Name
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
        sent = {name: given[name] for name in ("headers", "body", "form") if name in given}
        return given | {name: _filled(written) for name, written in sent.items()}


def _filled(written: Any) -> Any:
    """A text, or each of a mapping. Raises ValueError where the environment lacks a variable."""
    if isinstance(written, dict):
        return {name: _filled(text) for name, text in written.items()}
    try:
        return filled(written)
    except PlanError as error:
        raise ValueError(str(error)) from error


class LoginSection(RequestSection):
    """``[login]``, see ``Login``."""

    makes = Login
    method: Literal["POST", "PUT", "GET"] = LEFT_OUT
    username: str = LEFT_OUT
    password: str = LEFT_OUT
    token: Name = LEFT_OUT

    def texts(self) -> Iterator[str]:
        """Every text in which a variable of the environment may stand."""
        yield from super().texts()
        yield from (self.username or "", self.password or "")

    def given(self) -> dict[str, Any]:
        """The same, with the values of the environment in it."""
        given = super().given()
        who = {name: given[name] for name in ("username", "password") if name in given}
        return given | {name: _filled(written) for name, written in who.items()}


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


class JourneySection(RequestSection):
    """``[journeys.<name>]``, see ``Journey``; a ``size`` of ``"any"`` is 0."""

    makes = Journey
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
