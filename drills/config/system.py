"""The sections on the system itself: its compose file, who is asked what, how far drills reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from drills.config.detectors import ContainersSection, Health, LogSection, WebhookSection
from drills.config.section import LEFT_OUT, Name, Port, Section, keeps
from drills.errors import PlanError
from drills.faults.target import BlastRadius
from drills.journal import rules
from drills.observers.monitoring import Monitoring
from drills.stack.system import Diagnostic, Endpoint, Question, System
from drills.stack.tls import context_of


def _certificates(ca: str, info: ValidationInfo) -> str:
    """The file's path, from where the manifest lies. Raises ValueError where it is none."""
    path = str(Path((info.context or {}).get("folder", "")) / ca)
    try:
        context_of(path)
    except PlanError as error:
        raise ValueError(str(error)) from error
    return path


Ca = Annotated[Name, AfterValidator(_certificates)]


class EndpointSection(Section):
    """A service and a port, see ``Endpoint``."""

    makes = Endpoint
    service: Name
    port: Port
    ca: Ca = LEFT_OUT
    server_name: Name = LEFT_OUT


class QuestionSection(Section):
    """Something that is asked over HTTP, see ``Question``."""

    makes = Question
    service: Name
    port: Port
    path: Name
    contains: str = LEFT_OUT
    ca: Ca = LEFT_OUT
    server_name: Name = LEFT_OUT


class DiagnosticSection(Section):
    """``[stack.diagnostics.<name>]``, see ``Diagnostic``."""

    makes = Diagnostic
    service: Name
    command: Annotated[tuple[Name, ...], keeps(rules.some)]


def _one_or_more(value: object) -> object:
    """A single service stands for a list of one."""
    return (value,) if isinstance(value, str) else value


Behind = Annotated[tuple[Name, ...], BeforeValidator(_one_or_more), keeps(rules.some)]


class SystemSection(Section):
    """``[stack]``, see ``System``."""

    makes = System
    name: Name = LEFT_OUT
    compose_file: Behind = LEFT_OUT
    entry: EndpointSection | None = LEFT_OUT
    configuration: str = LEFT_OUT
    ready: dict[str, QuestionSection] = LEFT_OUT
    services: dict[Name, Annotated[int, keeps(rules.at_least(1))]] = LEFT_OUT
    profiles: tuple[Name, ...] = LEFT_OUT
    writes_to: tuple[Name, ...] = LEFT_OUT
    own_names: bool = LEFT_OUT
    diagnostics: dict[Name, DiagnosticSection] = LEFT_OUT
    attach: Name = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The same, with the first compose file apart from those that are merged over it."""
        given = super().given()
        if files := given.pop("compose_file", None):
            given["compose_file"], given["overrides"] = files[0], files[1:]
        return given


class RadiusSection(Section):
    """``[blast_radius]``, see ``BlastRadius``: its services, and how many containers at once."""

    makes = BlastRadius
    services: Annotated[tuple[Name, ...], keeps(rules.some)] = LEFT_OUT
    containers_at_once: Annotated[int, keeps(rules.at_least(1))] = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The same, by the shorter name that the value has for it."""
        given = {"assumed": "services" not in self.model_fields_set, **super().given()}
        if "containers_at_once" in given:
            given["at_once"] = given.pop("containers_at_once")
        return given


class MonitoringSection(Section):
    """``[monitoring]``, see ``Monitoring``."""

    makes = Monitoring
    pager: EndpointSection | None = LEFT_OUT
    alerts: tuple[Name, ...] = LEFT_OUT
    ready: dict[str, QuestionSection] = LEFT_OUT
    webhook: WebhookSection | None = LEFT_OUT
    health: dict[str, Health] = LEFT_OUT
    logs: dict[Name, LogSection] = LEFT_OUT
    containers: ContainersSection | None = LEFT_OUT
    evidence: dict[str, QuestionSection] = LEFT_OUT
