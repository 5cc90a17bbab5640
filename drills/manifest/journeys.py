"""What customers do, and what a right answer to it is."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from drills.manifest.section import Name, Seconds, Section
from drills.probe import Expect, Lane


class Login(Section):
    """How a customer gets a token: a POST of JSON that answers with ``token`` in a field."""

    path: str
    username: str
    password: str
    token: str = "access_token"


class Expectation(Section):
    """What a right answer looks like; see ``probe.Expect``."""

    status: tuple[int, ...] = (200,)
    fields: dict[str, str] = Field(default_factory=dict)
    has: tuple[str, ...] = ()
    trailer: str = ""

    def value(self) -> Expect:
        """The same as the prober's value."""
        return Expect(self.status, self.fields, self.has, self.trailer)


class Journey(Section):
    """Something customers do, at a rate of requests a second.

    ``always`` journeys are probed from before the fault to the end; the others are the workload,
    started by a step at the rate that it names. ``fail_over_to`` is the route that serves it once
    it has failed over.
    """

    path: Name
    method: Literal["GET", "POST"] = "GET"
    body: str = ""
    rate: float = Field(default=10, gt=0, le=1000)
    always: bool = False
    authenticated: bool = True
    timeout: Seconds = 2.0
    slow: Seconds = 1.0
    route: str = ""
    fail_over_to: str = ""
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _route_is_known(self) -> Self:
        if self.fail_over_to and not self.route:
            raise ValueError("fail_over_to needs route: the field that says who served an answer")
        return self

    def lane(self, name: str, address: tuple[str, int], token: str, rate: float) -> Lane:
        """The journey as the prober is told to ask it."""
        headers = {"Authorization": f"Bearer {token}"} if self.authenticated else {}
        if self.body:
            headers["Content-Type"] = "application/json"
        return Lane(
            name=name,
            host=address[0],
            port=address[1],
            path=self.path,
            rate=rate,
            method=self.method,
            headers=headers,
            body=self.body,
            expect=self.expect.value(),
            timeout=self.timeout,
            slow=self.slow,
            route=self.route,
        )
