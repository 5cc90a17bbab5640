"""The sections on who notices: the drill's own receiver, log patterns, containers, health."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import BeforeValidator, Field

from drills.config.section import LEFT_OUT, Name, Port, Section, keeps
from drills.journal import rules
from drills.observers.monitoring import HealthField, Heeded, LogPattern, Webhook
from drills.observers.payload import KNOWN, Shape
from drills.stack.inbox import from_the_slash, host_name


def _some(value: object) -> object:
    """One text is a list of one."""
    return (value,) if isinstance(value, str) else value


def _named(value: object) -> object:
    """A shape by its name. Raises ValueError for one that nobody knows, as pydantic wants it."""
    if not isinstance(value, str):
        return value
    if value not in KNOWN:
        known = ", ".join(map(repr, KNOWN))
        raise ValueError(f"expected {known} or a table with the names of fields, found {value!r}")
    return {name: each for name, each in asdict(KNOWN[value]).items() if each}


def _fielded(value: object) -> object:
    """A field alone is one of which nothing else is said."""
    return {"field": value} if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_some)]


class ShapeSection(Section):
    """``shape`` under ``[monitoring.webhook]``, see ``Shape``; or the name of a known one."""

    makes = Shape
    name: Name
    state: str = LEFT_OUT
    firing: Names = LEFT_OUT
    resolved: Names = LEFT_OUT
    each: str = LEFT_OUT
    labels: str = LEFT_OUT
    annotations: str = LEFT_OUT
    starts_at: str = LEFT_OUT


class WebhookSection(Section):
    """``[monitoring.webhook]``, see ``Webhook`` and, for its place, ``Reception``."""

    makes = Webhook
    names: Annotated[Names, keeps(rules.every(host_name))] = Field(alias="as")
    port: Port
    path: Annotated[str, keeps(from_the_slash)] = LEFT_OUT
    networks: Names = LEFT_OUT
    shape: Annotated[ShapeSection, BeforeValidator(_named)] = LEFT_OUT


class LogSection(Section):
    """``[monitoring.logs.<name>]``, see ``LogPattern``."""

    makes = LogPattern
    service: Name
    pattern: str
    tells: bool = LEFT_OUT


class ContainersSection(Section):
    """``[monitoring.containers]``, see ``Heeded``."""

    makes = Heeded
    on: Annotated[Names, keeps(rules.some)] = LEFT_OUT
    services: Names = LEFT_OUT
    tells: bool = LEFT_OUT


class HealthSection(Section):
    """One of ``[monitoring.health]``, see ``HealthField``; or the field alone."""

    makes = HealthField
    field: Name
    good: Names = LEFT_OUT
    tells: bool = LEFT_OUT


Health = Annotated[HealthSection, BeforeValidator(_fielded)]
