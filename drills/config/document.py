"""The whole of ``drills.toml``, read and checked."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, ValidationError, model_validator

from drills.config.data import NO_DATA, Data, Node, password_of
from drills.config.incidents import Incident, Record
from drills.config.journeys import Journey, Login
from drills.config.section import Address, Name, OrOff, Question, Ratio, Seconds, Section
from drills.config.variables import secrets_in
from drills.errors import PlanError
from drills.judgement.stop import StopConditions

NORMAL = StopConditions()


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


class Monitoring(Section):
    """Who raises alarms: the pager that Alertmanager notifies, if there is one.

    ``ready`` are questions that must be answered well before a fault, ``health`` maps health
    endpoints to the dotted field that is watched for changes, ``evidence`` are questions whose
    answers are kept, by name. ``alerts`` are those that criteria may name besides the incidents'.
    """

    pager: Address | None = None
    alerts: tuple[Name, ...] = ()
    ready: dict[str, Question] = Field(default_factory=dict)
    health: dict[str, str] = Field(default_factory=dict)
    evidence: dict[str, Question] = Field(default_factory=dict)


class StackSection(Section):
    """The compose file, the entry that customers use, and who must answer what to be ready.

    ``configuration`` is the folder, beside the compose file, with the applications' environment
    file; a drill works on a copy of it. ``services`` says how many instances of each service the
    compose file has: what a dry run checks targets against where compose is not installed.

    ``profiles`` are those of the compose file that are active. ``writes_to`` are the team's own
    folders (from the compose file's) and external volumes that a drill's services may write into.
    With ``own_names`` a drill does not use the fixed names of volumes, networks and containers.
    """

    name: str
    compose_file: str = "compose.yaml"
    entry: Address
    configuration: str = "config"
    ready: dict[str, Question] = Field(default_factory=dict)
    services: dict[Name, PositiveInt] = Field(default_factory=dict)
    profiles: tuple[Name, ...] = ()
    writes_to: tuple[Name, ...] = ()
    own_names: bool = False


class Manifest(Section):
    """The whole of ``drills.toml``. What it does not name is neither waited for nor asked."""

    stack: StackSection
    blast_radius: Radius
    stop: Stop = Stop()
    login: Login | None = None
    journeys: dict[str, Journey]
    data: Data = NO_DATA
    monitoring: Monitoring = Monitoring()
    incidents: dict[str, Incident] = Field(default_factory=dict)
    record: Record = Record()

    @model_validator(mode="after")
    def _writes_are_a_journey(self) -> Self:
        if not self.data.nodes:
            return self
        if self.data.writes not in self.journeys:
            known = ", ".join(sorted(self.journeys)) or "none"
            raise ValueError(
                f"data.writes: expected one of the journeys ({known}), got {self.data.writes!r}"
            )
        written = self.journeys[self.data.writes]
        for name, form in zip(self.data.content, written.content(self.data.content), strict=True):
            if form is None:
                sent = ", ".join(written.names()) or "no field"
                raise ValueError(
                    f"data.content: expected fields that {self.data.writes} sends ({sent}), "
                    f"got {name!r}"
                )
        return self

    @model_validator(mode="after")
    def _services_are_there(self) -> Self:
        known = self.stack.services
        for where, service in self.services():
            if known and service not in known:
                raise ValueError(
                    f"{where}: expected one of stack.services ({', '.join(known)}), got {service!r}"
                )
        return self

    def services(self) -> Iterator[tuple[str, str]]:
        """Every service that is named somewhere, with where that is."""
        yield from (("blast_radius", service) for service in self.blast_radius.services)
        yield from ((where, service) for where, service, _ in self.addresses())
        for name, incident in self.incidents.items():
            named = (action.service for action in incident.procedure if action.service)
            yield from ((f"incidents.{name}.procedure", service) for service in named)

    def addresses(self) -> Iterator[tuple[str, str, int]]:
        """Every service and port that a drill talks to, with where that is named."""
        yield "stack.entry", self.stack.entry.service, self.stack.entry.port
        if (pager := self.monitoring.pager) is not None:
            yield "monitoring.pager", pager.service, pager.port
        for where, questions in (
            ("stack.ready", self.stack.ready),
            ("monitoring.ready", self.monitoring.ready),
            ("monitoring.evidence", self.monitoring.evidence),
        ):
            yield from ((f"{where}.{k}", each.service, each.port) for k, each in questions.items())
        for name, node in self.data.nodes.items():
            yield f"data.nodes.{name}", node.service, node.port

    def boxes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the record has boxes for: kinds of impact, and services."""
        named = [incident.affected for incident in self.incidents.values()]
        services = self.record.services or dict.fromkeys(box for boxes in named for box in boxes)
        return self.record.impacts, tuple(services)

    def with_services(self, instances: Mapping[str, int]) -> Self:
        """The same for a stack that runs so many instances of each service."""
        stack = self.stack.model_copy(update={"services": dict(instances)})
        return self.model_copy(update={"stack": stack})

    def node(self, role: str) -> tuple[str, Node]:
        """Name and node of a role. Raises PlanError where the manifest has none."""
        for name, node in self.data.nodes.items():
            if node.role == role:
                return name, node
        raise PlanError(f"expected a node with role = {role!r} under [data.nodes], found none")

    def primary(self) -> str:
        """The name of the node that must hold every acknowledged write; "" where there is none."""
        return next((name for name, node in self.data.nodes.items() if node.role == "primary"), "")

    def replicas(self) -> list[str]:
        """The names of the nodes that follow the primary."""
        return [name for name, node in self.data.nodes.items() if node.role == "replica"]

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
        """Every password that the manifest holds or leaves to the environment, for the redactor."""
        requests = [*self.journeys.values(), *filter(None, [self.login])]
        passwords = [password_of(node.dsn) for node in self.data.nodes.values()]
        own = self.login.password if self.login else ""
        texts = (text for request in requests for text in request.texts())
        return [secret for secret in (own, *passwords, *secrets_in(texts)) if secret]


def load(path: Path) -> Manifest:
    """Read and check a manifest. Raises PlanError with file, key, and what was expected."""
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))  # some editors write a mark
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
