"""The whole of ``drills.toml``, read and checked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, ValidationError, model_validator

from drills.config.coherence import misfits_of
from drills.config.data import NO_DATA, Data, Node, password_of
from drills.config.incidents import Incident, Record
from drills.config.journeys import Journey, Login
from drills.config.section import Address, Name, OrOff, Question, Ratio, Seconds, Section
from drills.config.variables import secrets_in
from drills.errors import PlanError
from drills.journal.keylines import KeyPath, toml_lines
from drills.journal.misfits import Misfits
from drills.judgement.stop import StopConditions

NORMAL = StopConditions()
FOLDER, NAME = "compose", "drills.toml"  # where a manifest lies, below a project's root
_HINT = (
    "Hint: --drill-manifest FILE, or else $DRILLS_MANIFEST, says where it is; without them it is "
    f"{FOLDER}/{NAME} below pytest's root"
)


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
    def _fits_together(self) -> Self:
        if found := list(misfits_of(self)):
            raise Misfits(found)
        return self

    def services(self) -> Iterator[tuple[KeyPath, str]]:
        """Every service that is named somewhere, with the key under which that is."""
        for number, service in enumerate(self.blast_radius.services):
            yield ("blast_radius", "services", number), service
        yield from ((path, service) for path, service, _ in self.addresses())
        for name, incident in self.incidents.items():
            path = ("incidents", name)
            for number, service in enumerate(incident.unhealthy):
                yield (*path, "unhealthy", number), service
            for number, action in enumerate(incident.procedure):
                if action.service:
                    yield (*path, "procedure", number, "service"), action.service

    def addresses(self) -> Iterator[tuple[KeyPath, str, int]]:
        """Every service and port that a drill talks to, with the key under which that is named."""
        yield ("stack", "entry"), self.stack.entry.service, self.stack.entry.port
        if (pager := self.monitoring.pager) is not None:
            yield ("monitoring", "pager"), pager.service, pager.port
        for path, questions in (
            (("stack", "ready"), self.stack.ready),
            (("monitoring", "ready"), self.monitoring.ready),
            (("monitoring", "evidence"), self.monitoring.evidence),
        ):
            yield from (((*path, k), each.service, each.port) for k, each in questions.items())
        for name, node in self.data.nodes.items():
            yield ("data", "nodes", name), node.service, node.port

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
    """Read and check a manifest.

    Raises PlanError with a line for everything that is wrong: its place in the file, its key, what
    was expected, what was found.
    """
    text = _text(path)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"{path}:{_no_toml(str(error), text)}") from error
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        misfits = Misfits.of(error, document, Manifest)
        raise PlanError(misfits.told(path, toml_lines(text))) from error


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise PlanError(
            f"{path}: expected a stack manifest there, found nothing{_elsewhere(path)}. {_HINT}"
        ) from error
    except OSError as error:
        why = error.strerror or error
        raise PlanError(f"{path}: expected a stack manifest: {why}. {_HINT}") from error
    try:
        return data.decode("utf-8-sig")  # some editors write a mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PlanError(f"{path}:{line}: expected UTF-8, found bytes that are none") from error


def _no_toml(said: str, text: str) -> str:
    """What the parser says of a text that it cannot read, its line first."""
    place = re.search(r" \(at (?:line (\d+), (column \d+)|end of document)\)", said)
    line = place[1] if place and place[1] else text.rstrip("\n").count("\n") + 1
    column = f" ({place[2]})" if place and place[2] else ""
    return f"{line}: expected TOML{column}: {said.replace(place[0] if place else '', '')}"


def _elsewhere(path: Path) -> str:
    """A manifest that lies nearby, where there is one."""
    places = (path.parent / NAME, path.parent / FOLDER / NAME, path.parent.parent / NAME)
    found = next((place for place in places if place.is_file()), None)
    return f"; did you mean {found}?" if found else ""


def find(root: Path) -> Path:
    """The manifest of a project: $DRILLS_MANIFEST, else ``compose/drills.toml`` below ``root``."""
    return Path(os.environ.get("DRILLS_MANIFEST") or root / FOLDER / NAME)
