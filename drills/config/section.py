"""What every section of a manifest is made of: immutable values that check themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from drills.errors import PlanError
from drills.journal.misfits import Misfit, Misfits
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


def misfit(*path: str | int, text: str) -> Misfits:
    """The error of a check that can say where, below its own section, something does not fit."""
    return Misfits([Misfit(path, text)])


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
