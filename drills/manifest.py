"""The manifest of a stack: ``drills.toml`` beside its compose file.

It says what the framework cannot know of a system: where customers enter, which journeys they
make, who keeps the data, who raises alarms, and for each incident of the runbook which alerts
announce it and which procedure ends it. Everything is data; nothing in it is run by a shell.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from drills.errors import PlanError
from drills.probe import Expect, Lane
from drills.stop import StopConditions
from drills.units import parse_duration, parse_ratio


def _seconds(value: object) -> object:
    """Seconds of a duration in words; numbers pass. Raises ValueError, as pydantic wants it."""
    try:
        return parse_duration(value) if isinstance(value, str) else value
    except PlanError as error:
        raise ValueError(str(error)) from error


def _ratio(value: object) -> object:
    """0 to 1 of a percentage in words; numbers pass. Raises ValueError, as pydantic wants it."""
    try:
        return parse_ratio(value) if isinstance(value, str) else value
    except PlanError as error:
        raise ValueError(str(error)) from error


Seconds = Annotated[float, BeforeValidator(_seconds), Field(gt=0, allow_inf_nan=False)]
Ratio = Annotated[float, BeforeValidator(_ratio), Field(gt=0, le=1)]
OrOff = BeforeValidator(lambda value: None if value == "off" else value)
Name = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(gt=0, lt=65536)]
NORMAL = StopConditions()


class Section(BaseModel):
    """Base of every section: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Section):
    """A service and the port inside its container."""

    service: Name
    port: Port


class Question(Section):
    """Something a service answers over HTTP; ``contains`` is what a ready one's answer holds."""

    service: Name
    port: Port
    path: Name
    contains: str = ""


class Stop(Section):
    """What ends a drill early, see ``stop.StopConditions``; ``"off"`` leaves a condition out."""

    after: Annotated[Seconds | None, OrOff] = NORMAL.after
    failed_share: Annotated[Ratio | None, OrOff] = NORMAL.failed_share
    over: Seconds = NORMAL.over
    lost_writes: Annotated[NonNegativeInt | None, OrOff] = NORMAL.lost_writes

    def value(self) -> StopConditions:
        """The same as the value that a drill is held to."""
        return StopConditions(self.after, self.failed_share, self.over, self.lost_writes)


class Radius(Section):
    """What drills may touch: these services, and at most so many containers at once."""

    services: Annotated[tuple[Name, ...], Field(min_length=1)]
    containers_at_once: int = Field(default=1, ge=1)


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


class Node(Section):
    """A database that keeps the data: the observer's DSN with ``{host}`` and ``{port}``."""

    service: Name
    port: Port = 5432
    dsn: Name
    role: Literal["primary", "replica"]


class Data(Section):
    """Where acknowledged writes must be found again.

    ``writes`` is the journey that makes them; ``final_read`` selects the id of every write, one
    row each; ``statistics`` are queries whose answers are kept as evidence, by name.
    """

    writes: str
    final_read: str
    max_lag: Seconds = 1.0
    nodes: dict[str, Node]
    statistics: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_primary(self) -> Self:
        primaries = [name for name, node in self.nodes.items() if node.role == "primary"]
        if len(primaries) != 1:
            found = ", ".join(primaries) or "none"
            raise ValueError(f"expected one node with role = 'primary' under nodes, got {found}")
        return self


class Monitoring(Section):
    """Who raises alarms: the pager that Alertmanager notifies.

    ``ready`` are questions that must be answered well before a fault, ``health`` maps health
    endpoints to the dotted field that is watched for changes, ``evidence`` are questions whose
    answers are kept, by name.
    """

    pager: Address
    ready: dict[str, Question] = Field(default_factory=dict)
    health: dict[str, str] = Field(default_factory=dict)
    evidence: dict[str, Question] = Field(default_factory=dict)


NEEDS: Mapping[str, tuple[str, ...]] = {
    "check": ("path", "field"),
    "point": ("key", "at"),
    "restart": ("service", "path", "field"),
    "inspect": ("service",),
    "verify": ("path", "field", "equals", "service"),
}


class Action(Section):
    """One step of a procedure, from a closed list.

    ``check``: ask ``path`` and keep ``field`` (dotted) of the answer. ``point``: in the
    environment file, give ``key`` the value of ``at``. ``restart``: the service's instances, one
    after the other: the next one when the one before answers ``path`` with its id in ``field``, and
    customers were answered for ``hold`` since, so that what was under way has come to its end.
    ``inspect``: the processes of the service's instances by memory, twice.
    ``verify``: ask ``path`` until ``field`` equals ``equals`` on every instance of ``service``.
    """

    action: Literal["check", "point", "restart", "inspect", "verify"]
    says: str
    path: str = ""
    field: str = ""
    equals: str = ""
    key: str = ""
    at: str = ""
    service: str = ""
    hold: Seconds = 1.0

    @model_validator(mode="after")
    def _has_its_fields(self) -> Self:
        missing = [name for name in NEEDS[self.action] if not getattr(self, name)]
        if missing:
            raise ValueError(f"action {self.action!r} needs {', '.join(missing)}")
        return self

    @property
    def acts(self) -> bool:
        """Whether it changes the system (the others only look)."""
        return self.action in ("point", "restart")


class Incident(Section):
    """One incident of the runbook: how it shows, whom it hurts, what to do."""

    title: Name
    alerts: Annotated[tuple[Name, ...], Field(min_length=1)]
    impact: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    workaround: str = ""
    prevention: tuple[str, ...] = ()
    procedure: tuple[Action, ...] = ()


class StackSection(Section):
    """The compose file, the entry that customers use, and who must answer what to be ready.

    ``configuration`` is the folder, beside the compose file, with the applications' environment
    file; a drill works on a copy of it. ``services`` says how many instances of each service the
    compose file has: what a dry run, which asks no engine, checks targets against.
    """

    name: str
    compose_file: str = "compose.yaml"
    entry: Address
    configuration: str = "config"
    ready: dict[str, Question] = Field(default_factory=dict)
    services: dict[Name, PositiveInt] = Field(default_factory=dict)


class Manifest(Section):
    """The whole of ``drills.toml``."""

    stack: StackSection
    blast_radius: Radius
    stop: Stop = Stop()
    login: Login
    journeys: dict[str, Journey]
    data: Data
    monitoring: Monitoring
    incidents: dict[str, Incident] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _writes_are_a_journey(self) -> Self:
        if self.data.writes not in self.journeys:
            known = ", ".join(sorted(self.journeys)) or "none"
            raise ValueError(
                f"data.writes: expected one of the journeys ({known}), got {self.data.writes!r}"
            )
        return self

    @model_validator(mode="after")
    def _services_are_there(self) -> Self:
        known = self.stack.services
        for where, service in self._services():
            if known and service and service not in known:
                raise ValueError(
                    f"{where}: expected one of stack.services ({', '.join(known)}), got {service!r}"
                )
        return self

    def _services(self) -> Iterator[tuple[str, str]]:
        """Every service that is named somewhere, with where that is."""
        yield "stack.entry", self.stack.entry.service
        yield "monitoring.pager", self.monitoring.pager.service
        yield from (("blast_radius", service) for service in self.blast_radius.services)
        yield from ((f"stack.ready.{k}", q.service) for k, q in self.stack.ready.items())
        yield from ((f"monitoring.ready.{k}", q.service) for k, q in self.monitoring.ready.items())
        yield from ((f"data.nodes.{k}", node.service) for k, node in self.data.nodes.items())
        for name, question in self.monitoring.evidence.items():
            yield f"monitoring.evidence.{name}", question.service
        for name, incident in self.incidents.items():
            yield from ((f"incidents.{name}.procedure", a.service) for a in incident.procedure)

    def node(self, role: str) -> tuple[str, Node]:
        """Name and node of a role. Raises PlanError where the manifest has none."""
        for name, node in self.data.nodes.items():
            if node.role == role:
                return name, node
        raise PlanError(f"expected a node with role = {role!r} under [data.nodes], found none")

    def incident(self, tags: frozenset[str]) -> tuple[str, Incident | None]:
        """The incident that one of these tags names, or ("", None)."""
        named = sorted(tags & self.incidents.keys())
        if len(named) > 1:
            raise PlanError(f"expected one incident tag, got {', '.join(named)}")
        return (named[0], self.incidents[named[0]]) if named else ("", None)

    def journey(self, name: str) -> Journey:
        """A journey by name. Raises PlanError naming those there are."""
        if name not in self.journeys:
            raise PlanError(f"expected one of the journeys {sorted(self.journeys)}, got {name!r}")
        return self.journeys[name]

    def secrets(self) -> list[str]:
        """Every password that the manifest holds, for the redactor."""
        passwords = [password_of(node.dsn) for node in self.data.nodes.values()]
        return [secret for secret in (self.login.password, *passwords) if secret]


def password_of(dsn: str) -> str:
    """The password that a DSN holds, as a URL or as ``key=value`` words; "" for none."""
    if "://" in dsn:
        _, _, password = dsn.split("://", 1)[1].rpartition("@")[0].partition(":")
        return password
    match = re.search(r"\bpassword\s*=\s*(?:'((?:\\.|[^'\\])*)'|(\S+))", dsn)
    return (match[1] or match[2] or "") if match else ""


def load(path: Path) -> Manifest:
    """Read and check a manifest. Raises PlanError with file, key, and what was expected."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PlanError(f"{path}: expected a stack manifest (TOML): {error}") from error
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        where = f"{path}: {key}" if key else str(path)
        said = first["msg"].removeprefix("Value error, ")
        raise PlanError(f"{where}: {said}{more}") from error


def find(root: Path) -> Path:
    """The manifest of a project: $DRILLS_MANIFEST, else ``compose/drills.toml`` below ``root``."""
    return Path(os.environ.get("DRILLS_MANIFEST") or root / "compose" / "drills.toml")
