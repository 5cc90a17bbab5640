"""What every section of a manifest is made of: what may be written there, and whose value it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict, model_validator

from drills.errors import PlanError
from drills.journal import rules
from drills.journal.rules import Rule
from drills.units import parse_duration, parse_ratio

LEFT_OUT: Any = None  # of a key that may be left out: then the value says what that means


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


def keeps(rule: Rule) -> AfterValidator:
    """Told at the key itself, beside all else that does not fit, where a rule is broken there."""

    def checked(value: Any) -> Any:
        if text := rules.problem(rule, value):
            raise ValueError(text)
        return value

    return AfterValidator(checked)


Seconds = Annotated[float, BeforeValidator(_seconds), keeps(rules.positive)]


Ratio = Annotated[float, BeforeValidator(_ratio), keeps(rules.up_to(1))]


OrOff = BeforeValidator(lambda value: None if value == "off" else value)


Name = Annotated[str, keeps(rules.filled)]


Port = Annotated[int, Strict(), keeps(rules.port)]


class Section(BaseModel):
    """Base of every section: immutable, an unknown key is an error, and so is no value of its kind.

    ``makes`` is the class of the value that the section is read into. Its keys are that value's
    fields; what a manifest leaves out is as the value has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    makes: ClassVar[Callable[..., object]]

    @model_validator(mode="before")
    @classmethod
    def _has_lists(cls, written: Any) -> Any:
        """What a file has as lists, a section has as tuples."""
        return _tuples(written)

    @model_validator(mode="after")
    def _makes_a_value(self) -> Self:
        self.value()
        return self

    def value(self) -> Any:
        """What the section says, as a value that has checked itself. Raises ValueError if not."""
        return self.makes(**self.given())

    def given(self) -> dict[str, Any]:
        """What is written in the section, by the fields of its value."""
        return {name: _plain(getattr(self, name)) for name in sorted(self.model_fields_set)}


def _tuples(written: Any) -> Any:
    if isinstance(written, dict):
        return {name: _tuples(each) for name, each in written.items()}
    return tuple(map(_tuples, written)) if isinstance(written, list) else written


def _plain(written: Any) -> Any:
    """The values of sections, wherever they stand in it."""
    if isinstance(written, Section):
        return written.value()
    if isinstance(written, dict):
        return {name: _plain(each) for name, each in written.items()}
    return tuple(map(_plain, written)) if isinstance(written, tuple) else written
