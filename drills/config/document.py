"""The whole of ``drills.toml``, read and checked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import ValidationError

from drills.config.coherence import misfits_of
from drills.config.data import DataSection
from drills.config.incidents import IncidentSection, RecordSection
from drills.config.journeys import JourneySection, LoginSection
from drills.config.section import LEFT_OUT, OrOff, Ratio, Seconds, Section, keeps
from drills.config.system import MonitoringSection, RadiusSection, SystemSection
from drills.config.variables import secrets_in
from drills.errors import PlanError
from drills.faults.target import BlastRadius
from drills.journal import rules
from drills.journal.keylines import KeyPath, Lines, line_of, toml_lines
from drills.journal.misfits import Misfits, dotted
from drills.judgement.stop import StopConditions
from drills.observers.monitoring import Monitoring
from drills.runbook.incident import Incident, Record
from drills.stack.data import Data, password_of
from drills.stack.journey import Journey, Login
from drills.stack.system import System

FOLDER, NAME = "compose", "drills.toml"  # where a manifest lies, below a project's root
_HINT = (
    "Hint: --drill-manifest FILE, or else $DRILLS_MANIFEST, says where it is; without them it is "
    f"{FOLDER}/{NAME} below pytest's root"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The whole of ``drills.toml``. What it does not name is neither waited for nor asked.

    ``environment`` are the values that it leaves to the environment; no repr shows them.
    ``source`` is the file that it was read from, with the line of each key. Raises ValueError with
    everything that is named in one section and is not what another has.
    """

    stack: System
    blast_radius: BlastRadius
    journeys: Mapping[str, Journey]
    stop: StopConditions = field(default_factory=StopConditions)
    login: Login | None = None
    data: Data = field(default_factory=Data)
    monitoring: Monitoring = field(default_factory=Monitoring)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    environment: tuple[str, ...] = field(default=(), repr=False)
    source: tuple[Path, Lines] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if found := list(misfits_of(self)):
            raise Misfits(found)

    @classmethod
    def of(cls, document: Mapping[str, object]) -> Manifest:
        """The manifest of what ``drills.toml`` would hold, for a team that has it from elsewhere.

        Raises PlanError with a line for everything that is wrong: its key, what was expected, what
        was found.
        """
        try:
            return _read(document)
        except Misfits as misfits:
            raise PlanError("\n".join(map(str, misfits.problems))) from None

    model_validate = of  # as fixtures of the version before this one call it

    def services(self) -> Iterator[tuple[KeyPath, str]]:
        """Every service that is named somewhere, with the key under which that is."""
        for number, service in enumerate(self.blast_radius.services):
            yield ("blast_radius", "services", number), service
        for name, diagnostic in self.stack.diagnostics.items():
            yield ("stack", "diagnostics", name), diagnostic.service
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
        for name, journey in self.journeys.items():
            if (at := journey.at) is not None:
                yield ("journeys", name, "at"), at.service, at.port
        for path, questions in (
            (("stack", "ready"), self.stack.ready),
            (("monitoring", "ready"), self.monitoring.ready),
            (("monitoring", "evidence"), self.monitoring.evidence),
        ):
            yield from (((*path, k), each.service, each.port) for k, each in questions.items())
        for name, node in self.data.nodes.items():
            yield ("data", "nodes", name), node.service, node.port

    def with_services(self, instances: Mapping[str, int]) -> Manifest:
        """The same for a stack that runs so many instances of each service.

        Raises PlanError with a line for each service that is named and is none of them.
        """
        try:
            return replace(self, stack=replace(self.stack, services=dict(instances)))
        except Misfits as misfits:
            said = (f"{self.where(each.path)}: {each.text}" for each in misfits.problems)
            raise PlanError("\n".join(said)) from None

    def beside(self, name: str) -> Path:
        """The path of a file beside the manifest. Raises PlanError where it is of no file."""
        if self.source is None:
            raise PlanError(f"expected a manifest that was read from a file, to find its {name}")
        return self.source[0].with_name(name)

    def where(self, path: KeyPath) -> str:
        """A key as its place in the file and its name: ``drills.toml:8: stack.entry``."""
        if self.source is None:
            return dotted(path)
        file, lines = self.source
        return f"{file}:{line_of(lines, path)}: {dotted(path)}"

    def incident(self, tags: frozenset[str]) -> tuple[str, Incident | None]:
        """The incident that one of these tags names, or ("", None)."""
        named = sorted(tags & self.incidents.keys())
        if len(named) > 1:
            raise PlanError(f"expected one incident tag, got {', '.join(named)}")
        return (named[0], self.incidents[named[0]]) if named else ("", None)

    def secrets(self) -> list[str]:
        """Every password that the manifest holds or leaves to the environment, for the redactor."""
        passwords = [password_of(node.dsn) for node in self.data.nodes.values()]
        own = self.login.password if self.login else ""
        return [secret for secret in (own, *passwords, *self.environment) if secret]


class StopSection(Section):
    """``[stop]``, see ``StopConditions``; ``"off"`` leaves a condition out."""

    makes = StopConditions
    after: Annotated[Seconds | None, OrOff] = LEFT_OUT
    failed_share: Annotated[Ratio | None, OrOff] = LEFT_OUT
    over: Seconds = LEFT_OUT
    lost_writes: Annotated[Annotated[int, keeps(rules.at_least(0))] | None, OrOff] = LEFT_OUT


class Document(Section):
    """What a manifest may hold, see ``Manifest``."""

    makes = Manifest
    stack: SystemSection
    blast_radius: RadiusSection
    stop: StopSection = LEFT_OUT
    login: LoginSection | None = LEFT_OUT
    journeys: dict[str, JourneySection]
    data: DataSection = LEFT_OUT
    monitoring: MonitoringSection = LEFT_OUT
    incidents: dict[str, IncidentSection] = LEFT_OUT
    record: RecordSection = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The same, and beside it what the manifest leaves to the environment."""
        requests = [*self.journeys.values(), *filter(None, [self.login])]
        texts = (text for request in requests for text in request.texts())
        return super().given() | {"environment": tuple(secrets_in(texts))}


def _read(document: object) -> Manifest:
    """Raises Misfits with everything that does not fit."""
    try:
        manifest: Manifest = Document.model_validate(document).value()
    except ValidationError as error:
        raise Misfits.of(error, document, Document) from error
    return manifest


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
    lines = toml_lines(text)
    try:
        return replace(_read(document), source=(path, lines))
    except Misfits as misfits:
        raise PlanError(misfits.told(path, lines)) from None


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
