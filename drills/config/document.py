"""The whole of ``drills.toml``, read and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import ValidationError

from drills.config.coherence import misfits_of
from drills.config.data import DataSection
from drills.config.finding import (
    FOLDER,
    NAME,
    PROJECT,
    compose_file_in,
    is_compose_file,
    of_table,
)
from drills.config.incidents import IncidentSection
from drills.config.journeys import JourneySection, LoginSection
from drills.config.runbook import RecordSection, RunbookSection, standard
from drills.config.section import LEFT_OUT, Name, OrOff, Ratio, Seconds, Section, keeps
from drills.config.shared import Server
from drills.config.system import Behind, MonitoringSection, RadiusSection, SystemSection
from drills.config.variables import in_url, secrets_in
from drills.errors import PlanError
from drills.faults.roles import Roles
from drills.faults.target import BlastRadius
from drills.journal import rules
from drills.journal.keylines import KeyPath, Lines, line_of, toml_lines
from drills.journal.misfits import Misfit, Misfits, dotted
from drills.judgement.stop import StopConditions
from drills.observers.monitoring import Monitoring
from drills.runbook.incident import Incident
from drills.runbook.policy import Policy, Record
from drills.stack.data import Data
from drills.stack.dsn import password_of
from drills.stack.journey import Journey
from drills.stack.login import Login
from drills.stack.system import System

WRITTEN = "runbook.md"  # beside the policy that names no other text
_HINT = (
    "Hint: --drill-manifest FILE, or else $DRILL_MANIFEST, says where it is; without them it is "
    f"{NAME} or [tool.drills] in {PROJECT}, beside the features, below pytest's root or in "
    f"{FOLDER}/, or the compose file there alone; `drills init` writes one"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The whole of ``drills.toml``. What it does not name is neither waited for nor asked.

    ``environment`` are the values that it leaves to the environment; no repr shows them.
    ``runbook`` is what the file under that key says; ``incidents`` are those of both, and
    ``record`` is that of either. ``history`` is the server that a team's history is kept on, "" for
    a file beside the drills. ``sources`` are the files that it was read from, with the line of
    each key: () for its own, ("runbook",) for what stands below that. Raises ValueError with
    everything that is named in one section and is not what another has.
    """

    stack: System = field(default_factory=System)
    blast_radius: BlastRadius = field(default_factory=lambda: BlastRadius(assumed=True))
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop: StopConditions = field(default_factory=StopConditions)
    login: Login | None = None
    data: Data = field(default_factory=Data)
    monitoring: Monitoring = field(default_factory=Monitoring)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    record: Record = field(default_factory=lambda: standard().record)
    runbook: Policy = field(default_factory=standard)
    history: str = field(default="", repr=False)
    environment: tuple[str, ...] = field(default=(), repr=False)
    sources: Mapping[KeyPath, tuple[Path, Lines]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.blast_radius.assumed:
            # Of a project that runs already only what is named may be touched.
            services = () if self.stack.attach else tuple(self.stack.services)
            assumed = replace(self.blast_radius, services=services)
            object.__setattr__(self, "blast_radius", assumed)
        if found := list(misfits_of(self)):
            raise Misfits(found)

    @classmethod
    def of(cls, document: Mapping[str, object]) -> Manifest:
        """The manifest of what ``drills.toml`` would hold, for a team that has it from elsewhere.

        Raises PlanError with a line for everything that is wrong: its key, what was expected, what
        was found.
        """
        try:
            manifest = _read(document)
        except Misfits as misfits:
            raise PlanError("\n".join(map(str, misfits.problems))) from None
        if manifest.record.template:
            raise PlanError("record.template: expected a manifest that is read from a file")
        return manifest

    model_validate = of  # as fixtures of the version before this one call it

    @property
    def played(self) -> Roles:
        """The services behind each role, and in each zone."""
        return Roles(self.roles, self.zones)

    def with_services(self, instances: Mapping[str, int]) -> Manifest:
        """The same for a stack that runs so many instances of each service.

        Raises PlanError with a line for each service that is named and is none of them.
        """
        try:
            return replace(self, stack=replace(self.stack, services=dict(instances)))
        except Misfits as misfits:
            said = (f"{self.where(each.path)}: {each.text}" for each in misfits.problems)
            raise PlanError("\n".join(said)) from None

    def visiting(self, project: str) -> Manifest:
        """The same for drills on a compose project that runs already; "" is what it says itself."""
        return replace(self, stack=replace(self.stack, attach=project)) if project else self

    def with_compose_file(self, file: str) -> Manifest:
        """The same, with the compose file where it names none."""
        named = self.stack.compose_file or file
        return replace(self, stack=replace(self.stack, compose_file=named))

    @property
    def written(self) -> Path:
        """The runbook for people: what the policy names as its text, else the file beside it.

        Raises PlanError where the manifest was read from no file.
        """
        name = self.runbook.text or WRITTEN
        if self.source is None:
            raise PlanError(f"expected a manifest that was read from a file, to find its {name}")
        policy, _ = self.sources.get(("runbook",), self.source)
        return policy.parent / name

    def where(self, path: KeyPath) -> str:
        """A key as its place in the file and its name: ``drills.toml:8: stack.entry``."""
        return placed(path, self.sources)[1]

    def place(self, path: KeyPath) -> tuple[str, int]:
        """The file and the line of a key, or of the nearest around it; ("manifest", 1) without."""
        inner = path[:1] if path[:1] in self.sources else ()
        file, lines = self.sources.get(inner, (Path("manifest"), {}))
        return str(file), line_of(lines, path[len(inner) :])

    @property
    def source(self) -> tuple[Path, Lines] | None:
        """The manifest's own file, with the line of each key; None where it was read from none."""
        return self.sources.get(())

    def history_server(self) -> str:
        """Where the team's history is kept, with its password; "" for a file beside the drills.

        Raises PlanError where the environment lacks what the manifest leaves to it.
        """
        try:
            return in_url(self.history)
        except PlanError as error:
            raise PlanError(f"{self.where(('history',))}: {error}") from error

    def place_of(self, incident: str) -> KeyPath:
        """The key of an incident, wherever it is said."""
        inside = ("runbook",) if incident in self.runbook.incidents else ()
        return (*inside, "incidents", incident)

    def incident(self, tags: frozenset[str]) -> tuple[str, Incident | None]:
        """The incident that one of these tags names, or ("", None)."""
        named = sorted(tags & self.incidents.keys())
        if len(named) > 1:
            raise PlanError(f"expected one incident tag, got {', '.join(named)}")
        return (named[0], self.incidents[named[0]]) if named else ("", None)

    def severity(self, tags: frozenset[str]) -> str:
        """The severity that these tags name, or that of their incident; "" where neither has one.

        Raises PlanError for more than one.
        """
        _, incident = self.incident(tags)
        return self.runbook.severity_of(tags) or (incident.severity if incident else "")

    def secrets(self) -> list[str]:
        """Every password that the manifest holds or leaves to the environment, for the redactor.

        And how to reach people, unless that may be shown: a number belongs into no report.
        """
        passwords = [password_of(node.dsn) for node in self.data.nodes.values()]
        own = self.login.secrets() if self.login else ()
        contacts = self.runbook.contacts.values()
        reach = [each.reach for each in contacts if each.known and not each.shown]
        urls = [target.url for target in self.runbook.notify.values()]
        return [secret for secret in (*own, *passwords, *self.environment, *reach, *urls) if secret]


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
    stack: SystemSection = LEFT_OUT
    blast_radius: RadiusSection = LEFT_OUT
    roles: dict[Name, Behind] = LEFT_OUT
    zones: dict[Name, Behind] = LEFT_OUT
    stop: StopSection = LEFT_OUT
    login: LoginSection | None = LEFT_OUT
    journeys: dict[str, JourneySection] = LEFT_OUT
    data: DataSection = LEFT_OUT
    monitoring: MonitoringSection = LEFT_OUT
    incidents: dict[str, IncidentSection] = LEFT_OUT
    record: RecordSection = LEFT_OUT
    runbook: RunbookSection = LEFT_OUT
    history: Server = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The same with what the runbook says, and what is left to the environment."""
        requests = [*(self.journeys or {}).values(), *filter(None, [self.login])]
        texts = [text for request in requests for text in request.texts()]
        if "data" in self.model_fields_set:
            texts += [node.dsn for node in self.data.nodes.values() if node.dsn]
        texts += [self.history or ""]
        given = super().given()
        if "runbook" in given:
            twice = [*self._said_twice(given["runbook"])]
            if twice:
                raise Misfits(twice)
            policy: Policy = given["runbook"]
            texts += [target.url for target in policy.notify.values()]
            given["incidents"] = {**policy.incidents, **given.get("incidents", {})}
            given.setdefault("record", policy.record)
        return given | {"environment": tuple(secrets_in(texts))}

    def _said_twice(self, policy: Policy) -> Iterator[Misfit]:
        here = "expected it in the runbook's file or in this one, found it in both"
        for name in policy.incidents:
            if "incidents" in self.model_fields_set and name in self.incidents:
                yield Misfit(("incidents", name), here)
        if {"record"} <= self.model_fields_set and "record" in self.runbook.model_fields_set:
            yield Misfit(("record",), here)


def _read(document: object, folder: Path | None = None) -> Manifest:
    """Raises Misfits with everything that does not fit; files are named from ``folder``."""
    try:
        context = {"folder": folder or ""}
        manifest: Manifest = Document.model_validate(document, context=context).value()
    except ValidationError as error:
        raise Misfits.of(error, document, Document) from error
    return manifest


def load(path: Path) -> Manifest:
    """Read and check a manifest, and the runbook's file that it names.

    Raises PlanError with a line for everything that is wrong: its place in the file, its key, what
    was expected, what was found. A compose file stands for a manifest that names it and no more.
    """
    if is_compose_file(path):
        _text(path, "a compose file", f". {_HINT}", f". {_HINT}")
        own = compose_file_in(path.parent) == path  # then compose's own override goes with it
        alone = Manifest.of({} if own else {"stack": {"compose_file": path.name}})
        return replace(alone, sources={(): (path, {})})
    document, lines = _toml(path, "a stack manifest", f"{_elsewhere(path)}. {_HINT}", f". {_HINT}")
    document, lines = of_table(path, document, lines)
    sources: dict[KeyPath, tuple[Path, Lines]] = {(): (path, lines)}
    if isinstance(named := document.get("runbook"), str):
        file = path.parent / named
        at = f"{path}:{line_of(lines, ('runbook',))}: runbook names it"
        document["runbook"], found = _toml(file, "the team's runbook", *[f" ({at})"] * 2)
        sources["runbook",] = (file, found)
    try:
        manifest = replace(_read(document, path.parent), sources=sources)
    except Misfits as misfits:
        told = sorted(placed(each.path, sources, each.text) for each in misfits.problems)
        raise PlanError("\n".join(text for _, text in told)) from None
    return _with_template(manifest)


def _with_template(manifest: Manifest) -> Manifest:
    """The same with the text of the record's template. Raises PlanError with all its mistakes."""
    if not manifest.record.template:
        return manifest
    # Loaded here: who has no template does not wait for jinja2.
    from drills.reporting.template.reading import mistakes

    key: KeyPath = ("record", "template")
    if manifest.runbook.record.template and ("runbook",) in manifest.sources:
        key = ("runbook", *key)
    file = Path(manifest.place(key)[0]).parent / manifest.record.template
    at = f" ({manifest.where(key)})"
    text = _text(file, "the team's template of the incident record", at, at)
    if found := mistakes(text):
        raise PlanError("\n".join(f"{file}:{line}: {what}" for line, what in found))
    return replace(manifest, record=replace(manifest.record, template_text=text))


def placed(
    path: KeyPath, sources: Mapping[KeyPath, tuple[Path, Lines]], text: str = ""
) -> tuple[tuple[int, int], str]:
    """Where a key stands, as what it is sorted by, and told with what is said of it."""
    inner = path[:1] if path[:1] in sources else ()
    path = path[len(inner) :]
    key = f"{dotted(path)}: {text}" if text and path else text or dotted(path)
    if inner not in sources:
        return (0, 0), key
    file, lines = sources[inner]
    line = line_of(lines, path)
    return (len(inner), line), f"{file}:{line}: {key}"


def _toml(path: Path, what: str, missing: str, unread: str) -> tuple[dict[str, Any], Lines]:
    """A document and its lines. Raises PlanError where there is none, or it is no TOML."""
    text = _text(path, what, missing, unread)
    try:
        return tomllib.loads(text), toml_lines(text)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"{path}:{_no_toml(str(error), text)}") from error


def _text(path: Path, what: str, missing: str, unread: str) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise PlanError(f"{path}: expected {what} there, found nothing{missing}") from error
    except OSError as error:
        raise PlanError(f"{path}: expected {what}: {error.strerror or error}{unread}") from error
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
