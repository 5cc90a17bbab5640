"""What is to be exported: the option and else the variable, which go before the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from drills.config.settings import variable_of
from drills.errors import PlanError

OPTION = "--drill-export"
VARIABLE = variable_of(OPTION)


def said(given: Sequence[str] | None, environment: Mapping[str, str]) -> Sequence[str] | None:
    """The texts ``NAME=PATH`` of the options, or of the variable, where commas part them.

    None where neither says anything.
    """
    if given:
        return list(given)
    text = environment.get(VARIABLE, "").strip()
    return [part.strip() for part in text.split(",") if part.strip()] if text else None


def check(given: Sequence[str] | None, environment: Mapping[str, str]) -> None:
    """Raise PlanError with everything that is no export, by what says it."""
    from drills.reporting.exports.target import targets_of

    try:
        targets_of(said(given, environment) or (), Path())
    except PlanError as error:
        source = OPTION if given else VARIABLE
        lines = (f"{source}: {line}" for line in str(error).splitlines())
        raise PlanError("\n".join(lines)) from None
